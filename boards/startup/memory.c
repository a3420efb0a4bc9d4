/* The four functions that GCC may call from freestanding C, so that the image needs no libc and its
 * instruction counts depend on no libc's version. Firmware with a libc leaves this file out. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *left, const void *right, size_t count);

#define IS_ALIGNED(pointer) (((uintptr_t)(pointer) & 3u) == 0)

/* Words may alias anything here. */
typedef uint32_t __attribute__((may_alias)) word;

/* Without this GCC would turn the loops into calls of the functions they are in. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

static void copy_upwards(uint8_t *to, const uint8_t *from, size_t count)
{
    if (IS_ALIGNED(to) && IS_ALIGNED(from))
    {
        for (; count >= 4; count -= 4)
        {
            *(word *)(void *)to = *(const word *)(const void *)from;
            to += 4;
            from += 4;
        }
    }
    for (; count > 0; count--)
    {
        *to++ = *from++;
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    copy_upwards(to, from, count);
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    uint8_t *const t = to;
    const uint8_t *const f = from;

    if ((uintptr_t)t <= (uintptr_t)f)
    {
        copy_upwards(t, f, count);
        return to;
    }
    while (count > 0)
    {
        count--;
        t[count] = f[count];
    }
    return to;
}

void *memset(void *to, int value, size_t count)
{
    uint8_t *bytes = to;
    const uint32_t pattern = (uint32_t)(uint8_t)value * 0x01010101u;

    for (; count > 0 && !IS_ALIGNED(bytes); count--)
    {
        *bytes++ = (uint8_t)value;
    }
    for (; count >= 4; count -= 4)
    {
        *(word *)(void *)bytes = pattern;
        bytes += 4;
    }
    for (; count > 0; count--)
    {
        *bytes++ = (uint8_t)value;
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t count)
{
    const uint8_t *const l = left;
    const uint8_t *const r = right;

    for (size_t i = 0; i < count; i++)
    {
        if (l[i] != r[i])
        {
            return l[i] < r[i] ? -1 : 1;
        }
    }
    return 0;
}
