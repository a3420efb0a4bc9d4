/* Timer 0 of Arm's CMSDK (APB timer): 32 bits, counts down. */
#include "counter.h"
#include "twin.h"

typedef struct {
    uint32_t ctrl;
    uint32_t value;
    uint32_t reload;
} timer;

#define TIMER ((volatile timer *)TWIN_COUNTER_ADDRESS)

void counter_start(void)
{
    TIMER->ctrl = 0;
    TIMER->value = 0xffffffffu;
    TIMER->reload = 0xffffffffu;
    TIMER->ctrl = 1;
}

uint32_t counter_ticks(void)
{
    return ~TIMER->value;
}
