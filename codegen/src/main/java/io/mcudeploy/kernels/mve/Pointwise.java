package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.Cost;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.operators.OutputStage;

/**
 * One matrix of weights applied to several vectors, two at a time, read where they lie: 1x1
 * convolutions, one-dimensional ones, and fully connected layers of several rows.
 *
 * @param vectors at least 2
 * @param distance bytes from a vector to the next; they may overlap
 * @param inputs length of a vector
 * @param weights [outputs][inputs]
 */
record Pointwise(
    int vectors,
    int distance,
    int inputs,
    int outputs,
    int inputZeroPoint,
    Int8Array weights,
    Int32Array bias,
    OutputStage stage) {

  KernelCode code(String stem) {
    ChannelGroups groups = new ChannelGroups(outputs, Lanes.SIZE);
    Steps steps = Steps.exact(inputs);
    Lanes lanes = Lanes.of(bias, weights, inputs, inputZeroPoint, stage);
    KernelCode code =
        KernelCode.of(stem, "cmsis-nn/mve/pointwise.c.vm")
            .with("vectors", vectors)
            .with("lastPair", vectors - 2)
            .with("distance", distance)
            .with("outputs", outputs)
            .with("groups", groups.count())
            .with("channel", groups.first())
            .with("stored", groups.stores().size())
            .with(steps.pack(weights, groups, lanes));
    long pairs = (vectors + 1L) / 2;
    Cost cost =
        MveConv2d.blocks(
            Cost.of("mve.pointwise").with("pair", pairs), pairs * groups.count(), steps, lanes);
    return lanes.with(steps.with(code, "MVE_BLOCK")).costing(cost, "4 channels x 2 positions");
  }
}
