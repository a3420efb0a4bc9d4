/**
 * Kernels for cores with Helium, the vector extension of Armv8.1-M (Cortex-M55): 16 products of
 * int8 an instruction. Templates and vocabulary are in {@code templates/cmsis-nn/mve}.
 */
package io.mcudeploy.kernels.mve;
