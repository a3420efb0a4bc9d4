package io.mcudeploy.quantization;

import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction.FakeQuantize;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The quantizations that the model file itself prescribes. */
final class FixedGrid {
  private FixedGrid() {}

  /**
   * The quantization of the result of a FakeQuantize. Unsigned integers are stored as signed ones,
   * the zero point 128 less. Those of more than 8 bits become int16, the zero point 32768 less
   * where they are unsigned. Nothing for other nodes, and for grids of more than 16 bits.
   */
  static Optional<Quantization> of(Node node) {
    if (!(node.operator() instanceof Unary unary)
        || !(unary.function() instanceof FakeQuantize grid)) {
      return Optional.empty();
    }
    return stored(grid.scale(), grid.zeroPoint(), grid.lowest(), grid.highest());
  }

  /** The quantization of a constant that the file stores as integers of at most 16 bits. */
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
    return stored(encoding.grid().scale(), encoding.grid().zeroPoint(), lowest, highest);
  }

  private static Optional<Quantization> stored(
      double scale, int zeroPoint, long lowest, long highest) {
    return Stream.of(StorageType.INT8, StorageType.INT16)
        .flatMap(
            storage ->
                IntStream.of(0, -storage.lowest())
                    .filter(shift -> holds(storage, lowest - shift))
                    .filter(shift -> holds(storage, highest - shift))
                    .filter(shift -> holds(storage, zeroPoint - (long) shift))
                    .mapToObj(shift -> new Quantization(scale, zeroPoint - shift, storage)))
        .findFirst();
  }

  private static boolean holds(StorageType storage, long integer) {
    return integer >= storage.lowest() && integer <= storage.highest();
  }
}
