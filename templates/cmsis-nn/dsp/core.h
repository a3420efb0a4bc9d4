/* The words that kernels are written in, for Armv7E-M and Armv8-M cores with the DSP extension:
 * Cortex-M4, M7, M33 and larger. Words of portable/core.h mean the same here, bit for bit; the others
 * exist only here. Unaligned word loads and stores are legal on these cores, except by LDRD, STRD
 * and LDM. */
#ifndef MCU_DEPLOY_DSP_CORE_H
#define MCU_DEPLOY_DSP_CORE_H

#include <stdint.h>

/* --- Words of portable/core.h in this core's instructions --------------------------------------- */

/* A number that is an int8 already, as the compiler then knows: it need not be extended again. */
static inline int8_t known_int8(int32_t value)
{
    if (value < -128 || value > 127)
    {
        __builtin_unreachable();
    }
    return (int8_t)value;
}

/* The nearest int8. */
static inline int8_t saturate8(int32_t value)
{
    int32_t nearest;

    __asm__("ssat %0, #8, %1" : "=r"(nearest) : "r"(value) : "cc");
    return known_int8(nearest);
}

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
    return known_int8(value);
}

/* The nearest of lowest..highest, which lie within -128..127. */
static inline int8_t clamp8(int32_t value, int32_t lowest, int32_t highest)
{
    return clamp_further(saturate8(value), lowest, highest);
}

/* value becomes the int8 nearest to value / 2^shift, rounded down; shift is a literal, 1..31. */
#define SHIFT_SATURATE8(value, shift) \
    __asm__("ssat %0, #8, %0, asr #" #shift : "+r"(value) : : "cc")

/* TFLite's requantization, acc * multiplier / 2^(31 + shift): doubling high multiply rounded to
 * nearest, then a right shift rounded to nearest, ties away from zero.
 *   acc         |acc| < 2^30
 *   multiplier  Q31, 2^30 <= multiplier < 2^31, or 0
 *   shift       1..30 */
static inline int32_t requantize(int32_t acc, int32_t multiplier, int32_t shift)
{
    int32_t high;

    __asm__("smmulr %0, %1, %2" : "=r"(high) : "r"((uint32_t)acc << 1), "r"(multiplier));
    return shift_right(high + shift_right(high, 31) + ((int32_t)1 << (shift - 1)), shift);
}

/* The number of zero bits above the highest one; 32 for 0. */
static inline int32_t count_leading_zeros(uint32_t value)
{
    int32_t zeros;

    __asm__("clz %0, %1" : "=r"(zeros) : "r"(value));
    return zeros;
}

/* Keeps the compiler from loading ahead what it has no registers for. */
static inline void load_no_further(void)
{
    __asm__ volatile("" : : : "memory");
}

/* --- Pairs and quadruples of numbers in a word ------------------------------------------------ */

/* Four int8 at any address. */
static inline uint32_t load4(const int8_t *from)
{
    uint32_t four;

    __builtin_memcpy(&four, from, 4);
    return four;
}

static inline void store4(int8_t *to, uint32_t four)
{
    __builtin_memcpy(to, &four, 4);
}

/* Four equal int8. */
static inline uint32_t four_of(int32_t value)
{
    return ((uint32_t)value & 0xffu) * 0x1010101u;
}

/* The int16 of a pair. */
static inline int32_t low_half(uint32_t pair)
{
    return (int16_t)(pair & 0xffffu);
}

static inline int32_t high_half(uint32_t pair)
{
    return (int16_t)(pair >> 16);
}

/* Two equal int16. */
static inline uint32_t pair_of(int32_t value)
{
    return ((uint32_t)value & 0xffffu) * 0x10001u;
}

/* Two int16 to any address of int16. */
static inline void store_pair(int16_t *to, uint32_t pair)
{
    __builtin_memcpy(to, &pair, 4);
}

/* Bytes 0 and 2 of four int8, as a pair of int16. */
static inline uint32_t widen_even(uint32_t four)
{
    uint32_t pair;

    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(four));
    return pair;
}

/* Bytes 1 and 3 of four int8, as a pair of int16. */
static inline uint32_t widen_odd(uint32_t four)
{
    uint32_t pair;

    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(four));
    return pair;
}

/* sum + bytes 0 and 2 of four int8, two sums of int16 that must not overflow. */
static inline uint32_t add_even(uint32_t sum, uint32_t four)
{
    uint32_t pair;

    __asm__("sxtab16 %0, %1, %2" : "=r"(pair) : "r"(sum), "r"(four));
    return pair;
}

/* sum + bytes 1 and 3 of four int8. */
static inline uint32_t add_odd(uint32_t sum, uint32_t four)
{
    uint32_t pair;

    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(pair) : "r"(sum), "r"(four));
    return pair;
}

/* The low halves of a and b, a's below. */
static inline uint32_t low_halves(uint32_t a, uint32_t b)
{
    uint32_t pair;

    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(pair) : "r"(a), "r"(b));
    return pair;
}

/* The high halves of a and b, a's below. */
static inline uint32_t high_halves(uint32_t a, uint32_t b)
{
    uint32_t pair;

    __asm__("pkhtb %0, %2, %1, asr #16" : "=r"(pair) : "r"(a), "r"(b));
    return pair;
}

/* The larger of each of four pairs of int8. */
static inline uint32_t max4(uint32_t a, uint32_t b)
{
    uint32_t larger;

    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(larger) : "r"(a), "r"(b) : "cc");
    return larger;
}

/* The larger of each of four int8 and the numbers under a window; windows of constant size are
 * written out.
 *   row     bytes from one row of the window to the next
 *   column  from one column to the next */
__attribute__((always_inline))
static inline uint32_t largest_under(uint32_t largest, const int8_t *from, int32_t rows,
                                     int32_t columns, int32_t row, int32_t column)
{
    for (int32_t i = 0; i < rows; i++)
    {
        for (int32_t j = 0; j < columns; j++)
        {
            largest = max4(largest, load4(&from[i * row + j * column]));
        }
    }
    return largest;
}

/* The smaller of each of four pairs of int8. */
static inline uint32_t min4(uint32_t a, uint32_t b)
{
    uint32_t smaller;

    __asm__("ssub8 %0, %1, %2\n\tsel %0, %2, %1" : "=&r"(smaller) : "r"(a), "r"(b) : "cc");
    return smaller;
}

/* The nearest int8 of both halves. */
static inline uint32_t saturate8_pair(uint32_t pair)
{
    uint32_t nearest;

    __asm__("ssat16 %0, #8, %1" : "=r"(nearest) : "r"(pair) : "cc");
    return nearest;
}

/* The low bytes of the halves of even and odd, taking turns; widen_even and widen_odd undo it. */
static inline uint32_t take_turns(uint32_t even, uint32_t odd)
{
    uint32_t four;

    __asm__("uxtb16 %0, %1" : "=r"(four) : "r"(odd));
    return (even & 0xff00ffu) | (four << 8);
}

/* a * b + c in one instruction, also where c is a constant. */
static inline uint32_t multiply_add(int32_t a, int32_t b, int32_t c)
{
    uint32_t sum;

    __asm__("mla %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(c));
    return sum;
}

/* a * left + b * right + offset, which fits an int32. */
static inline int32_t linear8(int32_t a, int32_t left, int32_t b, int32_t right, int32_t offset)
{
    return (int32_t)multiply_add(b, right, (int32_t)multiply_add(a, left, offset));
}

/* a's halves by b's, the sum of both products. */
static inline int32_t smuad(uint32_t a, uint32_t b)
{
    int32_t sum;

    __asm__("smuad %0, %1, %2" : "=r"(sum) : "r"(a), "r"(b) : "cc");
    return sum;
}

/* acc + a.low * b.low + a.high * b.high, modulo 2^32. */
static inline int32_t smlad(int32_t acc, uint32_t a, uint32_t b)
{
    int32_t sum;

    __asm__("smlad %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(acc));
    return sum;
}

/* sum + the next four weights by four numbers, of which even holds 0 and 2, odd 1 and 3; weights in
 * bytes. */
static inline int32_t add_dot_int8(int32_t sum, const int32_t **weights, uint32_t even, uint32_t odd)
{
    const uint32_t four = (uint32_t)*(*weights)++;

    return smlad(smlad(sum, widen_even(four), even), widen_odd(four), odd);
}

static inline int32_t dot_int8(const int32_t **weights, uint32_t even, uint32_t odd)
{
    const uint32_t four = (uint32_t)*(*weights)++;

    return smlad(smuad(widen_even(four), even), widen_odd(four), odd);
}

/* The next two words, which one instruction loads. */
static inline uint32_t take_two(const int32_t **from, uint32_t *second)
{
    uint32_t first;

    __asm__("ldrd %0, %1, [%2], #8"
            : "=&r"(first), "=&r"(*second), "+r"(*from)
            : "m"(*(const int32_t(*)[2])*from));
    return first;
}

/* The same with weights as pairs of int16, 0 and 2, then 1 and 3. */
static inline int32_t add_dot_int16(int32_t sum, const int32_t **weights, uint32_t even, uint32_t odd)
{
    uint32_t second;
    const uint32_t first = take_two(weights, &second);

    return smlad(smlad(sum, first, even), second, odd);
}

static inline int32_t dot_int16(const int32_t **weights, uint32_t even, uint32_t odd)
{
    uint32_t second;
    const uint32_t first = take_two(weights, &second);

    return smlad(smuad(first, even), second, odd);
}

/* acc + a.low * b.low, modulo 2^32. */
static inline int32_t smlabb(int32_t acc, uint32_t a, uint32_t b)
{
    int32_t sum;

    __asm__("smlabb %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(acc));
    return sum;
}

/* acc + a.low * b.high, modulo 2^32. */
static inline int32_t smlabt(int32_t acc, uint32_t a, uint32_t b)
{
    int32_t sum;

    __asm__("smlabt %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(acc));
    return sum;
}

/* acc + a.high * b.low, modulo 2^32. */
static inline int32_t smlatb(int32_t acc, uint32_t a, uint32_t b)
{
    int32_t sum;

    __asm__("smlatb %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(acc));
    return sum;
}

/* acc + a.high * b.high, modulo 2^32. */
static inline int32_t smlatt(int32_t acc, uint32_t a, uint32_t b)
{
    int32_t sum;

    __asm__("smlatt %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(acc));
    return sum;
}

/* --- Runs of numbers, four in a word ----------------------------------------------------------- */

/* y[i] = table[x[i] + 128], three instructions each; y may be x. */
static inline void look_up(int8_t *y, const int8_t *x, const int8_t *table, int32_t count)
{
    table += 128;
#pragma GCC unroll 8
    for (int32_t i = 0; i < count; i++)
    {
        y[i] = table[x[i]];
    }
}

/* Copies to memory that is not that of from. */
static inline void copy_bytes(int8_t *to, const int8_t *from, int32_t count)
{
    int32_t i = 0;

#pragma GCC unroll 4
    for (; i + 4 <= count; i += 4)
    {
        store4(&to[i], load4(&from[i]));
    }
    for (; i < count; i++)
    {
        to[i] = from[i];
    }
}

/* y[i] = the larger of a[i] and b[i]; y may be a or b. */
static inline void larger8(int8_t *y, const int8_t *a, const int8_t *b, int32_t count)
{
    int32_t i = 0;

#pragma GCC unroll 4
    for (; i + 4 <= count; i += 4)
    {
        store4(&y[i], max4(load4(&a[i]), load4(&b[i])));
    }
    for (; i < count; i++)
    {
        y[i] = (int8_t)max32(a[i], b[i]);
    }
}

/* y[i] = the smaller of a[i] and b[i]; y may be a or b. */
static inline void smaller8(int8_t *y, const int8_t *a, const int8_t *b, int32_t count)
{
    int32_t i = 0;

#pragma GCC unroll 4
    for (; i + 4 <= count; i += 4)
    {
        store4(&y[i], min4(load4(&a[i]), load4(&b[i])));
    }
    for (; i < count; i++)
    {
        y[i] = (int8_t)min32(a[i], b[i]);
    }
}

/* sum + |a - b| of each of four numbers, which are offset by 128. */
static inline uint32_t add_distances4(uint32_t sum, uint32_t a, uint32_t b)
{
    uint32_t more;

    __asm__("usada8 %0, %1, %2, %3" : "=r"(more) : "r"(a), "r"(b), "r"(sum));
    return more;
}

/* --- Reductions of count numbers that are step apart, neighbours four at a time ---------------- */

static inline int32_t largest8(const int8_t *x, int32_t count, int32_t step)
{
    int32_t largest = -128;
    int32_t i = 0;

    if (step == 1 && count >= 4)
    {
        uint32_t four = load4(x);

#pragma GCC unroll 4
        for (i = 4; i + 4 <= count; i += 4)
        {
            four = max4(four, load4(&x[i]));
        }
        four = max4(four, four >> 16);
        largest = (int8_t)max4(four, four >> 8);
    }
    for (; i < count; i++)
    {
        largest = max32(largest, x[i * step]);
    }
    return largest;
}

static inline int32_t smallest8(const int8_t *x, int32_t count, int32_t step)
{
    int32_t smallest = 127;
    int32_t i = 0;

    if (step == 1 && count >= 4)
    {
        uint32_t four = load4(x);

#pragma GCC unroll 4
        for (i = 4; i + 4 <= count; i += 4)
        {
            four = min4(four, load4(&x[i]));
        }
        four = min4(four, four >> 16);
        smallest = (int8_t)min4(four, four >> 8);
    }
    for (; i < count; i++)
    {
        smallest = min32(smallest, x[i * step]);
    }
    return smallest;
}

/* Neighbours as distances from -128. */
static inline int32_t sum8(const int8_t *x, int32_t count, int32_t step)
{
    uint32_t distances = 0;
    int32_t i = 0;

#pragma GCC unroll 4
    for (; step == 1 && i + 4 <= count; i += 4)
    {
        distances = add_distances4(distances, load4(&x[i]) ^ 0x80808080u, 0);
    }
    int32_t sum = (int32_t)distances - 128 * i;

    for (; i < count; i++)
    {
        sum += x[i * step];
    }
    return sum;
}

/* The sum of |x - zero_point|. */
static inline int32_t distances8(const int8_t *x, int32_t count, int32_t step, int32_t zero_point)
{
    uint32_t sum = 0;
    int32_t i = 0;

#pragma GCC unroll 4
    for (; step == 1 && i + 4 <= count; i += 4)
    {
        sum = add_distances4(sum, load4(&x[i]) ^ 0x80808080u, four_of(zero_point + 128));
    }
    for (; i < count; i++)
    {
        const int32_t centred = x[i * step] - zero_point;

        sum += (uint32_t)max32(centred, -centred);
    }
    return (int32_t)sum;
}

/* The sum of (x - zero_point)^2, modulo 2^32. */
static inline uint32_t squares8(const int8_t *x, int32_t count, int32_t step, int32_t zero_point)
{
    int32_t sum = 0;
    int32_t i = 0;

#pragma GCC unroll 4
    for (; step == 1 && i + 4 <= count; i += 4)
    {
        const uint32_t four = load4(&x[i]);
        const uint32_t even = add_even(pair_of(-zero_point), four);
        const uint32_t odd = add_odd(pair_of(-zero_point), four);

        sum = smlad(smlad(sum, even, even), odd, odd);
    }
    uint32_t squares = (uint32_t)sum;

    for (; i < count; i++)
    {
        const int32_t centred = x[i * step] - zero_point;

        squares += (uint32_t)(centred * centred);
    }
    return squares;
}

/* The numbers of four int8. */
static inline void separate4(int32_t *numbers, uint32_t four)
{
    numbers[0] = (int8_t)four;
    numbers[1] = (int8_t)(four >> 8);
    numbers[2] = (int8_t)(four >> 16);
    numbers[3] = (int8_t)(four >> 24);
}

/* Of four neighbouring columns of count rows, step apart, the largest of each. */
static inline void largest8_columns(int32_t *four, const int8_t *x, int32_t count, int32_t step)
{
    uint32_t largest = load4(x);

#pragma GCC unroll 4
    for (int32_t i = 1; i < count; i++)
    {
        x += step;
        largest = max4(largest, load4(x));
    }
    separate4(four, largest);
}

/* The smallest of each. */
static inline void smallest8_columns(int32_t *four, const int8_t *x, int32_t count, int32_t step)
{
    uint32_t smallest = load4(x);

#pragma GCC unroll 4
    for (int32_t i = 1; i < count; i++)
    {
        x += step;
        smallest = min4(smallest, load4(x));
    }
    separate4(four, smallest);
}

/* The sum of each, of up to 255 rows in int16. */
static inline void sum8_columns(int32_t *four, const int8_t *x, int32_t count, int32_t step)
{
    four[0] = 0;
    four[1] = 0;
    four[2] = 0;
    four[3] = 0;
    for (int32_t first = 0; first < count; first += 255)
    {
        uint32_t even = 0;
        uint32_t odd = 0;

#pragma GCC unroll 4
        for (int32_t i = first; i < min32(first + 255, count); i++)
        {
            const uint32_t numbers = load4(x);

            even = add_even(even, numbers);
            odd = add_odd(odd, numbers);
            x += step;
        }
        four[0] += low_half(even);
        four[1] += low_half(odd);
        four[2] += high_half(even);
        four[3] += high_half(odd);
    }
}

/* The shares of exponentials, see portable/core.h. As the reciprocal is at least 2^30, its double
 * less 2^32 is an int32, which SMMLAR makes good for. */
static inline void shares8(int8_t *y, const int8_t *x, int32_t count, int32_t step, int32_t largest,
                           const int32_t *exponential, int32_t last, int32_t reciprocal,
                           int32_t shift)
{
    const uint32_t doubled = (uint32_t)reciprocal << 1;
    const uint32_t half = (uint32_t)1 << (shift - 1);

#pragma GCC unroll 2
    for (int32_t i = 0; i < count; i++)
    {
        const int32_t e = exponential[place8(largest, x[i * step], last)];
        uint32_t share;

        __asm__("smmlar %0, %1, %2, %1" : "=r"(share) : "r"(e), "r"(doubled));
        share = (share + half) >> shift;
        __asm__("usat %0, #8, %0" : "+r"(share) : : "cc");
        y[i * step] = (int8_t)(share ^ 0x80u);
    }
}

/* --- Output stages: from an accumulator to int8 ------------------------------------------------ */

/* How a channel's accumulator becomes an output, see the words below. */
typedef struct
{
    int32_t multiplier, addend, shift;
} output_numbers;

/* How it starts, the input's zero point folded in, and becomes an output. */
typedef struct
{
    int32_t bias;
    output_numbers output;
} channel_numbers;

/* The numbers of an output, the rounding computed. */
static inline output_numbers small_output(int32_t multiplier, int32_t shift, int32_t zero_point)
{
    const uint32_t halves = (uint32_t)(2 * zero_point + 1);
    const output_numbers numbers = {multiplier, (int32_t)(halves << (shift - 1)), shift};

    return numbers;
}

/* The numbers of a channel from its bias and multiplier, the rounding computed. */
static inline channel_numbers small_numbers(const int32_t *from, int32_t shift, int32_t zero_point)
{
    const channel_numbers numbers = {from[0], small_output(from[1], shift, zero_point)};

    return numbers;
}

/* The next numbers of an output among what a kernel reads in order. */
static inline output_numbers take_output(const int32_t **from)
{
    const output_numbers next = {(*from)[0], (*from)[1], (*from)[2]};

    *from += 3;
    return next;
}

/* The next numbers of a channel likewise. */
static inline channel_numbers take_channel(const int32_t **from)
{
    const channel_numbers next = {(*from)[0], {(*from)[1], (*from)[2], (*from)[3]}};

    *from += 4;
    return next;
}

/* clamp(zero_point + requantize(acc)) in five to seven instructions.
 *   multiplier  2m - 2^32 for the Q31 multiplier m >= 2^30: SMMLAR adds acc * 2^32 back, which
 *               makes the doubling free and lets acc be any int32
 *   addend      2^(shift - 1) + zero_point * 2^shift
 *   shift       1..22
 * Ties go away from zero: negative numbers lose one before they are rounded. Where these are all
 * clamped to the zero point (ReLU) it makes no difference, and the compiler drops it. */
static inline int8_t output8(int32_t acc, output_numbers output, int32_t zero_point,
                             int32_t lowest, int32_t highest)
{
    int32_t value;

    __asm__("smmlar %0, %1, %2, %1" : "=r"(value) : "r"(acc), "r"(output.multiplier));
    if (lowest < zero_point)
    {
        value += shift_right(value, 31);
    }
    return clamp8(shift_right(value + output.addend, output.shift), lowest, highest);
}

/* The same in two instructions, clamp((acc * multiplier / 2^32 + addend) / 2^shift) rounded down: the
 * generator has found numbers with which this line steps where both roundings of requantize do.
 *   shift   one for all channels, 1..21, a constant */
__attribute__((always_inline))
static inline int8_t output8_line(int32_t acc, output_numbers output, int32_t shift, int32_t lowest,
                                  int32_t highest)
{
    int32_t value;

    __asm__("smmla %0, %1, %2, %3"
            : "=r"(value)
            : "r"(acc), "r"(output.multiplier), "r"(output.addend));
    __asm__("ssat %0, #8, %0, asr %1" : "+r"(value) : "n"(shift) : "cc");
    return clamp_further(value, lowest, highest);
}

/* clamp(zero_point + requantize_any(acc)): multiplier Q31, shift -30..31, addend unused. */
static inline int8_t output8_any(int32_t acc, output_numbers output, int32_t zero_point,
                                 int32_t lowest, int32_t highest)
{
    return clamp8(requantize_any(acc, output.multiplier, output.shift) + zero_point, lowest,
                  highest);
}

/* --- Windows of an image, widened to int16 ----------------------------------------------------- */

/* Where a number of row ky of a window lies. Rows follow each other in whole words: of each four
 * numbers 0, 2 and then 1, 3 share a word, as SXTB16 gives them, of two beyond the fours both. The odd
 * last numbers of the rows share words behind all rows.
 *   to     the first of the window's words, which are apart words apart */
__attribute__((always_inline))
static inline int16_t *number_place(uint32_t *to, int32_t apart, const window_shape *window,
                                    int32_t ky, int32_t number)
{
    const int32_t run = window->kernel_width * window->channels;
    int32_t word = ky * (run / 2) + number / 2;
    int32_t half = number % 2;

    if (number < run / 4 * 4)
    {
        word = ky * (run / 2) + number / 4 * 2 + number % 2;
        half = number % 4 / 2;
    }
    else if (number == run / 2 * 2)
    {
        word = window->kernel_height * (run / 2) + ky / 2;
        half = ky % 2;
    }
    return (int16_t *)&to[word * apart] + half;
}

/* Four numbers into two words that are apart words apart: 0, 2 and 1, 3. */
static inline void widen_four(uint32_t *to, int32_t apart, uint32_t four)
{
    to[0] = widen_even(four);
    to[apart] = widen_odd(four);
}

/* A run of numbers into words that are apart words apart, several loads at a time; an odd last one
 * is left out. */
__attribute__((always_inline))
static inline void widen_run(uint32_t *to, int32_t apart, const int8_t *from, int32_t count)
{
    for (int32_t i = count / 16; i > 0; i--)
    {
        const uint32_t first = load4(from);
        const uint32_t second = load4(&from[4]);
        const uint32_t third = load4(&from[8]);
        const uint32_t fourth = load4(&from[12]);

        widen_four(to, apart, first);
        widen_four(&to[2 * apart], apart, second);
        widen_four(&to[4 * apart], apart, third);
        widen_four(&to[6 * apart], apart, fourth);
        to += 8 * apart;
        from += 16;
    }
    if (count % 16 >= 8)
    {
        const uint32_t first = load4(from);
        const uint32_t second = load4(&from[4]);

        widen_four(to, apart, first);
        widen_four(&to[2 * apart], apart, second);
        to += 4 * apart;
        from += 8;
    }
    if (count % 8 >= 4)
    {
        widen_four(to, apart, load4(from));
        to += 2 * apart;
        from += 4;
    }
    if (count % 4 >= 2)
    {
        *to = low_halves((uint32_t)from[0], (uint32_t)from[1]);
    }
}

/* One row of a window that is dilated or partly outside the image, number by number or, where
 * channels are a multiple of four, pixel by pixel. */
__attribute__((always_inline))
static inline void gather_row(uint32_t *to, int32_t apart, const int8_t *x,
                              const window_shape *window, int32_t ky, int32_t row, int32_t left)
{
    const int32_t channels = window->channels;

    for (int32_t kx = 0; kx < window->kernel_width; kx++)
    {
        const int32_t column = left + kx * window->dilation_width;
        const int32_t inside =
            row >= 0 && row < window->height && column >= 0 && column < window->width;
        const int8_t *from = inside ? &x[(row * window->width + column) * channels] : x;
        uint32_t *const pixel = &to[(ky * window->kernel_width + kx) * (channels / 2) * apart];

        if (channels % 4 == 0 && inside)
        {
            widen_run(pixel, apart, from, channels);
        }
        else if (channels % 4 == 0)
        {
            for (int32_t i = 0; i < channels; i += 2)
            {
                pixel[i / 2 * apart] = pair_of(window->zero_point);
            }
        }
        else
        {
            for (int32_t i = 0; i < channels; i++)
            {
                const int16_t wide = (int16_t)(inside ? from[i] : window->zero_point);

                __builtin_memcpy(number_place(to, apart, window, ky, kx * channels + i), &wide, 2);
            }
        }
    }
}

/* The window with its first number at row top and column left, each number at its place; its words
 * are apart words apart. */
__attribute__((always_inline))
static inline void gather_window(uint32_t *to, int32_t apart, const int8_t *x,
                                 const window_shape *window, int32_t top, int32_t left)
{
    const int32_t channels = window->channels;
    const int32_t run = window->kernel_width * channels;
    const int32_t lowest = top + (window->kernel_height - 1) * window->dilation_height;
    const int32_t rightmost = left + (window->kernel_width - 1) * window->dilation_width;
    const int32_t inside = !window->padded || (top >= 0 && lowest < window->height && left >= 0 &&
                                               rightmost < window->width);

    for (int32_t ky = 0; ky < window->kernel_height; ky++)
    {
        const int32_t row = top + ky * window->dilation_height;

        if (inside && window->dilation_width == 1)
        {
            const int8_t *const from = &x[(row * window->width + left) * channels];

            widen_run(&to[ky * (run / 2) * apart], apart, from, run);
            if (run % 2 != 0)
            {
                const int16_t last = from[run - 1];

                __builtin_memcpy(number_place(to, apart, window, ky, run - 1), &last, 2);
            }
        }
        else
        {
            gather_row(to, apart, x, window, ky, row, left);
        }
    }
}

/* A vector as pairs of int16, of each four numbers 0, 2 and then 1, 3; zeros fill up the last. */
static inline void widen_vector(uint32_t *to, const int8_t *from, int32_t count)
{
    for (int32_t i = count / 4; i > 0; i--)
    {
        const uint32_t four = load4(from);

        *to++ = widen_even(four);
        *to++ = widen_odd(four);
        from += 4;
    }
    if (count % 4 != 0)
    {
        to[0] = low_halves((uint32_t)from[0], count % 4 > 2 ? (uint32_t)from[2] : 0u);
        to[1] = count % 4 > 1 ? (uint32_t)from[1] & 0xffffu : 0u;
    }
}

/* Four neighbouring channels of two pixels, each into its own plane; the planes are plane int16 apart. */
__attribute__((always_inline))
static inline void split_two(int16_t *to, int32_t plane, uint32_t left, uint32_t right)
{
    const uint32_t low = low_halves(left, right);
    const uint32_t high = high_halves(left, right);

    store_pair(to, widen_even(low));
    store_pair(&to[plane], widen_odd(low));
    store_pair(&to[2 * plane], widen_even(high));
    store_pair(&to[3 * plane], widen_odd(high));
}

/* The same for a row of pixels, four, then two, then one at a time.
 *   to      the row in the first plane
 *   count   pixels, stride bytes apart */
__attribute__((always_inline))
static inline void split_planes(int16_t *to, int32_t plane, const int8_t *from, int32_t count,
                                int32_t stride)
{
    for (int32_t i = count / 4; i > 0; i--)
    {
        const uint32_t first = load4(from);
        const uint32_t second = load4(&from[stride]);
        const uint32_t third = load4(&from[2 * stride]);
        const uint32_t fourth = load4(&from[3 * stride]);

        split_two(to, plane, first, second);
        split_two(&to[2], plane, third, fourth);
        to += 4;
        from += 4 * stride;
    }
    if (count % 4 >= 2)
    {
        split_two(to, plane, load4(from), load4(&from[stride]));
        to += 2;
        from += 2 * stride;
    }
    if (count % 2 != 0)
    {
        to[0] = from[0];
        to[plane] = from[1];
        to[2 * plane] = from[2];
        to[3 * plane] = from[3];
    }
}

/* A row of four planes, all one number. */
static inline void fill_planes(int16_t *to, int32_t plane, int32_t value, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
    {
        to[i] = (int16_t)value;
        to[i + plane] = (int16_t)value;
        to[i + 2 * plane] = (int16_t)value;
        to[i + 3 * plane] = (int16_t)value;
    }
}

/* --- Winograd's F(2x2, 3x3): tiles of 2x2 outputs from 4x4 inputs ------------------------------- */

/* The sums of both halves of a and b, which must not overflow. */
static inline uint32_t add_pairs(uint32_t a, uint32_t b)
{
    uint32_t sums;

    __asm__("sadd16 %0, %1, %2" : "=r"(sums) : "r"(a), "r"(b) : "cc");
    return sums;
}

/* The differences of both halves. */
static inline uint32_t subtract_pairs(uint32_t a, uint32_t b)
{
    uint32_t differences;

    __asm__("ssub16 %0, %1, %2" : "=r"(differences) : "r"(a), "r"(b) : "cc");
    return differences;
}

/* Some rows of B^T d B of two tiles that share two of their six columns, two channels in a word: the
 * sum of two rows of inputs and the lower less the upper, or only the upper less the lower, and of
 * each columns 1 and 2, 2 less 1, 0 less 2, 1 less 3. All numbers are below 513.
 *   to      places in this order, place words from one to the next, each of both tiles
 *   column  bytes from one pixel to the next
 *   odd     1: channels 1 and 3 of four, 0: the others
 *   both    1: two rows of places */
__attribute__((always_inline))
static inline void transform_rows(uint32_t *to, int32_t place, const int8_t *upper,
                                  const int8_t *lower, int32_t column, int32_t odd, int32_t both)
{
    uint32_t rows[2][6];

#pragma GCC unroll 6
    for (int32_t k = 0; k < 6; k++)
    {
        const uint32_t upper_four = load4(&upper[k * column]);
        const uint32_t lower_four = load4(&lower[k * column]);
        const uint32_t a = odd ? widen_odd(upper_four) : widen_even(upper_four);
        const uint32_t b = odd ? widen_odd(lower_four) : widen_even(lower_four);

        rows[0][k] = both ? add_pairs(a, b) : subtract_pairs(a, b);
        rows[1][k] = subtract_pairs(b, a);
        for (int32_t i = 0; k > 1 && i <= both; i++)
        {
            uint32_t *const at = &to[4 * i * place + k / 2 - 1];

            if (k % 2 == 0)
            {
                at[0] = add_pairs(rows[i][k - 1], rows[i][k]);
                at[place] = subtract_pairs(rows[i][k], rows[i][k - 1]);
                at[2 * place] = subtract_pairs(rows[i][k - 2], rows[i][k]);
            }
            else
            {
                at[3 * place] = subtract_pairs(rows[i][k - 2], rows[i][k]);
            }
        }
        load_no_further();
    }
}

/* B^T d B of four channels, its rows 1, 2, 0, 3.
 *   row  bytes from one row of the image to the next */
__attribute__((always_inline))
static inline void transform_four(uint32_t *to, int32_t place, const int8_t *from, int32_t row,
                                  int32_t column)
{
    transform_rows(to, place, &from[row], &from[2 * row], column, 0, 1);
    transform_rows(&to[2], place, &from[row], &from[2 * row], column, 1, 1);
    transform_rows(&to[8 * place], place, from, &from[2 * row], column, 0, 0);
    transform_rows(&to[8 * place + 2], place, from, &from[2 * row], column, 1, 0);
    transform_rows(&to[12 * place], place, &from[row], &from[3 * row], column, 0, 0);
    transform_rows(&to[12 * place + 2], place, &from[row], &from[3 * row], column, 1, 0);
}

/* All channels of two tiles whose first number is at row top and column left; between places is
 * room for eight sums. */
__attribute__((always_inline))
static inline void transform_tiles(uint32_t *to, const int8_t *x, const window_shape *window,
                                   int32_t top, int32_t left)
{
    const int32_t channels = window->channels;
    const int32_t row = window->width * channels;
    const int8_t *const from = &x[top * row + left * channels];

    if (!window->padded ||
        (top >= 0 && top + 4 <= window->height && left >= 0 && left + 6 <= window->width))
    {
        for (int32_t i = 0; i < channels; i += 4)
        {
            transform_four(&to[i], channels + 8, &from[i], row, channels);
        }
    }
    else
    {
        const int32_t first_column = max32(0, -left);
        const int32_t end_column = min32(6, window->width - left);
        const int32_t end_row = min32(4, window->height - top);
        uint32_t fours[4][6];

        for (int32_t i = 0; i < 24; i++)
        {
            fours[i / 6][i % 6] = four_of(window->zero_point);
        }
        for (int32_t i = 0; i < channels; i += 4)
        {
            for (int32_t j = max32(0, -top); j < end_row; j++)
            {
                const int8_t *pixel = &from[i + j * row + first_column * channels];
                uint32_t *const end = &fours[j][end_column];

#pragma GCC unroll 1
                for (uint32_t *four = &fours[j][first_column]; four < end; four++)
                {
                    *four = load4(pixel);
                    pixel += channels;
                }
            }
            transform_four(&to[i], channels + 8, (const int8_t *)fours, 24, 4);
        }
    }
}

/* Four times the sums of two tiles' outputs, biases left out: two rows of four positions. */
typedef struct
{
    int32_t at[2][4];
} tile_sums;

/* Words on both tiles: the sums of a place, a + b and a - b. */
#define TILES_LOAD(a) "ldrd %[" #a "0], %[" #a "1], [%[m]], %[place]\n\t"
#define TILES_ADD(a, b)                                        \
    "add %[" #a "0], %[" #a "0], %[" #b "0]\n\t"               \
    "add %[" #a "1], %[" #a "1], %[" #b "1]\n\t"
#define TILES_SUBTRACT(a, b)                                   \
    "sub %[" #a "0], %[" #a "0], %[" #b "0]\n\t"               \
    "sub %[" #a "1], %[" #a "1], %[" #b "1]\n\t"
#define TILES_EXCHANGE(a, b)                                   \
    TILES_ADD(a, b)                                            \
    "sub %[" #b "0], %[" #a "0], %[" #b "0], lsl #1\n\t"       \
    "sub %[" #b "1], %[" #a "1], %[" #b "1], lsl #1\n\t"

/* The left and the right output of a row of places 1, 2, 0, 3. */
#define TILES_ROW(left, right)                                 \
    TILES_LOAD(left)                                           \
    TILES_LOAD(right) TILES_EXCHANGE(left, right)              \
    TILES_LOAD(p) TILES_ADD(left, p)                           \
    TILES_LOAD(p) TILES_SUBTRACT(right, p)

/* A^T m A of the sums of 16 places, modulo 2^32.
 *   m      rows 1, 2, 0, 3 of places
 *   place  bytes from one to the next, a constant */
__attribute__((always_inline))
static inline tile_sums sums_of_tiles(const uint32_t *m, int32_t place)
{
    tile_sums sums;
    uint32_t p0;
    uint32_t p1;
    uint32_t q0;
    uint32_t q1;

    __asm__ volatile(
        TILES_ROW(tl, tr)
        TILES_ROW(bl, br)
        TILES_EXCHANGE(tl, bl)
        TILES_EXCHANGE(tr, br)
        TILES_LOAD(p)
        TILES_LOAD(q) TILES_EXCHANGE(p, q) TILES_ADD(tl, p) TILES_ADD(tr, q)
        TILES_LOAD(p) TILES_ADD(tl, p)
        TILES_LOAD(p) TILES_SUBTRACT(tr, p)
        TILES_LOAD(p)
        TILES_LOAD(q) TILES_EXCHANGE(p, q) TILES_SUBTRACT(bl, p) TILES_SUBTRACT(br, q)
        TILES_LOAD(p) TILES_SUBTRACT(bl, p)
        TILES_LOAD(p) TILES_ADD(br, p)
        : [m] "+r"(m), [p0] "=&r"(p0), [p1] "=&r"(p1), [q0] "=&r"(q0), [q1] "=&r"(q1),
          [tl0] "=&r"(sums.at[0][0]), [tr0] "=&r"(sums.at[0][1]),
          [tl1] "=&r"(sums.at[0][2]), [tr1] "=&r"(sums.at[0][3]),
          [bl0] "=&r"(sums.at[1][0]), [br0] "=&r"(sums.at[1][1]),
          [bl1] "=&r"(sums.at[1][2]), [br1] "=&r"(sums.at[1][3])
        : [place] "n"(place)
        : "memory");
    return sums;
}

/* The largest sum of one of the two tiles. */
static inline int32_t largest_of_tile(const tile_sums *sums, int32_t tile)
{
    const int32_t upper = max32(sums->at[0][2 * tile], sums->at[0][2 * tile + 1]);
    const int32_t lower = max32(sums->at[1][2 * tile], sums->at[1][2 * tile + 1]);

    return max32(upper, lower);
}

/* --- Convolutions whose numbers are data, so that layers share one function ---------------------- */

/* A convolution with its window, for a kernel that serves several. */
typedef struct
{
    window_shape window;
    int32_t stride_height, stride_width;
    int32_t padding_top, padding_left;
    int32_t output_width;
    int32_t positions; /* of the output, at least 4 */
    int32_t channels;  /* of the output, at least 2 */
    int32_t steps;     /* words of weights of two channels */
    int32_t rounding;  /* 2 * zero point of the output + 1 */
    int32_t lowest;    /* the highest is 127 */
} convolution_shape;

/* The whole fours of a run into every fourth word. */
static inline void widen_fourth(uint32_t *to, const int8_t *from, int32_t count)
{
    for (; count > 3; count -= 4)
    {
        const uint32_t four = load4(from);

        to[0] = widen_even(four);
        to[4] = widen_odd(four);
        to += 8;
        from += 4;
    }
}

/* gather_window, into every fourth word and in little code. */
static inline void gather_fourth(uint32_t *to, const int8_t *x, const window_shape *window,
                                 int32_t top, int32_t left)
{
    const int32_t channels = window->channels;
    const int32_t fours = channels % 4 == 0;
    const int32_t run = window->kernel_width * channels;
    const int32_t lowest = top + (window->kernel_height - 1) * window->dilation_height;
    const int32_t rightmost = left + (window->kernel_width - 1) * window->dilation_width;
    const int32_t inside =
        window->dilation_width == 1 &&
        (!window->padded || (top >= 0 && lowest < window->height && left >= 0 &&
                             rightmost < window->width));

    for (int32_t ky = 0; ky < window->kernel_height; ky++)
    {
        const int32_t row = top + ky * window->dilation_height;
        const int8_t *const from = &x[(row * window->width + left) * channels];

        if (inside)
        {
            widen_fourth(&to[ky * (run / 2) * 4], from, run);
        }
        for (int32_t i = inside ? run / 4 * 4 : run; i < run; i++)
        {
            *number_place(to, 4, window, ky, i) = from[i];
        }
        for (int32_t kx = 0; kx < window->kernel_width && !inside; kx++)
        {
            const int32_t column = left + kx * window->dilation_width;
            const int32_t outside =
                row < 0 || row >= window->height || column < 0 || column >= window->width;

            const int8_t *const pixel = &from[(column - left) * channels];
            uint32_t *const words = &to[2 * (ky * window->kernel_width + kx) * channels];

            if (fours && !outside)
            {
                widen_fourth(words, pixel, channels);
            }
            else if (fours)
            {
                for (int32_t i = 0; i < 2 * channels; i += 4)
                {
                    words[i] = pair_of(window->zero_point);
                }
            }
            for (int32_t i = fours ? channels : 0; i < channels; i++)
            {
                *number_place(to, 4, window, ky, kx * channels + i) =
                    (int16_t)(outside ? window->zero_point : pixel[i]);
            }
        }
    }
}

/* output8 with numbers that are data: clamps to lowest..127.
 *   rounding  2^(shift - 1) + zero_point * 2^shift
 *   shift     1..22 */
static inline int8_t shared_output8(int32_t acc, int32_t multiplier, int32_t rounding, int32_t shift,
                                    int32_t lowest)
{
    int32_t value;

    __asm__("smmlar %0, %1, %2, %1" : "=r"(value) : "r"(acc), "r"(multiplier));
    value += shift_right(value, 31);
    return saturate8(max32(lowest, shift_right(value + rounding, shift)));
}

/* --- Blocks of sums of products ---------------------------------------------------------------- */

/* One step of a block of four channels at two positions: two inputs of each position, a0 and a1,
 * by two weights of each channel, 16 products. Sums are s<channel><position>. */
#define BLOCK_LOAD_INPUTS "ldrd %[a0], %[a1], [%[a]], #8\n\t"

#define BLOCK_MULTIPLY(c, d)                                   \
    "smlad %[s" #c "0], %[w0], %[a0], %[s" #c "0]\n\t"         \
    "smlad %[s" #c "1], %[w0], %[a1], %[s" #c "1]\n\t"         \
    "smlad %[s" #d "0], %[w1], %[a0], %[s" #d "0]\n\t"         \
    "smlad %[s" #d "1], %[w1], %[a1], %[s" #d "1]\n\t"

/* The same where sums of the second position begin as those of the first. */
#define BLOCK_START(c, d)                                      \
    "smlad %[s" #c "1], %[w0], %[a1], %[s" #c "0]\n\t"         \
    "smlad %[s" #c "0], %[w0], %[a0], %[s" #c "0]\n\t"         \
    "smlad %[s" #d "1], %[w1], %[a1], %[s" #d "0]\n\t"         \
    "smlad %[s" #d "0], %[w1], %[a0], %[s" #d "0]\n\t"

/* Weights as int16 pairs, a word a channel: 11 instructions. */
#define BLOCK_LOAD_INT16 "ldrd %[w0], %[w1], [%[w]], #8\n\t"

#define BLOCK_STEP_INT16                                       \
    BLOCK_LOAD_INPUTS                                          \
    BLOCK_LOAD_INT16 BLOCK_MULTIPLY(0, 1)                      \
    BLOCK_LOAD_INT16 BLOCK_MULTIPLY(2, 3)

#define BLOCK_START_INT16                                      \
    BLOCK_LOAD_INPUTS                                          \
    BLOCK_LOAD_INT16 BLOCK_START(0, 1)                         \
    BLOCK_LOAD_INT16 BLOCK_START(2, 3)

/* The same in 13 instructions and a cycle less where neighbouring LDR overlap and LDRD does not, as
 * on the Cortex-M4; the pointers move after their last use. */
#define BLOCK_LOAD_APART                                       \
    "ldr %[a1], [%[a], #4]\n\t"                                \
    "ldr %[w1], [%[w], #4]\n\t"                                \
    "ldr %[a0], [%[a]], #8\n\t"                                \
    "ldr %[w0], [%[w]], #8\n\t"

#define BLOCK_STEP_INT16_APART                                 \
    BLOCK_LOAD_APART BLOCK_MULTIPLY(0, 1)                      \
    BLOCK_LOAD_INT16 BLOCK_MULTIPLY(2, 3)

#define BLOCK_START_INT16_APART                                \
    BLOCK_LOAD_APART BLOCK_START(0, 1)                         \
    BLOCK_LOAD_INT16 BLOCK_START(2, 3)

/* The first step of sums that begin at 0. */
#define BLOCK_FIRST_MULTIPLY(c, d)                             \
    "smuad %[s" #c "0], %[w0], %[a0]\n\t"                      \
    "smuad %[s" #c "1], %[w0], %[a1]\n\t"                      \
    "smuad %[s" #d "0], %[w1], %[a0]\n\t"                      \
    "smuad %[s" #d "1], %[w1], %[a1]\n\t"

#define BLOCK_FIRST_STEP_INT16                                 \
    BLOCK_LOAD_INPUTS                                          \
    "ldrd %[w0], %[w1], [%[w]], #8\n\t" BLOCK_FIRST_MULTIPLY(0, 1) \
    "ldrd %[w0], %[w1], [%[w]], #8\n\t" BLOCK_FIRST_MULTIPLY(2, 3)

/* Weights as int8, a word for two channels, their numbers taking turns: 15 instructions. */
#define BLOCK_LOAD_INT8                                        \
    "ldr %[w1], [%[w]], #4\n\t"                                \
    "sxtb16 %[w0], %[w1]\n\t"                                  \
    "sxtb16 %[w1], %[w1], ror #8\n\t"

#define BLOCK_STEP_INT8                                        \
    BLOCK_LOAD_INPUTS                                          \
    BLOCK_LOAD_INT8 BLOCK_MULTIPLY(0, 1)                       \
    BLOCK_LOAD_INT8 BLOCK_MULTIPLY(2, 3)

#define BLOCK_START_INT8                                       \
    BLOCK_LOAD_INPUTS                                          \
    BLOCK_LOAD_INT8 BLOCK_START(0, 1)                          \
    BLOCK_LOAD_INT8 BLOCK_START(2, 3)

/* One step of two channels at four positions. */
#define QUAD_MULTIPLY                                          \
    BLOCK_LOAD_INPUTS BLOCK_MULTIPLY(0, 1)                     \
    BLOCK_LOAD_INPUTS                                          \
    "smlad %[s02], %[w0], %[a0], %[s02]\n\t"                   \
    "smlad %[s03], %[w0], %[a1], %[s03]\n\t"                   \
    "smlad %[s12], %[w1], %[a0], %[s12]\n\t"                   \
    "smlad %[s13], %[w1], %[a1], %[s13]\n\t"

/* Weights as int16 pairs, a word a channel: 11 instructions. */
#define QUAD_STEP_INT16 BLOCK_LOAD_INT16 QUAD_MULTIPLY

/* Weights as int8, the two channels taking turns: 13 instructions. */
#define QUAD_STEP_INT8 BLOCK_LOAD_INT8 QUAD_MULTIPLY

/* One step of four channels at one position: four inputs, 16 products. Sums are s<channel>. */
#define COLUMN_LOAD_INPUTS "ldrd %[a0], %[a1], [%[a]], #8\n\t"

/* Weights as int16 pairs, inputs 0 and 2 of the four channels, then inputs 1 and 3:
 * 11 instructions. */
#define COLUMN_STEP_INT16                                      \
    COLUMN_LOAD_INPUTS                                         \
    "ldmia %[w]!, {r4, r5, r6, r8}\n\t"                        \
    "smlad %[s0], r4, %[a0], %[s0]\n\t"                        \
    "smlad %[s1], r5, %[a0], %[s1]\n\t"                        \
    "smlad %[s2], r6, %[a0], %[s2]\n\t"                        \
    "smlad %[s3], r8, %[a0], %[s3]\n\t"                        \
    "ldmia %[w]!, {r4, r5, r6, r8}\n\t"                        \
    "smlad %[s0], r4, %[a1], %[s0]\n\t"                        \
    "smlad %[s1], r5, %[a1], %[s1]\n\t"                        \
    "smlad %[s2], r6, %[a1], %[s2]\n\t"                        \
    "smlad %[s3], r8, %[a1], %[s3]\n\t"

/* Weights as int8, four of a channel in a word: 18 instructions. */
#define COLUMN_MULTIPLY(c, r)                                  \
    "sxtb16 %[t], " #r "\n\t"                                  \
    "sxtb16 " #r ", " #r ", ror #8\n\t"                        \
    "smlad %[s" #c "], %[t], %[a0], %[s" #c "]\n\t"            \
    "smlad %[s" #c "], " #r ", %[a1], %[s" #c "]\n\t"

#define COLUMN_STEP_INT8                                       \
    COLUMN_LOAD_INPUTS                                         \
    "ldmia %[w]!, {r4, r5, r6, r8}\n\t"                        \
    COLUMN_MULTIPLY(0, r4) COLUMN_MULTIPLY(1, r5)              \
    COLUMN_MULTIPLY(2, r6) COLUMN_MULTIPLY(3, r8)

#endif
