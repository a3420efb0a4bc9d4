package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;

/**
 * One layer in its place in the schedule.
 *
 * @param number from 1
 */
public record Step(int number, Layer layer, KernelCode kernel) {}
