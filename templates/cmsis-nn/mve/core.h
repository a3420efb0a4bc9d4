/* The words that kernels are written in, for cores with Helium, the vector extension of Armv8.1-M:
 * Cortex-M55 and M85. Words of portable/core.h and of cmsis-nn/dsp/core.h mean the same here, bit for
 * bit; the others exist only here. A vector register, q0 to q7, has 16 lanes of int8 or 4 of int32.
 * Byte loads and stores take any address. */
#ifndef MCU_DEPLOY_MVE_CORE_H
#define MCU_DEPLOY_MVE_CORE_H

#include <arm_mve.h>
#include <stdint.h>

/* --- Output stages: from four accumulators to four int8 ---------------------------------------- */

/* How the accumulators of four channels start, the input's zero point folded in, and become outputs. */
typedef struct
{
    int32x4_t bias, multiplier, left_shift;
} lane_numbers;

/* The numbers of four channels, as they lie in flash: [bias, multiplier, left shift][4]. */
static inline lane_numbers load_numbers(const int32_t *from)
{
    const lane_numbers numbers = {vldrwq_s32(from), vldrwq_s32(from + 4), vldrwq_s32(from + 8)};

    return numbers;
}

/* Rounds to nearest where it shifts to the right, ties away from zero.
 *   left_shift  -31..-1 */
static inline int32x4_t round_lanes(int32x4_t values, int32x4_t left_shift)
{
    return vrshlq_s32(vaddq_s32(values, vshrq_n_s32(values, 31)), left_shift);
}

/* From zero_point + values to the nearest of lowest..highest. */
static inline int32x4_t clamp_lanes(int32x4_t values, int32_t zero_point, int32_t lowest,
                                    int32_t highest)
{
    const int32x4_t moved = zero_point == 0 ? values : vaddq_n_s32(values, zero_point);

    return vminq_s32(vmaxq_s32(moved, vdupq_n_s32(lowest)), vdupq_n_s32(highest));
}

/* clamp(zero_point + requantize_any(sums + bias)) of four channels in seven or nine instructions.
 *   left_shift  -31..-1, the shift to the right negated
 * VQRDMULH rounds ties up, as the high product has to. VRSHL rounds ties up too: negative numbers lose
 * one before, so that ties go away from zero. Where these are all clamped to the zero point (ReLU)
 * it makes no difference. */
static inline int32x4_t output_lanes(int32x4_t sums, lane_numbers numbers, int32_t zero_point,
                                     int32_t lowest, int32_t highest)
{
    const int32x4_t high = vqrdmulhq_s32(vaddq_s32(sums, numbers.bias), numbers.multiplier);
    const int32x4_t values = lowest < zero_point ? round_lanes(high, numbers.left_shift)
                                                 : vrshlq_s32(high, numbers.left_shift);

    return clamp_lanes(values, zero_point, lowest, highest);
}

/* The same for any shift: left_shift is -31..30. Only where it is negative, a tie is possible. */
static inline int32x4_t output_lanes_any(int32x4_t sums, lane_numbers numbers, int32_t zero_point,
                                         int32_t lowest, int32_t highest)
{
    const int32x4_t zero = vdupq_n_s32(0);
    const int32x4_t right = vminq_s32(numbers.left_shift, zero);
    const int32x4_t left = vmaxq_s32(numbers.left_shift, zero);
    const int32x4_t scaled = vshlq_s32(vaddq_s32(sums, numbers.bias), left);
    const int32x4_t high = vqrdmulhq_s32(scaled, numbers.multiplier);
    const int32x4_t below = vshrq_n_s32(vandq_s32(high, right), 31);

    return clamp_lanes(vrshlq_s32(vaddq_s32(high, below), right), zero_point, lowest, highest);
}

/* Stores the low bytes of the first lanes, at most four. */
static inline void store_lanes(int8_t *to, int32x4_t values, uint32_t count)
{
    if (count >= 4u)
    {
        vstrbq_s32(to, values);
    }
    else
    {
        vstrbq_p_s32(to, values, vctp32q(count));
    }
}

/* --- Runs of bytes ------------------------------------------------------------------------------ */

/* Copies, 16 bytes at a time.
 *   count  at least 0 */
__attribute__((always_inline))
static inline void copy_bytes(int8_t *to, const int8_t *from, int32_t count)
{
    if (__builtin_constant_p(count) && count % 16 == 0 && count <= 64)
    {
        for (int32_t i = 0; i < count; i += 16)
        {
            vstrbq_s8(&to[i], vldrbq_s8(&from[i]));
        }
        return;
    }
    __asm__ volatile(
        "wlstp.8 lr, %[count], 2f\n"
        "1:\n\t"
        "vldrb.8 q0, [%[from]], #16\n\t"
        "vstrb.8 q0, [%[to]], #16\n\t"
        "letp lr, 1b\n"
        "2:"
        : [to] "+r"(to), [from] "+r"(from)
        : [count] "r"(count)
        : "q0", "lr", "memory");
}

/* Fills with one number, 16 bytes at a time. */
static inline void fill_bytes(int8_t *to, int32_t value, int32_t count)
{
    __asm__ volatile(
        "vdup.8 q0, %[value]\n\t"
        "wlstp.8 lr, %[count], 2f\n"
        "1:\n\t"
        "vstrb.8 q0, [%[to]], #16\n\t"
        "letp lr, 1b\n"
        "2:"
        : [to] "+r"(to)
        : [value] "r"(value), [count] "r"(count)
        : "q0", "lr", "memory");
}

/* The window with its first number at row top and column left, row by row without gaps:
 * [kernel_height][kernel_width][channels]. */
__attribute__((always_inline))
static inline void copy_window(int8_t *to, const int8_t *x, const window_shape *window, int32_t top,
                               int32_t left)
{
    const int32_t channels = window->channels;
    const int32_t run = window->kernel_width * channels;
    const int32_t step = window->dilation_width;
    const int32_t lowest = top + (window->kernel_height - 1) * window->dilation_height;
    const int32_t rightmost = left + (window->kernel_width - 1) * step;
    const int32_t inside = !window->padded || (top >= 0 && lowest < window->height && left >= 0 &&
                                               rightmost < window->width);

    if (inside && step == 1)
    {
        const int8_t *from = &x[(top * window->width + left) * channels];

        for (int32_t ky = 0; ky < window->kernel_height; ky++)
        {
            copy_bytes(to, from, run);
            to += run;
            from += window->dilation_height * window->width * channels;
        }
        return;
    }
    fill_bytes(to, window->zero_point, window->kernel_height * run);
    for (int32_t ky = 0; ky < window->kernel_height; ky++)
    {
        const int32_t row = top + ky * window->dilation_height;

        if (row >= 0 && row < window->height && step == 1)
        {
            const int32_t first = max32(left, 0);
            const int32_t end = min32(left + window->kernel_width, window->width);

            copy_bytes(&to[(first - left) * channels], &x[(row * window->width + first) * channels],
                       max32(end - first, 0) * channels);
        }
        else if (row >= 0 && row < window->height)
        {
            for (int32_t kx = 0; kx < window->kernel_width; kx++)
            {
                const int32_t column = left + kx * step;

                if (column >= 0 && column < window->width)
                {
                    copy_bytes(&to[kx * channels], &x[(row * window->width + column) * channels],
                               channels);
                }
            }
        }
        to += run;
    }
}

/* --- Blocks of sums of products ---------------------------------------------------------------- */

/* One step of a block of four channels at two positions: 16 inputs of each position, from a and b, by
 * 16 weights of each channel, 128 products in 14 instructions. VMLADAVA adds to an even register:
 * r0, r2, r4, r6 are the sums of the first position, r8, r10, r12, lr those of the second. */
#define MVE_BLOCK_LOAD "vldrb.8 q0, [%[a]], #16\n\tvldrb.8 q1, [%[b]], #16\n\t"

/* The last inputs of a vector that is no multiple of 16 long; zeros instead of what is behind it. */
#define MVE_BLOCK_LOAD_TAIL                                    \
    "vctp.8 %[tail]\n\t"                                       \
    "vpstt\n\t"                                                \
    "vldrbt.8 q0, [%[a]], #16\n\t"                             \
    "vldrbt.8 q1, [%[b]], #16\n\t"

#define MVE_BLOCK_CHANNELS(multiply, c0, d0, c1, d1)           \
    "vldrb.8 q2, [%[w]], #16\n\t"                              \
    multiply " " c0 ", q0, q2\n\t"                             \
    "vldrb.8 q3, [%[w]], #16\n\t"                              \
    multiply " " d0 ", q0, q3\n\t"                             \
    multiply " " c1 ", q1, q2\n\t"                             \
    multiply " " d1 ", q1, q3\n\t"

#define MVE_BLOCK_MULTIPLY(multiply)                           \
    MVE_BLOCK_CHANNELS(multiply, "r0", "r2", "r8", "r10")      \
    MVE_BLOCK_CHANNELS(multiply, "r4", "r6", "r12", "lr")

/* The first step begins the sums, the others add to them. */
#define MVE_BLOCK_FIRST MVE_BLOCK_LOAD MVE_BLOCK_MULTIPLY("vmladav.s8")

#define MVE_BLOCK_FIRST_TAIL MVE_BLOCK_LOAD_TAIL MVE_BLOCK_MULTIPLY("vmladav.s8")

#define MVE_BLOCK_STEP MVE_BLOCK_LOAD MVE_BLOCK_MULTIPLY("vmladava.s8")

#define MVE_BLOCK_STEP_TAIL MVE_BLOCK_LOAD_TAIL MVE_BLOCK_MULTIPLY("vmladava.s8")

/* One step of a column of eight outputs: 16 inputs by 16 weights of each output, 128 products in 17
 * instructions. The even registers are the sums. */
#define MVE_COLUMN_LOAD "vldrb.8 q0, [%[a]], #16\n\t"

#define MVE_COLUMN_LOAD_TAIL                                   \
    "vctp.8 %[tail]\n\t"                                       \
    "vpst\n\t"                                                 \
    "vldrbt.8 q0, [%[a]], #16\n\t"

#define MVE_COLUMN_OUTPUTS(multiply, s0, s1)                   \
    "vldrb.8 q1, [%[w]], #16\n\t"                              \
    multiply " " s0 ", q0, q1\n\t"                             \
    "vldrb.8 q2, [%[w]], #16\n\t"                              \
    multiply " " s1 ", q0, q2\n\t"

#define MVE_COLUMN_MULTIPLY(multiply)                          \
    MVE_COLUMN_OUTPUTS(multiply, "r0", "r2")                   \
    MVE_COLUMN_OUTPUTS(multiply, "r4", "r6")                   \
    MVE_COLUMN_OUTPUTS(multiply, "r8", "r10")                  \
    MVE_COLUMN_OUTPUTS(multiply, "r12", "lr")

#define MVE_COLUMN_FIRST MVE_COLUMN_LOAD MVE_COLUMN_MULTIPLY("vmladav.s8")

#define MVE_COLUMN_FIRST_TAIL MVE_COLUMN_LOAD_TAIL MVE_COLUMN_MULTIPLY("vmladav.s8")

#define MVE_COLUMN_STEP MVE_COLUMN_LOAD MVE_COLUMN_MULTIPLY("vmladava.s8")

#define MVE_COLUMN_STEP_TAIL MVE_COLUMN_LOAD_TAIL MVE_COLUMN_MULTIPLY("vmladava.s8")

/* Around the steps that are done several times, rounds of them. */
#define BEGIN_ROUND "1:\n\t"

#define END_ROUND "subs %[rounds], #1\n\tbne 1b\n\t"

/* The eight sums to q0 and q1. */
#define COLLECT_SUMS                                           \
    "vmov q0[2], q0[0], r0, r4\n\t"                            \
    "vmov q0[3], q0[1], r2, r6\n\t"                            \
    "vmov q1[2], q1[0], r8, r12\n\t"                           \
    "vmov q1[3], q1[1], r10, lr\n\t"

#endif
