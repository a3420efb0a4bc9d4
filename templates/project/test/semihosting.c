#include "semihosting.h"

enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_SEEK = 0x0A,
    SYS_FLEN = 0x0C,
    SYS_EXIT_EXTENDED = 0x20,
    APPLICATION_EXIT = 0x20026
};

#if defined(__riscv)
/* The three instructions must be uncompressed and on one page. */
__attribute__((noinline)) static int32_t request(uint32_t operation, const void *argument)
{
    register uint32_t a0 __asm__("a0") = operation;
    register const void *a1 __asm__("a1") = argument;

    __asm__ volatile(".balign 16\n\t" /* before norvc, after which it would assume long instructions */
                     ".option push\n\t"
                     ".option norvc\n\t"
                     "slli zero, zero, 0x1f\n\t"
                     "ebreak\n\t"
                     "srai zero, zero, 7\n\t"
                     ".option pop"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
    return (int32_t)a0;
}
#else
static int32_t request(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}
#endif

int32_t host_open(const char *name, open_mode mode)
{
    uint32_t length = 0;

    while (name[length] != '\0')
    {
        length++;
    }
    const uint32_t block[3] = {(uint32_t)(uintptr_t)name, (uint32_t)mode, length};
    return request(SYS_OPEN, block);
}

int32_t host_length(int32_t file)
{
    const uint32_t block[1] = {(uint32_t)file};

    return request(SYS_FLEN, block);
}

int32_t host_read(int32_t file, void *bytes, uint32_t count)
{
    const uint32_t block[3] = {(uint32_t)file, (uint32_t)(uintptr_t)bytes, count};

    return request(SYS_READ, block);
}

int32_t host_write(int32_t file, const void *bytes, uint32_t count)
{
    const uint32_t block[3] = {(uint32_t)file, (uint32_t)(uintptr_t)bytes, count};

    return request(SYS_WRITE, block);
}

int32_t host_seek(int32_t file, uint32_t position)
{
    const uint32_t block[2] = {(uint32_t)file, position};

    return request(SYS_SEEK, block);
}

void host_close(int32_t file)
{
    const uint32_t block[1] = {(uint32_t)file};

    (void)request(SYS_CLOSE, block);
}

void host_print(const char *text)
{
    (void)request(SYS_WRITE0, text);
}

void host_print_number(uint32_t value)
{
    char digits[11];
    uint32_t first = 10;

    digits[first] = '\0';
    do
    {
        first--;
        digits[first] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0);
    host_print(&digits[first]);
}

void host_print_hex(uint32_t value)
{
    char digits[11] = "0x00000000";

    for (int32_t i = 9; i >= 2; i--)
    {
        digits[i] = "0123456789abcdef"[value & 15u];
        value >>= 4;
    }
    host_print(digits);
}

void host_exit(uint32_t status)
{
    const uint32_t block[2] = {APPLICATION_EXIT, status};

    (void)request(SYS_EXIT_EXTENDED, block);
    for (;;)
    {
    }
}
