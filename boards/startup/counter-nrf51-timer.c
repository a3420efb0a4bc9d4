/* TIMER0 of the nRF51 in its 32-bit mode. */
#include "counter.h"
#include "twin.h"

#define TIMER(offset) (*(volatile uint32_t *)(TWIN_COUNTER_ADDRESS + (offset)))

enum {
    TASKS_START = 0x000,
    TASKS_CAPTURE_0 = 0x040,
    MODE = 0x504,
    BITMODE = 0x508,
    PRESCALER = 0x510,
    CC_0 = 0x540
};

void counter_start(void)
{
    TIMER(MODE) = 0;      /* timer */
    TIMER(BITMODE) = 3;   /* 32 bits */
    TIMER(PRESCALER) = 0; /* 16 MHz */
    TIMER(TASKS_START) = 1;
}

uint32_t counter_ticks(void)
{
    TIMER(TASKS_CAPTURE_0) = 1;
    return TIMER(CC_0);
}
