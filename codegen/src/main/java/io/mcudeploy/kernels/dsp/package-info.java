/**
 * Kernels for Arm cores with the DSP extension (Cortex-M4, M7, M33): two products an instruction on
 * pairs of int16. Templates and vocabulary are in {@code templates/cmsis-nn/dsp}.
 */
package io.mcudeploy.kernels.dsp;
