/**
 * From the float graph and its ranges to the integer graph: fuses scalar functions into layers,
 * chooses scales, quantizes weights, and gives every float operator its integer counterpart.
 */
package io.mcudeploy.quantization;
