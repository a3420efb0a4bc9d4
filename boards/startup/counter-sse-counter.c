/* The system counter of Arm's SSE-300, read through timer 0: 64 bits, of which the low ones matter. */
#include "counter.h"
#include "twin.h"

#define COUNTER_CONTROL (*(volatile uint32_t *)0x58100000u) /* CNTCR of the secure control frame */
#define COUNTER_LOW (*(volatile uint32_t *)TWIN_COUNTER_ADDRESS)

void counter_start(void)
{
    COUNTER_CONTROL = 1;
}

uint32_t counter_ticks(void)
{
    return COUNTER_LOW;
}
