/* Counts the instructions that the emulated core executes. */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdint.h>

void counter_start(void);

/* Ticks since some moment, modulo 2^32. */
uint32_t counter_ticks(void);

#endif
