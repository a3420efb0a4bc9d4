/* Words of portable/core.h for Cortex-M0, M0+ and M1, which multiply 32 bits by 32 bits to 32 bits
 * only: what needs more is put together from halves, so that no library function is called. */
#ifndef MCU_DEPLOY_M0_CORE_H
#define MCU_DEPLOY_M0_CORE_H

#include <stdint.h>

/* a * b / 2^31, rounded to nearest, ties up; not for a = b = -2^31.
 *
 * With a = 2^16 a1 + a0 and b = 2^16 b1 + b0, 0 <= a0, b0 < 2^16, the product is
 * 2^32 a1 b1 + 2^16 (a1 b0 + a0 b1) + a0 b0; each of the four products fits 32 bits. */
static inline int32_t multiply_high(int32_t a, int32_t b)
{
    const int32_t a1 = shift_right(a, 16);
    const int32_t b1 = shift_right(b, 16);
    const uint32_t a0 = (uint32_t)a & 0xffffu;
    const uint32_t b0 = (uint32_t)b & 0xffffu;
    const uint32_t low = a0 * b0;
    const int32_t cross1 = a1 * (int32_t)b0;
    const int32_t cross2 = (int32_t)a0 * b1;
    const uint32_t middle =
        (low >> 16) + ((uint32_t)cross1 & 0xffffu) + ((uint32_t)cross2 & 0xffffu);
    const int32_t high = a1 * b1 + shift_right(cross1, 16) + shift_right(cross2, 16);

    /* The product is 2^32 high + 2^16 middle + (low & 0xffff): bit 30 rounds, and what is below it
     * cannot change the carry out of bit 30. */
    return (int32_t)(((uint32_t)high << 1) + ((middle + 0x4000u) >> 15));
}

/* --- Outputs of a layer's channels, from accumulators ------------------------------------------- */

/* channel8 by products of 32 bits. Accumulators count from the first one that
 * does not give the lowest output.
 *   ramps  [channels][reach, high, low, addend]: up to reach the output is the line
 *          (acc * high + acc * low / 2^cut + addend) / 2^22, both quotients rounded down, which
 *          steps where both roundings of requantize do; the generator has found such numbers
 *   cut    one for all channels */
static inline int8_t channel8_ramp(int32_t acc, int32_t channel, const uint32_t *ramps, int32_t cut,
                                   int32_t lowest, int32_t highest)
{
    const uint32_t *const ramp = &ramps[4 * channel];
    const uint32_t u = (uint32_t)acc;

    if (u > ramp[0])
    {
        return (int8_t)(acc < 0 ? lowest : highest);
    }
    return (int8_t)shift_right((int32_t)(u * ramp[1] + (u * ramp[2] >> cut) + ramp[3]), 22);
}

/* The same where negative numbers are kept, whose ties step later.
 *   ramps   [channels][reach, high, low, addend, by how much]
 *   centre  2^21 + zero_point * 2^22 */
static inline int8_t channel8_tied_ramp(int32_t acc, int32_t channel, const uint32_t *ramps,
                                        int32_t cut, int32_t centre, int32_t lowest,
                                        int32_t highest)
{
    const uint32_t *const ramp = &ramps[5 * channel];
    const uint32_t u = (uint32_t)acc;

    if (u > ramp[0])
    {
        return (int8_t)(acc < 0 ? lowest : highest);
    }
    const int32_t t = (int32_t)(u * ramp[1] + (u * ramp[2] >> cut) + ramp[3]);

    return (int8_t)shift_right(t - (shift_right(t, 31) & (int32_t)ramp[4]) + centre, 22);
}

/* --- Two positions to a word, see conv2d_pairs.c.vm ------------------------------------------------ */

/* Behind the words of each group of inputs, where its sums start: PAIR_OFFSET, and 128 times its
 * words less, since the weights are 128 too large. */
static inline void start_sums(uint32_t *pairs, int32_t groups, int32_t inputs)
{
    for (int32_t group = 0; group < groups; group++)
    {
        uint32_t sum = 0;

        for (int32_t i = 0; i < inputs; i++)
        {
            sum += *pairs++;
        }
        *pairs++ = PAIR_OFFSET - 128u * sum;
    }
}

/* The words of a group into r2 and on; a is then where its sums start. */
#define LOAD_PAIRS_2 "ldmia %[a]!, {r2-r3}\n\t"

#define LOAD_PAIRS_3 "ldmia %[a]!, {r2-r4}\n\t"

#define LOAD_PAIRS_4 "ldmia %[a]!, {r2-r5}\n\t"

#define NEXT_PAIRS "adds %[a], #4\n\t"

/* r7 += r6, a weight of the block, times a word. */
#define PAIR_PRODUCT(word, weight)               \
    "ldrb r6, [%[w], #" #weight "]\n\t"          \
    "muls r6, " #word ", r6\n\t"                 \
    "adds r7, r6\n\t"

/* The sum of a group in r7, both halves positive, is added to the sums of two positions. */
#define ADD_PAIR(low, high)                      \
    "uxth r6, r7\n\t"                            \
    "add %[" #low "], r6\n\t"                    \
    "lsrs r7, r7, #16\n\t"                       \
    "add %[" #high "], r7\n\t"

/* A group of inputs for one channel, its weights at these bytes of the block. */
#define PAIR_SUMS_2(low, high, w0, w1)           \
    "ldr r7, [%[a]]\n\t"                         \
    PAIR_PRODUCT(r2, w0)                         \
    PAIR_PRODUCT(r3, w1)                         \
    ADD_PAIR(low, high)

#define PAIR_SUMS_3(low, high, w0, w1, w2)       \
    "ldr r7, [%[a]]\n\t"                         \
    PAIR_PRODUCT(r2, w0)                         \
    PAIR_PRODUCT(r3, w1)                         \
    PAIR_PRODUCT(r4, w2)                         \
    ADD_PAIR(low, high)

#define PAIR_SUMS_4(low, high, w0, w1, w2, w3)   \
    "ldr r7, [%[a]]\n\t"                         \
    PAIR_PRODUCT(r2, w0)                         \
    PAIR_PRODUCT(r3, w1)                         \
    PAIR_PRODUCT(r4, w2)                         \
    PAIR_PRODUCT(r5, w3)                         \
    ADD_PAIR(low, high)

/* --- Planes of one channel, see depthwise_conv2d.c.vm -------------------------------------------- */

/* Pixels of one channel of two rows, two to a word: to[i] = 2^16 * second + first. A row outside the
 * image is zero points.
 *   second_column  of the second row's first pixel; the first row begins at column 0 */
__attribute__((always_inline))
static inline void pair_row(uint32_t *to, const int8_t *x, int32_t channel, int32_t first,
                            int32_t second, int32_t second_column, int32_t count, int32_t height,
                            int32_t width, int32_t channels, int32_t zero_point)
{
    const int8_t outside = (int8_t)zero_point;
    const int32_t inside0 = first >= 0 && first < height;
    const int32_t inside1 = second >= 0 && second < height;
    const int8_t *from0 = inside0 ? &x[first * width * channels + channel] : &outside;
    const int8_t *from1 =
        inside1 ? &x[(second * width + second_column) * channels + channel] : &outside;

    if (inside0 && inside1)
    {
        int32_t i = -count * channels;

        __asm__ volatile(
            ".syntax unified\n\t"
            "1:\n\t"
            "ldrsb r2, [%[x0], %[i]]\n\t"
            "ldrsb r3, [%[x1], %[i]]\n\t"
            "lsls r3, r3, #16\n\t"
            "adds r2, r3\n\t"
            "stmia %[to]!, {r2}\n\t"
            "adds %[i], %[step]\n\t"
            "bne 1b\n\t"
            : [to] "+l"(to), [i] "+l"(i)
            : [x0] "l"(from0 - i), [x1] "l"(from1 - i), [step] "l"(channels)
            : "r2", "r3", "cc", "memory");
        return;
    }
    for (int32_t i = 0; i < count; i++)
    {
        *to++ = ((uint32_t)*from1 << 16) + (uint32_t)*from0;
        from0 += inside0 ? channels : 0;
        from1 += inside1 ? channels : 0;
    }
}

/* The sum of a few products in r2, both halves positive, is added to the sums of both outputs. */
#define ADD_TAPS                                 \
    "add r2, %[start]\n\t"                       \
    "uxth r3, r2\n\t"                            \
    "add %[s0], r3\n\t"                          \
    "lsrs r2, r2, #16\n\t"                       \
    "add %[s1], r2\n\t"

/* Neighbouring words of a plane by weights. */
#define PLANE_TAPS_1                             \
    "ldmia %[a]!, {r2}\n\t"                      \
    "ldmia %[w]!, {r5}\n\t"                      \
    "muls r2, r5, r2\n\t"                        \
    ADD_TAPS

#define PLANE_TAPS_2                             \
    "ldmia %[a]!, {r2-r3}\n\t"                   \
    "ldmia %[w]!, {r5-r6}\n\t"                   \
    "muls r2, r5, r2\n\t"                        \
    "muls r3, r6, r3\n\t"                        \
    "adds r2, r3\n\t"                            \
    ADD_TAPS

#define PLANE_TAPS_3                             \
    "ldmia %[a]!, {r2-r4}\n\t"                   \
    "ldmia %[w]!, {r5-r7}\n\t"                   \
    "muls r2, r5, r2\n\t"                        \
    "muls r3, r6, r3\n\t"                        \
    "muls r4, r7, r4\n\t"                        \
    "adds r2, r3\n\t"                            \
    "adds r2, r4\n\t"                            \
    ADD_TAPS

#define NEXT_PLANE_ROW "add %[a], %[next]\n\t"

/* --- Words of two weights, see thumb/fully_connected.c.vm ---------------------------------------- */

#define LOAD_VECTOR_2 "ldmia %[a]!, {r2-r3}\n\t"

#define LOAD_VECTOR_3 "ldmia %[a]!, {r2-r4}\n\t"

/* The sum of a group in r5 is added to the sums of two outputs. */
#define ADD_WEIGHTS(low, high)                   \
    "add r5, %[start]\n\t"                       \
    "uxth r6, r5\n\t"                            \
    "add %[" #low "], r6\n\t"                    \
    "lsrs r5, r5, #16\n\t"                       \
    "add %[" #high "], r5\n\t"

/* A group of inputs by the weights of two outputs. */
#define WEIGHT_SUMS_2(low, high)                 \
    "ldmia %[w]!, {r5-r6}\n\t"                   \
    "muls r5, r2, r5\n\t"                        \
    "muls r6, r3, r6\n\t"                        \
    "adds r5, r6\n\t"                            \
    ADD_WEIGHTS(low, high)

#define WEIGHT_SUMS_3(low, high)                 \
    "ldmia %[w]!, {r5-r7}\n\t"                   \
    "muls r5, r2, r5\n\t"                        \
    "muls r6, r3, r6\n\t"                        \
    "muls r7, r4, r7\n\t"                        \
    "adds r5, r6\n\t"                            \
    "adds r5, r7\n\t"                            \
    ADD_WEIGHTS(low, high)

#endif
