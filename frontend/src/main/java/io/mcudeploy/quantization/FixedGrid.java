package io.mcudeploy.quantization;

import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction.FakeQuantize;
import io.mcudeploy.quantized.Quantization;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** The quantizations that the model file itself prescribes. */
final class FixedGrid {
  private FixedGrid() {}

  /**
   * The quantization of the result of a FakeQuantize. Unsigned integers are stored as signed ones,
   * the zero point 128 less. Nothing for other nodes, and for grids of more than 8 bits.
   */
  static Optional<Quantization> of(Node node) {
    if (!(node.operator() instanceof Unary unary)
        || !(unary.function() instanceof FakeQuantize grid)) {
      return Optional.empty();
    }
    return int8(grid.scale(), grid.zeroPoint(), grid.lowest(), grid.highest());
  }

  /** The quantization of a constant that the file stores as integers of at most 8 bits. */
  static Optional<Quantization> ofConstant(String value, Graph graph) {
    if (!(graph.constants().get(value) instanceof Tensor.Floats floats)) {
      return Optional.empty();
    }
    return floats
        .encoding()
        .filter(encoding -> encoding.grid().isPerTensor())
        .flatMap(FixedGrid::ofEncoding);
  }

  private static Optional<Quantization> ofEncoding(Encoding encoding) {
    long[] integers = encoding.integers().values();
    long lowest = Arrays.stream(integers).min().orElse(0);
    long highest = Arrays.stream(integers).max().orElse(0);
    return int8(encoding.grid().scale(), encoding.grid().zeroPoint(), lowest, highest);
  }

  private static Optional<Quantization> int8(
      double scale, int zeroPoint, long lowest, long highest) {
    return IntStream.of(0, 128)
        .filter(shift -> isInt8(lowest - shift) && isInt8(highest - shift))
        .filter(shift -> isInt8(zeroPoint - (long) shift))
        .mapToObj(shift -> new Quantization(scale, zeroPoint - shift))
        .findFirst();
  }

  private static boolean isInt8(long integer) {
    return integer >= Byte.MIN_VALUE && integer <= Byte.MAX_VALUE;
  }
}
