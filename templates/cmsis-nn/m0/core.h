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

#endif
