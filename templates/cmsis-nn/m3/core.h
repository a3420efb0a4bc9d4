/* Words of portable/core.h for Cortex-M3: long products, and shifts that saturate. */
#ifndef MCU_DEPLOY_M3_CORE_H
#define MCU_DEPLOY_M3_CORE_H

#include <stdint.h>

/* Of a number that is an int8 already, the nearest of lowest..highest within -128..127. */
static inline int8_t clamp_further(int32_t value, int32_t lowest, int32_t highest)
{
    if (lowest > -128)
    {
        value = max32(value, lowest);
    }
    if (highest < 127)
    {
        value = min32(value, highest);
    }
    return (int8_t)value;
}

__attribute__((always_inline))
static inline int8_t channel8_line(int32_t acc, int32_t channel, const int32_t *lines,
                                   int32_t right, int32_t lowest, int32_t highest)
{
    const int32_t *const line = &lines[2 * channel];
    int32_t value = (int32_t)(((int64_t)acc * line[0]) >> 32) + line[1];

    __asm__("ssat %0, #8, %0, asr %1" : "+r"(value) : "n"(right) : "cc");
    return clamp_further(value, lowest, highest);
}

static inline int8_t channel8_rounded(int32_t acc, int32_t channel, const int32_t *lines,
                                      int32_t lowest, int32_t highest)
{
    const int32_t *const line = &lines[3 * channel];
    uint32_t low = 0x80000000u;
    int32_t high = acc;

    __asm__("smlal %0, %1, %2, %3" : "+r"(low), "+r"(high) : "r"(acc), "r"(line[0]));
    high += shift_right(high, 31);
    high = shift_right(high + line[1], line[2]);
    __asm__("ssat %0, #8, %0" : "+r"(high) : : "cc");
    return clamp_further(high, lowest, highest);
}

/* --- Words of two weights, see thumb/fully_connected.c.vm ---------------------------------------- */

#define LOAD_VECTOR_2 "ldmia %[a]!, {r2-r3}\n\t"

#define LOAD_VECTOR_3 "ldmia %[a]!, {r2-r4}\n\t"

/* The sum of a group in r5 is added to the sums of two outputs. */
#define ADD_WEIGHTS(low, high)                              \
    "uxth r6, r5\n\t"                                       \
    "add %[" #low "], %[" #low "], r6\n\t"                  \
    "add %[" #high "], %[" #high "], r5, lsr #16\n\t"

/* A group of inputs by the weights of two outputs. */
#define WEIGHT_SUMS_2(low, high)                            \
    "ldmia %[w]!, {r5-r6}\n\t"                              \
    "mla r5, r5, r2, %[start]\n\t"                          \
    "mla r5, r6, r3, r5\n\t"                                \
    ADD_WEIGHTS(low, high)

#define WEIGHT_SUMS_3(low, high)                            \
    "ldmia %[w]!, {r5-r7}\n\t"                              \
    "mla r5, r5, r2, %[start]\n\t"                          \
    "mla r5, r6, r3, r5\n\t"                                \
    "mla r5, r7, r4, r5\n\t"                                \
    ADD_WEIGHTS(low, high)

#endif
