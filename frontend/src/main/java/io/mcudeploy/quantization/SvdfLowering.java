package io.mcudeploy.quantization;

import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Svdf;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Filters in frequency and time. The state is int16 unless the file says otherwise, and so are the
 * time weights.
 */
record SvdfLowering(Svdf operator) implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    List<String> outputs = step.node().outputs();
    operator
        .stateScale()
        .ifPresent(
            scale -> rules.fix(outputs.get(1), new Quantization(scale, 0, StorageType.INT16)));
    rules.choose(
        outputs.get(1),
        range ->
            new Quantization(Math.max(range.magnitude(), 0x1p-20) / 32767, 0, StorageType.INT16));
    if (rules.isGiven(step.input(4))) {
      rules.share(outputs.get(1), step.input(4));
    }
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape x = assembly.shape(step.input(0));
    Tensor.Floats features = assembly.requireConstant(step, 1, "matrix of feature weights");
    Tensor.Floats times = assembly.requireConstant(step, 2, "matrix of time weights");
    Tensor.Floats bias = assembly.requireConstant(step, 3, "bias");
    Quantization input = assembly.quantization(step.input(0));
    Quantization state = assembly.own(step.node().outputs().get(1));
    Quantization output = assembly.quantization(step.node().outputs().get(0));
    if (operator.activation().low() > output.toReal(-128)
        || operator.activation().high() < output.toReal(127)) {
      throw assembly.unsupported(step, "its activation cuts into the range of its output");
    }
    Weights feature = Weights.of(features, 127);
    // Eight bits, so that sums over an int16 state cannot overflow.
    Weights time = Weights.of(times, 127);
    // TFLite keeps the products of two scales in single precision.
    double stateStep = (float) ((float) (input.scale() * feature.scale) / state.scale());
    double outputStep = (float) ((float) (state.scale() * time.scale) / output.scale());
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.Svdf(
            x.extent(0),
            x.extent(1),
            features.shape().extent(0),
            operator.rank(),
            times.shape().extent(1),
            state.storage(),
            input.zeroPoint(),
            io.mcudeploy.quantized.Int8Array.of(feature.bytes()),
            Multiplier.of(stateStep),
            state.zeroPoint(),
            Int32Array.of(time.integers),
            biases(bias, state.scale() * time.scale),
            Multiplier.of(outputStep),
            output.zeroPoint()),
        List.of(assembly.tensor(step.input(0)), assembly.tensor(step.input(4), state)),
        step.node().outputs());
  }

  private static Int32Array biases(Tensor.Floats bias, double scale) {
    int[] integers = new int[bias.values().length];
    for (int i = 0; i < integers.length; i++) {
      int index = i;
      integers[i] =
          bias.encoding()
              .map(encoding -> (int) encoding.integers().values()[index])
              .orElseGet(() -> (int) Math.rint(bias.values()[index] / scale));
    }
    return Int32Array.of(integers);
  }

  /** A matrix with one scale: the file's integers, or ours. */
  @SuppressWarnings("ArrayRecordComponent") // Lives no longer than the lowering.
  private record Weights(int[] integers, double scale) {
    static Weights of(Tensor.Floats matrix, int largest) {
      int[] integers = new int[matrix.values().length];
      if (matrix.encoding().isPresent()) {
        Grid grid = matrix.encoding().get().grid();
        for (int i = 0; i < integers.length; i++) {
          integers[i] = (int) matrix.encoding().get().integers().values()[i] - grid.zeroPoint();
        }
        return new Weights(integers, grid.scale());
      }
      double magnitude = 0;
      for (float value : matrix.values()) {
        magnitude = Math.max(magnitude, Math.abs(value));
      }
      double scale = magnitude > 0 ? magnitude / largest : 1;
      for (int i = 0; i < integers.length; i++) {
        integers[i] = (int) Math.rint(matrix.values()[i] / scale);
      }
      return new Weights(integers, scale);
    }

    byte[] bytes() {
      byte[] bytes = new byte[integers.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) integers[i];
      }
      return bytes;
    }
  }
}
