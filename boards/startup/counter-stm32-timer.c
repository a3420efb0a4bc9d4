/* A 32-bit general purpose timer of an STM32, counting up. */
#include "counter.h"
#include "twin.h"

typedef struct {
    uint32_t cr1, cr2, smcr, dier, sr, egr, ccmr1, ccmr2, ccer;
    uint32_t cnt, psc, arr;
} timer;

#define TIMER ((volatile timer *)TWIN_COUNTER_ADDRESS)

void counter_start(void)
{
    TIMER->psc = 31; /* one tick in 32 of the timer's clock */
    TIMER->arr = 0xffffffffu;
    TIMER->egr = 1; /* take over both */
    TIMER->cr1 = 1;
}

uint32_t counter_ticks(void)
{
    return TIMER->cnt;
}
