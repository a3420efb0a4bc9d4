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

/* --- Vectors of outputs of one channel ---------------------------------------------------------- */

/* How a channel's sums start, the input's zero point folded in, and become outputs. */
typedef struct
{
    int32_t bias, multiplier, left_shift;
} scalar_numbers;

/* The sum of 16 products. The order of dot products is the template's: a compiler that begins many
 * of them early runs out of registers, since VMLADAV needs even ones. */
static inline int32_t dot16(int8x16_t a, int8x16_t b)
{
    int32_t sum;

    __asm__ volatile("vmladav.s8 %0, %q1, %q2" : "=Te"(sum) : "w"(a), "w"(b));
    return sum;
}

static inline int32_t dot16_add(int32_t sum, int8x16_t a, int8x16_t b)
{
    __asm__ volatile("vmladava.s8 %0, %q1, %q2" : "+Te"(sum) : "w"(a), "w"(b));
    return sum;
}

/* Four sums as a vector. */
static inline int32x4_t four_lanes(int32_t s0, int32_t s1, int32_t s2, int32_t s3)
{
    int32x4_t lanes;

    __asm__ volatile("vmov %q0[2], %q0[0], %1, %3\n\tvmov %q0[3], %q0[1], %2, %4"
            : "=&w"(lanes)
            : "r"(s0), "r"(s1), "r"(s2), "r"(s3));
    return lanes;
}

/* requantize_any(sums + bias) of four outputs of a channel, in three or five instructions.
 *   left_shift  -31..-1, the shift to the right negated
 *   ties        0: ties of negative numbers may go up, since a ReLU clamps them all */
static inline int32x4_t scale_by_scalar(int32x4_t sums, scalar_numbers channel, int32_t ties)
{
    const int32x4_t high = vqrdmulhq_n_s32(vaddq_n_s32(sums, channel.bias), channel.multiplier);
    const int32x4_t values = ties ? vaddq_s32(high, vshrq_n_s32(high, 31)) : high;

    return vrshlq_n_s32(values, channel.left_shift);
}

/* The same for any shift: left_shift is -31..30. */
static inline int32x4_t scale_by_scalar_any(int32x4_t sums, scalar_numbers channel, int32_t ties)
{
    const int32_t right = min32(channel.left_shift, 0);
    const int32x4_t scaled =
        vshlq_r_s32(vaddq_n_s32(sums, channel.bias), max32(channel.left_shift, 0));
    const int32x4_t high = vqrdmulhq_n_s32(scaled, channel.multiplier);
    const int32x4_t down = vshrq_n_s32(vandq_s32(high, vdupq_n_s32(right)), 31);

    return vrshlq_n_s32(ties ? vaddq_s32(high, down) : high, right);
}

/* clamp(zero_point + value) of eight numbers, the two vectors' taking turns, in the low bytes of
 * the result's 16-bit lanes. Saturating to int16 first changes nothing, since lowest..highest lie
 * within -128..127. */
static inline int8x16_t clamp_turns(int32x4_t even, int32x4_t odd, int32_t zero_point,
                                    int32_t lowest, int32_t highest)
{
    int16x8_t values = vreinterpretq_s16_s32(even);

    __asm__("vqmovnb.s32 %q0, %q0\n\tvqmovnt.s32 %q0, %q1" : "+w"(values) : "w"(odd));
    if (zero_point != 0)
    {
        values = vqaddq_n_s16(values, (int16_t)zero_point);
    }
    if (lowest > -128)
    {
        values = vmaxq_s16(values, vdupq_n_s16((int16_t)lowest));
    }
    if (highest < 127)
    {
        values = vminq_s16(values, vdupq_n_s16((int16_t)highest));
    }
    if (lowest == -128 || highest == 127)
    {
        __asm__("vqmovnb.s16 %q0, %q0" : "+w"(values));
    }
    return vreinterpretq_s8_s16(values);
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

/* --- Elements, one by one -------------------------------------------------------------------------- */

/* requantize_any(values) of four numbers.
 *   left_shift  -31..-1, the shift to the right negated */
static inline int32x4_t requantize_lanes(int32x4_t values, int32_t multiplier, int32_t left_shift)
{
    const int32x4_t high = vqrdmulhq_n_s32(values, multiplier);

    return vrshlq_n_s32(vaddq_s32(high, vshrq_n_s32(high, 31)), left_shift);
}

/* The same for a shift to the left, or none: left_shift is 0..30. */
static inline int32x4_t requantize_lanes_any(int32x4_t values, int32_t multiplier,
                                             int32_t left_shift)
{
    return vqrdmulhq_n_s32(vshlq_r_s32(values, left_shift), multiplier);
}

/* y[i] = the nearest of lowest..highest to (left * a[i] + right * b[i] + offset) >> shift, four at a
 * time, 9 instructions; y may be a or b. */
static inline void add_plane(int8_t *y, const int8_t *a, const int8_t *b, int32_t count,
                             int32_t left, int32_t right, int32_t offset, int32_t shift,
                             int32_t lowest, int32_t highest)
{
    __asm__ volatile(
        "vdup.32 q3, %[left]\n\t"
        "vdup.32 q4, %[lowest]\n\t"
        "vdup.32 q5, %[highest]\n\t"
        "wlstp.32 lr, %[count], 2f\n"
        "1:\n\t"
        "vldrb.s32 q0, [%[a]], #4\n\t"
        "vldrb.s32 q1, [%[b]], #4\n\t"
        "vmlas.s32 q0, q3, %[offset]\n\t"
        "vmla.s32 q0, q1, %[right]\n\t"
        "vshl.s32 q0, %[shift]\n\t"
        "vmax.s32 q0, q0, q4\n\t"
        "vmin.s32 q0, q0, q5\n\t"
        "vstrb.32 q0, [%[y]], #4\n\t"
        "letp lr, 1b\n"
        "2:"
        : [y] "+l"(y), [a] "+l"(a), [b] "+l"(b)
        : [count] "r"(count), [left] "r"(left), [right] "r"(right), [offset] "r"(offset),
          [shift] "r"(-shift), [lowest] "r"(lowest), [highest] "r"(highest)
        : "q0", "q1", "q3", "q4", "q5", "p0", "lr", "memory");
}

/* y[i] = table[x[i] + 128], 16 at a time, 5 instructions; y may be x. */
static inline void look_up(int8_t *y, const int8_t *x, const int8_t *table, int32_t count)
{
    __asm__ volatile(
        "vmov.i8 q1, #0x80\n\t"
        "wlstp.8 lr, %[count], 2f\n"
        "1:\n\t"
        "vldrb.8 q0, [%[x]], #16\n\t"
        "veor q0, q0, q1\n\t"
        "vldrb.u8 q2, [%[table], q0]\n\t"
        "vstrb.8 q2, [%[y]], #16\n\t"
        "letp lr, 1b\n"
        "2:"
        : [y] "+r"(y), [x] "+r"(x)
        : [table] "r"(table), [count] "r"(count)
        : "q0", "q1", "q2", "p0", "lr", "memory");
}

/* y[i] = the larger or smaller of a[i] and b[i], 16 at a time, 5 instructions; y may be a or b. */
#define EXTREME_RUN(choose)                                    \
    __asm__ volatile(                                          \
        "wlstp.8 lr, %[count], 2f\n"                           \
        "1:\n\t"                                               \
        "vldrb.8 q0, [%[a]], #16\n\t"                          \
        "vldrb.8 q1, [%[b]], #16\n\t"                          \
        choose " q0, q0, q1\n\t"                               \
        "vstrb.8 q0, [%[y]], #16\n\t"                          \
        "letp lr, 1b\n"                                        \
        "2:"                                                   \
        : [y] "+r"(y), [a] "+r"(a), [b] "+r"(b)                \
        : [count] "r"(count)                                   \
        : "q0", "q1", "lr", "memory")

static inline void larger8(int8_t *y, const int8_t *a, const int8_t *b, int32_t count)
{
    EXTREME_RUN("vmax.s8");
}

static inline void smaller8(int8_t *y, const int8_t *a, const int8_t *b, int32_t count)
{
    EXTREME_RUN("vmin.s8");
}

/* --- Reductions of count numbers that are step apart, neighbours 16 at a time ---------------------- */

/* Something done to a register with each 16 neighbours in q0. */
#define REDUCE_RUN(instruction, constraint, result)            \
    __asm__ volatile(                                          \
        "wlstp.8 lr, %[count], 2f\n"                           \
        "1:\n\t"                                               \
        "vldrb.8 q0, [%[x]], #16\n\t"                          \
        instruction "\n\t"                                     \
        "letp lr, 1b\n"                                        \
        "2:"                                                   \
        : [r] constraint(result), [x] "+r"(x)                  \
        : [count] "r"(count)                                   \
        : "q0", "lr", "memory")

static inline int32_t largest8(const int8_t *x, int32_t count, int32_t step)
{
    int32_t largest = -128;

    if (step == 1)
    {
        REDUCE_RUN("vmaxv.s8 %[r], q0", "+r", largest);
        return largest;
    }
    for (int32_t i = 0; i < count; i++)
    {
        largest = max32(largest, x[i * step]);
    }
    return largest;
}

static inline int32_t smallest8(const int8_t *x, int32_t count, int32_t step)
{
    int32_t smallest = 127;

    if (step == 1)
    {
        REDUCE_RUN("vminv.s8 %[r], q0", "+r", smallest);
        return smallest;
    }
    for (int32_t i = 0; i < count; i++)
    {
        smallest = min32(smallest, x[i * step]);
    }
    return smallest;
}

static inline int32_t sum8(const int8_t *x, int32_t count, int32_t step)
{
    int32_t sum = 0;

    if (step == 1)
    {
        REDUCE_RUN("vaddva.s8 %[r], q0", "+Te", sum);
        return sum;
    }
    for (int32_t i = 0; i < count; i++)
    {
        sum += x[i * step];
    }
    return sum;
}

/* The sum of |x - zero_point|. */
static inline int32_t distances8(const int8_t *x, int32_t count, int32_t step, int32_t zero_point)
{
    int32_t sum = 0;

    if (step == 1)
    {
        const int8x16_t zero_points = vdupq_n_s8((int8_t)zero_point);

        __asm__ volatile(
            "wlstp.8 lr, %[count], 2f\n"
            "1:\n\t"
            "vldrb.8 q0, [%[x]], #16\n\t"
            "vabav.s8 %[sum], q0, %q[zero_points]\n\t"
            "letp lr, 1b\n"
            "2:"
            : [sum] "+r"(sum), [x] "+r"(x)
            : [count] "r"(count), [zero_points] "w"(zero_points)
            : "q0", "lr", "memory");
        return sum;
    }
    for (int32_t i = 0; i < count; i++)
    {
        const int32_t centred = x[i * step] - zero_point;

        sum += max32(centred, -centred);
    }
    return sum;
}

/* The sum of (x - zero_point)^2, modulo 2^32; of neighbours from the sums of x and x^2. */
static inline uint32_t squares8(const int8_t *x, int32_t count, int32_t step, int32_t zero_point)
{
    if (step == 1)
    {
        int32_t squares = 0;
        const int32_t sum = sum8(x, count, 1);

        REDUCE_RUN("vmladava.s8 %[r], q0, q0", "+Te", squares);
        return (uint32_t)squares +
               (uint32_t)zero_point * ((uint32_t)(count * zero_point) - 2u * (uint32_t)sum);
    }
    uint32_t squares = 0;

    for (int32_t i = 0; i < count; i++)
    {
        const int32_t centred = x[i * step] - zero_point;

        squares += (uint32_t)(centred * centred);
    }
    return squares;
}

/* Of four neighbouring columns of count rows, step apart, the largest of each. */
static inline void largest8_columns(int32_t *four, const int8_t *x, int32_t count, int32_t step)
{
    int32x4_t largest = vldrbq_s32(x);

    for (int32_t i = 1; i < count; i++)
    {
        x += step;
        largest = vmaxq_s32(largest, vldrbq_s32(x));
    }
    vstrwq_s32(four, largest);
}

/* The smallest of each. */
static inline void smallest8_columns(int32_t *four, const int8_t *x, int32_t count, int32_t step)
{
    int32x4_t smallest = vldrbq_s32(x);

    for (int32_t i = 1; i < count; i++)
    {
        x += step;
        smallest = vminq_s32(smallest, vldrbq_s32(x));
    }
    vstrwq_s32(four, smallest);
}

/* The sum of each. */
static inline void sum8_columns(int32_t *four, const int8_t *x, int32_t count, int32_t step)
{
    int32x4_t sum = vldrbq_s32(x);

    for (int32_t i = 1; i < count; i++)
    {
        x += step;
        sum = vaddq_s32(sum, vldrbq_s32(x));
    }
    vstrwq_s32(four, sum);
}

/* --- Exponentials of a softmax, see portable/core.h; neighbours four at a time --------------------- */

/* The exponentials of numbers in the lanes of p. */
static inline int32x4_t power_of(const int8_t *x, mve_pred16_t p, int32_t largest,
                                 const int32_t *exponential, int32_t last)
{
    const int32x4_t distances = vsubq_s32(vdupq_n_s32(largest), vldrbq_z_s32(x, p));
    const int32x4_t places = last < 255 ? vminq_s32(distances, vdupq_n_s32(last)) : distances;

    return vldrwq_gather_shifted_offset_z_s32(exponential, vreinterpretq_u32_s32(places), p);
}

static inline uint32_t exponentials8(const int8_t *x, int32_t count, int32_t step, int32_t largest,
                                     const int32_t *exponential, int32_t last)
{
    uint32_t sum = 0;

    for (int32_t i = 0; step == 1 && i < count; i += 4)
    {
        const mve_pred16_t p = vctp32q((uint32_t)(count - i));
        const int32x4_t e = power_of(&x[i], p, largest, exponential, last);

        sum = vaddvaq_p_u32(sum, vrshrq_n_u32(vreinterpretq_u32_s32(e), 12), p);
    }
    for (int32_t i = 0; step != 1 && i < count; i++)
    {
        sum += ((uint32_t)exponential[place8(largest, x[i * step], last)] + 2048u) >> 12;
    }
    return sum;
}

static inline void shares8(int8_t *y, const int8_t *x, int32_t count, int32_t step, int32_t largest,
                           const int32_t *exponential, int32_t last, int32_t reciprocal,
                           int32_t shift)
{
    for (int32_t i = 0; step == 1 && i < count; i += 4)
    {
        const mve_pred16_t p = vctp32q((uint32_t)(count - i));
        const int32x4_t e = power_of(&x[i], p, largest, exponential, last);
        const int32x4_t share = vrshlq_s32(vqrdmulhq_n_s32(e, reciprocal), vdupq_n_s32(-shift));

        vstrbq_p_s32(&y[i], vsubq_n_s32(vminq_s32(share, vdupq_n_s32(255)), 128), p);
    }
    for (int32_t i = 0; step != 1 && i < count; i++)
    {
        const int32_t e = exponential[place8(largest, x[i * step], last)];
        const uint32_t share = (uint32_t)multiply_high(reciprocal, e);
        const uint32_t rounded = (share + ((uint32_t)1 << (shift - 1))) >> shift;

        y[i * step] = (int8_t)(min32(255, (int32_t)rounded) - 128);
    }
}

/* --- Windows of pools ---------------------------------------------------------------------------- */

/* A row of a window, 5 instructions a pixel. */
#define WINDOW_ROW(load, combine)                              \
    "vmsr p0, %[exist]\n\t"                                    \
    "wls lr, %[columns], 2f\n"                                 \
    "1:\n\t"                                                   \
    "vpst\n\t"                                                 \
    load " q0, [%[pixel]]\n\t"                                 \
    "add %[pixel], %[pixel], %[step]\n\t"                      \
    combine " %q[values], %q[values], q0\n\t"                  \
    "le lr, 1b\n"                                              \
    "2:"

/* The largest of each of 16 channels in a window of rows by columns, clamped. */
__attribute__((always_inline))
static inline int8x16_t max_of_window(const int8_t *from, int32_t rows, int32_t columns,
                                      int32_t row_bytes, int32_t pixel_bytes, mve_pred16_t exist,
                                      int32_t lowest, int32_t highest)
{
    int8x16_t largest = vdupq_n_s8((int8_t)lowest);

    for (int32_t i = 0; i < rows; i++)
    {
        const int8_t *pixel = &from[i * row_bytes];

        __asm__ volatile(WINDOW_ROW("vldrbt.8", "vmax.s8")
                         : [values] "+w"(largest), [pixel] "+r"(pixel)
                         : [exist] "r"(exist), [columns] "r"(columns), [step] "r"(pixel_bytes)
                         : "q0", "p0", "lr", "memory");
    }
    return highest < 127 ? vminq_s8(largest, vdupq_n_s8((int8_t)highest)) : largest;
}

/* The mean of each of 8 channels in a window of rows by columns, rounded to nearest, ties away from
 * zero, clamped. With r = 2^(15 + shift) / count, rounded up, 2^shift >= count, the error of r times a
 * sum is too small to reach the next integer.
 *   rows * columns  1..255 */
__attribute__((always_inline))
static inline int16x8_t mean_of_window(const int8_t *from, int32_t rows, int32_t columns,
                                       int32_t row_bytes, int32_t pixel_bytes, mve_pred16_t exist,
                                       int32_t lowest, int32_t highest)
{
    const int32_t count = rows * columns;
    const int32_t shift = 32 - count_leading_zeros((uint32_t)count - 1u);
    const int32_t r = (((int32_t)1 << (15 + shift)) + count - 1) / count;
    int16x8_t sums = vdupq_n_s16(0);

    for (int32_t i = 0; i < rows; i++)
    {
        const int8_t *pixel = &from[i * row_bytes];

        __asm__ volatile(WINDOW_ROW("vldrbt.s16", "vadd.i16")
                         : [values] "+w"(sums), [pixel] "+l"(pixel)
                         : [exist] "r"(exist), [columns] "r"(columns), [step] "r"(pixel_bytes)
                         : "q0", "p0", "lr", "memory");
    }
    const uint16x8_t sizes = vreinterpretq_u16_s16(vabsq_s16(sums));
    const uint16x8_t halves = vaddq_n_u16(sizes, (uint16_t)(count / 2));
    const uint16x8_t high = vmulhq_u16(vaddq_u16(halves, halves), vdupq_n_u16((uint16_t)r));
    const int16x8_t means = vreinterpretq_s16_u16(vshlq_r_u16(high, -shift));
    const int16x8_t signs = vshrq_n_s16(sums, 15);
    const int16x8_t values = vsubq_s16(veorq_s16(means, signs), signs);

    return vminq_s16(vmaxq_s16(values, vdupq_n_s16((int16_t)lowest)),
                     vdupq_n_s16((int16_t)highest));
}

/* --- Patches of images, by channel --------------------------------------------------------------- */

/* A predicate, a bit for each byte of a vector. GCC 12 takes a constant that it can see for all lanes. */
static inline mve_pred16_t lanes_of(uint32_t mask)
{
    __asm__("" : "+r"(mask));
    return (mve_pred16_t)mask;
}

/* Four words, some bytes apart, as 16 int8. */
static inline int8x16_t gather_words(const int8_t *from, uint32x4_t offsets)
{
    return vreinterpretq_s8_s32(vldrwq_gather_offset_s32((const int32_t *)from, offsets));
}

/* Bytes side by side that a kernel sees at once: of each of up to 16 channels four pixels, one from
 * each strand, and so on along the strands: to[count][16 channels][4 strands].
 *   channels  1..16; what follows them in to has no meaning */
static inline void interleave(int8_t *to, const int8_t *a, const int8_t *b, const int8_t *c,
                              const int8_t *d, int32_t a_step, int32_t b_step, int32_t c_step,
                              int32_t d_step, int32_t count, int32_t channels)
{
    __asm__ volatile(
        "vctp.8 %[channels]\n\t"
        "wls lr, %[count], 2f\n"
        "1:\n\t"
        "vpstttt\n\t"
        "vldrbt.8 q0, [%[a]]\n\t"
        "vldrbt.8 q1, [%[b]]\n\t"
        "vldrbt.8 q2, [%[c]]\n\t"
        "vldrbt.8 q3, [%[d]]\n\t"
        "add %[a], %[a], %[a_step]\n\t"
        "add %[b], %[b], %[b_step]\n\t"
        "add %[c], %[c], %[c_step]\n\t"
        "add %[d], %[d], %[d_step]\n\t"
        "vst40.8 {q0, q1, q2, q3}, [%[to]]\n\t"
        "vst41.8 {q0, q1, q2, q3}, [%[to]]\n\t"
        "vst42.8 {q0, q1, q2, q3}, [%[to]]\n\t"
        "vst43.8 {q0, q1, q2, q3}, [%[to]]!\n\t"
        "le lr, 1b\n"
        "2:"
        : [to] "+r"(to), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d)
        : [a_step] "r"(a_step), [b_step] "r"(b_step), [c_step] "r"(c_step), [d_step] "r"(d_step),
          [count] "r"(count), [channels] "r"(channels)
        : "q0", "q1", "q2", "q3", "p0", "lr", "memory");
}

/* Four rows of an image as strands: rows row, row + dilation and so on, count pixels of each.
 *   outside  16 zero points, which stand for a row outside the image */
__attribute__((always_inline))
static inline void interleave_rows(int8_t *to, const int8_t *x, int32_t height, int32_t row_bytes,
                                   int32_t pixel_bytes, int32_t row, int32_t dilation,
                                   int32_t count, int32_t channels, const int8_t *outside)
{
    const int32_t r1 = row + dilation;
    const int32_t r2 = r1 + dilation;
    const int32_t r3 = r2 + dilation;
    const int32_t in0 = row >= 0 && row < height;
    const int32_t in1 = r1 >= 0 && r1 < height;
    const int32_t in2 = r2 >= 0 && r2 < height;
    const int32_t in3 = r3 >= 0 && r3 < height;

    interleave(to, in0 ? &x[row * row_bytes] : outside, in1 ? &x[r1 * row_bytes] : outside,
               in2 ? &x[r2 * row_bytes] : outside, in3 ? &x[r3 * row_bytes] : outside,
               in0 ? pixel_bytes : 0, in1 ? pixel_bytes : 0, in2 ? pixel_bytes : 0,
               in3 ? pixel_bytes : 0, count, channels);
}

/* A row of an image, pixels i, i + 1, i + 2, i + 3 as strands, i = -padding, 4 - padding and so on.
 *   count    words, four pixels each
 *   outside  16 zero points, which stand for a pixel outside the row */
__attribute__((always_inline))
static inline void interleave_row(int8_t *to, const int8_t *x, int32_t width, int32_t pixel_bytes,
                                  int32_t padding, int32_t count, int32_t channels,
                                  const int8_t *outside)
{
    int32_t word = 0;

    while (word < count)
    {
        const int32_t i = 4 * word - padding;
        const int32_t inside = i >= 0 ? (width - i) / 4 : 0;
        const int32_t run = max32(1, min32(inside, count - word));
        const int8_t *const pixel = &x[i * pixel_bytes];

        interleave(to, i >= 0 && i < width ? pixel : outside,
                   i + 1 >= 0 && i + 1 < width ? pixel + pixel_bytes : outside,
                   i + 2 >= 0 && i + 2 < width ? pixel + 2 * pixel_bytes : outside,
                   i + 3 >= 0 && i + 3 < width ? pixel + 3 * pixel_bytes : outside,
                   4 * pixel_bytes, 4 * pixel_bytes, 4 * pixel_bytes, 4 * pixel_bytes, run,
                   channels);
        to += 64 * run;
        word += run;
    }
}

/* --- Capsules, one a lane ---------------------------------------------------------------------------- */

/* The next eight int8, as int16. */
static inline int16x8_t next_lanes(const int8_t **from)
{
    const int16x8_t lanes = vldrbq_s16(*from);

    *from += 8;
    return lanes;
}

/* Eight int32 as int16, in their order; the upper halves are dropped. */
static inline int16x8_t narrow_lanes(int32x4_t first, int32x4_t second)
{
    int16_t lanes[8];

    vstrhq_s32(lanes, first);
    vstrhq_s32(&lanes[4], second);
    return vldrhq_s16(lanes);
}

/* table[min(255, distance / 2^shift)], rounded to nearest, ties up.
 *   distances  at least 0 */
static inline int32x4_t power_lanes(int32x4_t distances, int32_t shift, const uint16_t *table)
{
    const uint32x4_t places = vreinterpretq_u32_s32(vrshlq_n_s32(distances, -shift));

    return vreinterpretq_s32_u32(
        vldrhq_gather_shifted_offset_u32(table, vminq_u32(places, vdupq_n_u32(255))));
}

/* sums[k] + the sum of c * p[k] over eight lanes, in place, for count k.
 *   p  [count][8] */
static inline void add_coupled(int32_t *sums, int16x8_t c, const int8_t *p, int32_t count)
{
    __asm__ volatile(
        "dls lr, %[count]\n"
        "1:\n\t"
        "ldr r12, [%[sums]]\n\t"
        "vldrb.s16 q0, [%[p]], #8\n\t"
        "vmladava.s16 r12, q0, %q[c]\n\t"
        "str r12, [%[sums]], #4\n\t"
        "le lr, 1b"
        : [sums] "+r"(sums), [p] "+l"(p)
        : [c] "w"(c), [count] "r"(count)
        : "q0", "r12", "lr", "memory");
}

/* How eight capsules agree with a vector: adds the sums over k of p[k] * v[k] to the lanes of b0 and b1.
 *   p  [count][8], read up to its end, as v is */
#define ADD_AGREEMENT(b0, b1, p, v, count)                     \
    __asm__ volatile(                                          \
        "dls lr, %[number]\n"                                  \
        "1:\n\t"                                               \
        "ldrsh r12, [%[vector]], #2\n\t"                       \
        "vldrb.s32 q0, [%[predictions]], #4\n\t"               \
        "vldrb.s32 q1, [%[predictions]], #4\n\t"               \
        "vmla.s32 %q[low], q0, r12\n\t"                        \
        "vmla.s32 %q[high], q1, r12\n\t"                       \
        "le lr, 1b"                                            \
        : [low] "+w"(b0), [high] "+w"(b1), [predictions] "+l"(p), [vector] "+r"(v) \
        : [number] "r"(count)                                  \
        : "q0", "q1", "r12", "lr", "memory")

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

/* The numbers of the four channels behind their weights, see load_numbers: bias to q2, multiplier to
 * q3. */
#define LOAD_NUMBERS                                           \
    "vldrw.32 q2, [%[w]], #16\n\t"                             \
    "vldrw.32 q3, [%[w]], #16\n\t"                             \
    "vldrw.32 %q[shift], [%[w]], #16\n\t"

#endif
