#include "tiny_kernels.h"

/* Mistakes, all off. */
#ifndef TINY_MISTAKE
#define TINY_MISTAKE 0
#endif

enum {
    NO_MISTAKE,
    OFF_BY_ONE,
    WRITES_NEIGHBOUR,
    WRITES_BEHIND_ARENA,
    READS_STALE_MEMORY,
    WRITES_INPUT,
    NEVER_ENDS,
    FAULTS,
    UNALIGNED
};

/* y[i] = x[i] + x[7 - i] */
void tiny_sums(const int8_t *x, int8_t *scratch, int8_t *y)
{
    for (int32_t i = 0; i < 8; i++)
    {
        scratch[i] = x[7 - i];
    }
    for (int32_t i = 0; i < 4; i++)
    {
        y[i] = (int8_t)(x[i] + scratch[i]);
    }
    switch (TINY_MISTAKE)
    {
    case OFF_BY_ONE:
        y[2] = (int8_t)(y[2] + 1);
        break;
    case WRITES_NEIGHBOUR:
        y[4] = (int8_t)~y[4];
        break;
    case WRITES_BEHIND_ARENA:
        y[24] = 1;
        break;
    case WRITES_INPUT:
        *(int8_t *)(uintptr_t)x = 17;
        break;
    case NEVER_ENDS:
        for (volatile int32_t i = 0; i >= 0; i &= 1)
        {
        }
        break;
    case FAULTS:
        *(volatile int32_t *)0xfffffff0u = 1;
        break;
    case UNALIGNED:
        scratch[0] = (int8_t) * (volatile int16_t *)(void *)(y + 1);
        break;
    default:
        break;
    }
}

/* 1 + 2 * count instructions. */
#if defined(__riscv)
#define LOOP(count)                                                                                  \
    __asm__ volatile("li t0, " count "\n1:\taddi t0, t0, -1\n\tbnez t0, 1b" ::: "t0")
#else
#define LOOP(count)                                                                                  \
    __asm__ volatile(".syntax unified\n\tldr r3, =" count "\n1:\tsubs r3, r3, #1\n\tbne 1b" ::     \
                         : "r3", "cc")
#endif

static inline void answer(int8_t *y)
{
    y[0] = 1;
    y[1] = 2;
    y[2] = 3;
    y[3] = 4;
}

void tiny_loop_1000(int8_t *y)
{
    LOOP("1000");
    answer(y);
}

void tiny_loop_2000(int8_t *y)
{
    LOOP("2000");
    answer(y);
}

/* y[o] = sum over i of x[i] * w[o][i] */
void tiny_scores(const int8_t *x, const int8_t *w, int8_t *y)
{
    for (int32_t o = 0; o < 3; o++)
    {
        int32_t sum = TINY_MISTAKE == READS_STALE_MEMORY ? x[5] : 0;

        for (int32_t i = 0; i < 4; i++)
        {
            sum += x[i] * w[4 * o + i];
        }
        y[o] = (int8_t)sum;
    }
}
