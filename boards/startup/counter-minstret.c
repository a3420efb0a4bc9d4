/* RISC-V's own count of retired instructions. */
#include "counter.h"

void counter_start(void)
{
}

uint32_t counter_ticks(void)
{
    uint32_t count;

    __asm__ volatile(".option push\n\t.option arch, +zicsr\n\tcsrr %0, minstret\n\t.option pop"
                     : "=r"(count));
    return count;
}
