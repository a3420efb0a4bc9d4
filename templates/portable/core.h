/* The words that kernels are written in, portable. Every core's core.h gives the same words the same
 * meaning, bit for bit; this file is the definition. */
#ifndef MCU_DEPLOY_PORTABLE_CORE_H
#define MCU_DEPLOY_PORTABLE_CORE_H

#include <stdint.h>

/* The largest int32 that is at most value / 2^shift, for either sign; 0 <= shift <= 31. */
static inline int32_t shift_right(int32_t value, int32_t shift)
{
    return value >> shift; /* arithmetic on every compiler we support; the tests check it */
}

/* acc + x[0] * w[0] + ... + x[3] * w[3]. */
static inline int32_t dot4(int32_t acc, const int8_t *x, const int8_t *w)
{
    return acc + x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3];
}

/* Between the taps of an unrolled sum. A core where the compiler moves loads so far ahead that it
 * runs out of registers makes this a barrier to them. */
static inline void end_of_tap(void)
{
}

static inline int32_t min32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t max32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* The position that an index means among extent >= 1: a negative index counts from the end, and the
 * nearest position stands for one that does not exist. */
static inline int32_t position_of(int32_t index, int32_t extent)
{
    return max32(0, min32(index < 0 ? index + extent : index, extent - 1));
}

/* y[i] = table[x[i] + 128]; y may be x. */
static inline void look_up(int8_t *y, const int8_t *x, const int8_t *table, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
    {
        y[i] = table[x[i] + 128];
    }
}

/* Copies to memory that is not that of from. */
static inline void copy_bytes(int8_t *to, const int8_t *from, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
    {
        to[i] = from[i];
    }
}

/* y[i] = the larger of a[i] and b[i]; y may be a or b. */
static inline void larger8(int8_t *y, const int8_t *a, const int8_t *b, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
    {
        y[i] = (int8_t)max32(a[i], b[i]);
    }
}

/* y[i] = the smaller of a[i] and b[i]; y may be a or b. */
static inline void smaller8(int8_t *y, const int8_t *a, const int8_t *b, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
    {
        y[i] = (int8_t)min32(a[i], b[i]);
    }
}

/* --- Reductions of count numbers that are step apart ------------------------------------------- */

static inline int32_t largest8(const int8_t *x, int32_t count, int32_t step)
{
    int32_t largest = -128;

    for (int32_t i = 0; i < count; i++)
    {
        largest = max32(largest, x[i * step]);
    }
    return largest;
}

static inline int32_t smallest8(const int8_t *x, int32_t count, int32_t step)
{
    int32_t smallest = 127;

    for (int32_t i = 0; i < count; i++)
    {
        smallest = min32(smallest, x[i * step]);
    }
    return smallest;
}

static inline int32_t sum8(const int8_t *x, int32_t count, int32_t step)
{
    int32_t sum = 0;

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

    for (int32_t i = 0; i < count; i++)
    {
        const int32_t centred = x[i * step] - zero_point;

        sum += max32(centred, -centred);
    }
    return sum;
}

/* The sum of (x - zero_point)^2, modulo 2^32. */
static inline uint32_t squares8(const int8_t *x, int32_t count, int32_t step, int32_t zero_point)
{
    uint32_t sum = 0;

    for (int32_t i = 0; i < count; i++)
    {
        const int32_t centred = x[i * step] - zero_point;

        sum += (uint32_t)(centred * centred);
    }
    return sum;
}

static inline int32_t largest16(const int16_t *x, int32_t count, int32_t step)
{
    int32_t largest = -32768;

    for (int32_t i = 0; i < count; i++)
    {
        largest = max32(largest, x[i * step]);
    }
    return largest;
}

static inline int32_t smallest16(const int16_t *x, int32_t count, int32_t step)
{
    int32_t smallest = 32767;

    for (int32_t i = 0; i < count; i++)
    {
        smallest = min32(smallest, x[i * step]);
    }
    return smallest;
}

static inline int32_t sum16(const int16_t *x, int32_t count, int32_t step)
{
    int32_t sum = 0;

    for (int32_t i = 0; i < count; i++)
    {
        sum += x[i * step];
    }
    return sum;
}

static inline int32_t distances16(const int16_t *x, int32_t count, int32_t step, int32_t zero_point)
{
    int32_t sum = 0;

    for (int32_t i = 0; i < count; i++)
    {
        const int32_t centred = x[i * step] - zero_point;

        sum += max32(centred, -centred);
    }
    return sum;
}

/* Of four neighbouring columns of count rows, step apart, the largest of each. */
static inline void largest8_columns(int32_t *four, const int8_t *x, int32_t count, int32_t step)
{
    int32_t a = -128;
    int32_t b = -128;
    int32_t c = -128;
    int32_t d = -128;

    for (int32_t i = 0; i < count; i++)
    {
        a = max32(a, x[0]);
        b = max32(b, x[1]);
        c = max32(c, x[2]);
        d = max32(d, x[3]);
        x += step;
    }
    four[0] = a;
    four[1] = b;
    four[2] = c;
    four[3] = d;
}

/* The smallest of each. */
static inline void smallest8_columns(int32_t *four, const int8_t *x, int32_t count, int32_t step)
{
    int32_t a = 127;
    int32_t b = 127;
    int32_t c = 127;
    int32_t d = 127;

    for (int32_t i = 0; i < count; i++)
    {
        a = min32(a, x[0]);
        b = min32(b, x[1]);
        c = min32(c, x[2]);
        d = min32(d, x[3]);
        x += step;
    }
    four[0] = a;
    four[1] = b;
    four[2] = c;
    four[3] = d;
}

/* The sum of each. */
static inline void sum8_columns(int32_t *four, const int8_t *x, int32_t count, int32_t step)
{
    int32_t a = 0;
    int32_t b = 0;
    int32_t c = 0;
    int32_t d = 0;

    for (int32_t i = 0; i < count; i++)
    {
        a += x[0];
        b += x[1];
        c += x[2];
        d += x[3];
        x += step;
    }
    four[0] = a;
    four[1] = b;
    four[2] = c;
    four[3] = d;
}

/* The nearest int8. */
static inline int8_t saturate8(int32_t value)
{
    return (int8_t)(value < -128 ? -128 : (value > 127 ? 127 : value));
}

/* The nearest of lowest..highest, which lie within -128..127. */
static inline int8_t clamp8(int32_t value, int32_t lowest, int32_t highest)
{
    return (int8_t)(value < lowest ? lowest : (value > highest ? highest : value));
}

/* The nearest of lowest..highest, which lie within -32768..32767. */
static inline int16_t clamp16(int32_t value, int32_t lowest, int32_t highest)
{
    return (int16_t)(value < lowest ? lowest : (value > highest ? highest : value));
}

/* a * b / 2^31, rounded to nearest, ties up; not for a = b = -2^31. */
static inline int32_t multiply_high(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* value / 2^shift, rounded to nearest, ties away from zero.
 *   shift   0..31
 *   value   -2^31..2^31 - 1: the sum of the cut bit and the quotient cannot leave the int32 */
static inline int32_t divide_power2(int32_t value, int32_t shift)
{
    const uint32_t mask = ((uint32_t)1 << shift) - 1u;
    const uint32_t cut = (uint32_t)value & mask;
    const uint32_t half = (mask >> 1) + (value < 0 ? 1u : 0u);

    return shift_right(value, shift) + (cut > half ? 1 : 0);
}

/* TFLite's requantization, acc * multiplier / 2^(31 + shift): doubling high multiply rounded to
 * nearest, then a right shift rounded to nearest, ties away from zero.
 *   acc         |acc| < 2^30, so that adding half a unit cannot overflow
 *   multiplier  Q31, 2^30 <= multiplier < 2^31, or 0
 *   shift       1..30 */
static inline int32_t requantize(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t high = multiply_high(acc, multiplier);

    return shift_right(high + shift_right(high, 31) + ((int32_t)1 << (shift - 1)), shift);
}

/* The same for every factor below 2^30 and every accumulator.
 *   acc         acc * 2^-shift fits an int32
 *   multiplier  Q31, 2^30 <= multiplier < 2^31, or 0
 *   shift       to the right where positive, to the left where negative; -30..31 */
static inline int32_t requantize_any(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift < 0 ? -shift : 0;
    const int32_t scaled = (int32_t)((uint32_t)acc << left);

    return divide_power2(multiply_high(scaled, multiplier), shift < 0 ? 0 : shift);
}

/* TFLite's requantization of 64-bit sums, acc * multiplier / 2^shift, rounded to nearest, ties up.
 *   acc         acc * multiplier + 2^(shift - 1) fits an int64, the result an int32
 *   multiplier  at least 0
 *   shift       1..62 */
static inline int32_t requantize_wide(int64_t acc, int32_t multiplier, int32_t shift)
{
    return (int32_t)((acc * multiplier + ((int64_t)1 << (shift - 1))) >> shift);
}

/* --- Outputs of a layer's channels, from accumulators ------------------------------------------- */

/* clamp(zero_point + requantize(acc)) with the channel's numbers. */
static inline int8_t channel8(int32_t acc, int32_t channel, const int32_t *multiplier,
                              const int8_t *shift, int32_t zero_point, int32_t lowest,
                              int32_t highest)
{
    return clamp8(requantize(acc, multiplier[channel], shift[channel]) + zero_point, lowest,
                  highest);
}

static inline int8_t channel8_any(int32_t acc, int32_t channel, const int32_t *multiplier,
                                  const int8_t *shift, int32_t zero_point, int32_t lowest,
                                  int32_t highest)
{
    return clamp8(requantize_any(acc, multiplier[channel], shift[channel]) + zero_point, lowest,
                  highest);
}

static inline int8_t channel8_wide(int64_t acc, int32_t channel, const int32_t *multiplier,
                                   const int8_t *shift, int32_t zero_point, int32_t lowest,
                                   int32_t highest)
{
    return clamp8(requantize_wide(acc, multiplier[channel], shift[channel]) + zero_point, lowest,
                  highest);
}

static inline int16_t channel16(int32_t acc, int32_t channel, const int32_t *multiplier,
                                const int8_t *shift, int32_t zero_point, int32_t lowest,
                                int32_t highest)
{
    return clamp16(requantize(acc, multiplier[channel], shift[channel]) + zero_point, lowest,
                   highest);
}

static inline int16_t channel16_any(int32_t acc, int32_t channel, const int32_t *multiplier,
                                    const int8_t *shift, int32_t zero_point, int32_t lowest,
                                    int32_t highest)
{
    return clamp16(requantize_any(acc, multiplier[channel], shift[channel]) + zero_point, lowest,
                   highest);
}

static inline int16_t channel16_wide(int64_t acc, int32_t channel, const int32_t *multiplier,
                                     const int8_t *shift, int32_t zero_point, int32_t lowest,
                                     int32_t highest)
{
    return clamp16(requantize_wide(acc, multiplier[channel], shift[channel]) + zero_point, lowest,
                   highest);
}

/* channel8 as one line, clamp((acc * multiplier / 2^32 + addend) / 2^right) rounded down: the
 * generator has found numbers with which it steps where both roundings of requantize do.
 *   lines  [channels][multiplier, addend]
 *   right  one for all channels, 1..21 */
static inline int8_t channel8_line(int32_t acc, int32_t channel, const int32_t *lines,
                                   int32_t right, int32_t lowest, int32_t highest)
{
    const int32_t *const line = &lines[2 * channel];
    const int32_t high = (int32_t)(((int64_t)acc * line[0]) >> 32);

    return clamp8(shift_right(high + line[1], right), lowest, highest);
}

/* channel8 with both roundings, the first of them behind a product with twice the multiplier. That
 * less 2^32 is an int32; the accumulator makes up for it.
 *   lines  [channels][2 * multiplier - 2^32, 2^(shift - 1) + zero_point * 2^shift, shift 1..22] */
static inline int8_t channel8_rounded(int32_t acc, int32_t channel, const int32_t *lines,
                                      int32_t lowest, int32_t highest)
{
    const int32_t *const line = &lines[3 * channel];
    const int32_t high =
        acc + (int32_t)(((int64_t)acc * line[0] + ((int64_t)1 << 31)) >> 32);

    return clamp8(shift_right(high + shift_right(high, 31) + line[1], line[2]), lowest, highest);
}

/* A function of an int16 from 513 points that lie 128 apart, linear between them.
 *   points  for x = -32768, -32640, ... 32768 */
static inline int16_t interpolate16(const int16_t *points, int32_t x)
{
    const int32_t place = x + 32768;
    const int16_t *const point = &points[place >> 7];

    return (int16_t)(point[0] + shift_right((point[1] - point[0]) * (place & 127) + 64, 7));
}

/* value / count, rounded to nearest, ties away from zero; count >= 1, |value| + count < 2^31. */
static inline int32_t divide_rounding(int32_t value, int32_t count)
{
    return (value > 0 ? value + count / 2 : value - count / 2) / count;
}

/* sum / count, rounded to nearest, ties away from zero, without dividing.
 *   count       1..360
 *   sum         |sum| <= 128 * count
 *   reciprocal  2^24 / count, rounded up
 * The product is below 129 * 2^24, and the error of the reciprocal too small to reach the next integer. */
static inline int32_t mean(int32_t sum, int32_t count, uint32_t reciprocal)
{
    const uint32_t magnitude = (uint32_t)(sum < 0 ? -sum : sum) + (uint32_t)count / 2u;
    const int32_t quotient = (int32_t)((magnitude * reciprocal) >> 24);

    return sum < 0 ? -quotient : quotient;
}

/* The number of zero bits above the highest one; 32 for 0. */
static inline int32_t count_leading_zeros(uint32_t value)
{
    int32_t zeros = 0;

    if (value == 0u)
    {
        return 32;
    }
    for (int32_t step = 16; step > 0; step >>= 1)
    {
        if (value >> (32 - step) == 0u)
        {
            value <<= step;
            zeros += step;
        }
    }
    return zeros;
}

/* 2^31 / (1 + fraction / 2^31), at most 2^31 - 1: a line, then three steps of Newton's method.
 *   fraction  0..2^31 - 1
 * half is Q31, 1/2..1; r is Q29, 1..2. */
static inline int32_t reciprocal_of_one_plus(int32_t fraction)
{
    const int32_t half = ((int32_t)1 << 30) + shift_right(fraction, 1);
    int32_t r = 1515870810 + multiply_high(half, -1010580540);

    for (int32_t i = 0; i < 3; i++)
    {
        const int32_t error = ((int32_t)1 << 29) - multiply_high(half, r);

        r += 4 * multiply_high(r, error);
    }
    return r >= (int32_t)1 << 30 ? INT32_MAX : 2 * r;
}

/* The table's place of x: how far it is below the largest, at most last. */
static inline int32_t place8(int32_t largest, int8_t x, int32_t last)
{
    return last < 255 ? min32(largest - x, last) : largest - x;
}

/* The sum of exp(x - largest), Q19, of count numbers that are step apart.
 *   exponential  [last + 1] Q31, for 0, 1, ... below the largest */
static inline uint32_t exponentials8(const int8_t *x, int32_t count, int32_t step, int32_t largest,
                                     const int32_t *exponential, int32_t last)
{
    uint32_t sum = 0;

    for (int32_t i = 0; i < count; i++)
    {
        sum += ((uint32_t)exponential[place8(largest, x[i * step], last)] + 2048u) >> 12;
    }
    return sum;
}

/* Their shares y = min(255, round(exp(x - largest) * reciprocal / 2^(31 + shift))) - 128; y may be
 * x.
 *   reciprocal  Q31, at least 2^30
 *   shift       23..31 */
static inline void shares8(int8_t *y, const int8_t *x, int32_t count, int32_t step, int32_t largest,
                           const int32_t *exponential, int32_t last, int32_t reciprocal,
                           int32_t shift)
{
    for (int32_t i = 0; i < count; i++)
    {
        const int32_t e = exponential[place8(largest, x[i * step], last)];
        const uint32_t share = (uint32_t)multiply_high(reciprocal, e);
        const uint32_t rounded = (share + ((uint32_t)1 << (shift - 1))) >> shift;

        y[i * step] = (int8_t)(min32(255, (int32_t)rounded) - 128);
    }
}

/* The largest root with root * root <= value. */
static inline uint32_t isqrt32(uint32_t value)
{
    uint32_t root = 0;

    for (uint32_t bit = (uint32_t)1 << 30; bit != 0u; bit >>= 2)
    {
        if (value >= root + bit)
        {
            value -= root + bit;
            root = (root >> 1) + bit;
        }
        else
        {
            root >>= 1;
        }
    }
    return root;
}

/* The integer nearest to the square root. */
static inline uint32_t rounded_root32(uint32_t value)
{
    const uint32_t root = isqrt32(value);

    return value - root * root > root ? root + 1u : root;
}

/* 2^15 / root(square) as a factor of requantize_any: its multiplier is the result, its shift goes to
 * *shift. Within 3 * 2^-16 of the exact factor; the root of 0 counts as 1.
 *   square  below 2^63; brought to 2^30..2^32 by an even shift before its root is taken */
static inline int32_t reciprocal_root(uint64_t square, int32_t *shift)
{
    const uint64_t positive = square == 0u ? 1u : square;
    const uint32_t high = (uint32_t)(positive >> 32);
    const int32_t bits = high != 0u ? 64 - count_leading_zeros(high)
                                    : 32 - count_leading_zeros((uint32_t)positive);
    const int32_t half = shift_right(bits - 31, 1);
    const uint32_t mantissa =
        (uint32_t)(half < 0 ? positive << (-2 * half) : positive >> (2 * half));
    const uint32_t root = rounded_root32(mantissa);

    *shift = half;
    return (int32_t)((0xffffffffu / (root > 65535u ? 65535u : root)) << 14);
}

/* Squashes a vector in place, docs/SPEC.md "Capsules": v = v * factor(|v|^2), with the factor
 * interpolated between points on a logarithmic grid of |v|^2.
 *   v              [count] int32
 *   bits           of an element behind its sign once it has been shifted, at most 15, so that
 *                  count * 4^bits < 2^32 and no product overflows
 *   multiplier     to the table's unit, multiplier * 2^(-15 - shift); 0..2^15
 *   fraction_bits  of the result, 7..13; the result is at most 1.01 * 2^fraction_bits
 *   lowest         octave of |v|^2 that the table begins with; shorter vectors become 0
 *   factors        [octaves][17] int16, 0..32767
 *   shifts         [octaves] int8, such that the last shift is 1..30 */
__attribute__((always_inline))
static inline void squash_vector(int32_t *v, int32_t count, int32_t bits, int32_t multiplier,
                                 int32_t shift, int32_t fraction_bits, int32_t lowest,
                                 const int16_t *factors, const int8_t *shifts)
{
    uint32_t magnitudes = 0;
    uint32_t squares = 0;
    int32_t factor = 0;
    int32_t right = 1;

    for (int32_t d = 0; d < count; d++)
    {
        magnitudes |= (uint32_t)(v[d] ^ shift_right(v[d], 31));
    }
    const int32_t drop = max32(0, 32 - bits - count_leading_zeros(magnitudes));

    for (int32_t d = 0; d < count; d++)
    {
        v[d] = shift_right(shift_right(v[d], drop) * multiplier + 16384, 15);
        squares += (uint32_t)(v[d] * v[d]);
    }
    const int32_t zeros = count_leading_zeros(squares);
    const int32_t octave = 31 - zeros + 2 * (drop - shift) - lowest;

    if (squares != 0u && octave >= 0)
    {
        const uint32_t mantissa = squares << zeros;
        const int16_t *const point = &factors[octave * 17 + (int32_t)(mantissa >> 27) - 16];
        const int32_t fraction = (int32_t)((mantissa >> 19) & 255u);

        factor = point[0] + shift_right((point[1] - point[0]) * fraction, 8);
        right = shifts[octave] - drop + shift + 7 - fraction_bits;
    }
    for (int32_t d = 0; d < count; d++)
    {
        v[d] = shift_right(v[d] * factor + ((int32_t)1 << (right - 1)), right);
    }
}

/* The length of a vector of 13 fraction bits as int8, real = (result + 128) / 2^(13 - drop). */
static inline int8_t length8(const int32_t *v, int32_t count, int32_t drop)
{
    uint32_t squares = 0;

    for (int32_t d = 0; d < count; d++)
    {
        squares += (uint32_t)(v[d] * v[d]);
    }
    return saturate8(shift_right((int32_t)isqrt32(squares) + ((int32_t)1 << (drop - 1)), drop) -
                     128);
}

/* The nearest int16. */
static inline int32_t saturate16(int32_t value)
{
    return max32(-32768, min32(32767, value));
}

/* TFLite's int16 sigmoid, by straight lines between points.
 *   x      Q3.12, int16
 *   table  [256] 2^16 * sigmoid(i / 24)
 *   result Q0.15, 0..32767 */
static inline int32_t sigmoid16(int32_t x, const uint16_t *table)
{
    const int32_t magnitude = 3 * (x < 0 ? -x : x);
    const int32_t point = magnitude >> 9;
    int32_t value = 0x7fff << 10;

    if (point < 255)
    {
        value = (table[point] << 9) + (magnitude & 0x1ff) * (table[point + 1] - table[point]);
    }
    return (x < 0 ? (1 << 25) - value + 511 : value + 512) >> 10;
}

/* TFLite's int16 tanh, by the same table: tanh(y) = 2 * sigmoid(2 * y) - 1.
 *   x      3 * 2^12 * y, |x| < 2^31
 *   table  [256] 2^16 * sigmoid(i / 24)
 *   result Q0.15, -32767..32767 */
static inline int32_t tanh16(int32_t x, const uint16_t *table)
{
    const int32_t magnitude = x < 0 ? -x : x;
    const int32_t point = magnitude >> 8;
    int32_t value = 0xffff << 8;

    if (point < 255)
    {
        value = (table[point] << 8) + (magnitude & 0xff) * (table[point + 1] - table[point]);
    }
    return shift_right(x < 0 ? (1 << 23) - value + 127 : value - (1 << 23) + 128, 8);
}

/* a + b modulo 2^32. */
static inline int32_t add_modulo(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

/* factor * value / 2^15, rounded to nearest, ties up; |factor * value| < 2^31 - 2^14. */
static inline int32_t multiply_q15(int32_t factor, int32_t value)
{
    return shift_right(factor * value + (1 << 14), 15);
}

/* A window over an NHWC image. Meant for constants: the code for what a window is not (padded,
 * dilated, of channels that are not a multiple of four) then vanishes. */
typedef struct
{
    int32_t height, width, channels; /* of the image */
    int32_t kernel_height, kernel_width;
    int32_t dilation_height, dilation_width;
    int32_t padded;     /* 1 if a window can reach outside the image */
    int32_t zero_point; /* what is outside */
} window_shape;

/* The sum of a few products of words 2^16 * x1 + x0 starts with this, so that either half becomes
 * a sum of 0..65535, 32512 too large. */
#define PAIR_OFFSET 0x7f007f00u

/* A word 2^16 * x1 + x0 times a weight: 2^16 * (x1 * weight) + x0 * weight. */
static inline uint32_t pair_product(uint32_t pair, int32_t weight)
{
    return pair * (uint32_t)weight;
}

/* The sum of a few inputs by words 2^16 * w1 + w0 is added to the sums of two outputs. */
__attribute__((always_inline))
static inline void add_pairs(uint32_t *low, uint32_t *high, const int32_t *inputs,
                             const uint32_t *words, int32_t count)
{
    uint32_t sum = PAIR_OFFSET;

    for (int32_t i = 0; i < count; i++)
    {
        sum += words[i] * (uint32_t)inputs[i];
    }
    *low += sum & 0xffffu;
    *high += sum >> 16;
}

/* Neighbouring inputs of two windows, two to a word: to[places[i]] = 2^16 * second + first.
 *   first_step, second_step  1, or 0 where one number stands for all */
static inline void gather_run(uint32_t *to, const uint16_t *places, const int8_t *first,
                              const int8_t *second, int32_t first_step, int32_t second_step,
                              int32_t count)
{
    for (int32_t i = 0; i < count; i++)
    {
        to[places[i]] = ((uint32_t)*second << 16) + (uint32_t)*first;
        first += first_step;
        second += second_step;
    }
}

/* The inputs of two windows, two to a word.
 *   to         words in the order of places
 *   places     [kernel height][kernel width][channels] of a window's inputs
 *   top, left  of either window */
static inline void gather_pairs(uint32_t *to, const uint16_t *places, const int8_t *x,
                                const window_shape *window, const int32_t *top,
                                const int32_t *left)
{
    const int32_t channels = window->channels;
    const int32_t run = window->kernel_width * channels;
    const int8_t outside = (int8_t)window->zero_point;

    for (int32_t ky = 0; ky < window->kernel_height; ky++)
    {
        const int32_t rows[2] = {top[0] + ky * window->dilation_height,
                                 top[1] + ky * window->dilation_height};
        int32_t from[2];
        int32_t whole = window->dilation_width == 1;

        for (int32_t i = 0; i < 2; i++)
        {
            from[i] = (rows[i] * window->width + left[i]) * channels;
            whole = whole && (!window->padded ||
                              (rows[i] >= 0 && rows[i] < window->height && left[i] >= 0 &&
                               left[i] + window->kernel_width <= window->width));
        }
        if (whole)
        {
            gather_run(to, places, &x[from[0]], &x[from[1]], 1, 1, run);
            places += run;
        }
        for (int32_t kx = 0; kx < window->kernel_width && !whole; kx++)
        {
            const int8_t *pixel[2];
            int32_t step[2];

            for (int32_t i = 0; i < 2; i++)
            {
                const int32_t column = left[i] + kx * window->dilation_width;

                step[i] = rows[i] >= 0 && rows[i] < window->height && column >= 0 &&
                          column < window->width;
                pixel[i] = step[i] ? &x[from[i] + kx * window->dilation_width * channels] : &outside;
            }
            gather_run(to, places, pixel[0], pixel[1], step[0], step[1], channels);
            places += channels;
        }
    }
}

#endif
