/* Words of portable/core.h for 32-bit RISC-V. */
#ifndef MCU_DEPLOY_RV32_CORE_H
#define MCU_DEPLOY_RV32_CORE_H

/* Between the taps of an unrolled sum: loads of the next taps stay behind it. GCC's scheduler would
 * otherwise load whole unrolled bodies ahead and spill the sums, up to a third more instructions. */
static inline void end_of_tap(void)
{
    __asm__ volatile("" : : : "memory");
}

#endif
