package io.mcudeploy.operators;

import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reorders the axes. One input of any type.
 *
 * @param permutation the output's axis {@code i} is the input's axis {@code permutation[i]}
 */
public record Transpose(List<Integer> permutation) implements Operator {
  /** From channels first to channels last. */
  public static final Transpose NCHW_TO_NHWC = new Transpose(List.of(0, 2, 3, 1));

  /** From channels last to channels first. */
  public static final Transpose NHWC_TO_NCHW = new Transpose(List.of(0, 3, 1, 2));

  public Transpose {
    permutation = List.copyOf(permutation);
    List<Integer> sorted = new ArrayList<>(permutation);
    Collections.sort(sorted);
    if (!sorted.equals(IntStream.range(0, permutation.size()).boxed().toList())) {
      throw new IllegalArgumentException(permutation + " is not a permutation of axes");
    }
  }

  /** Whether the axes stay where they are. */
  public boolean isIdentity() {
    return IntStream.range(0, permutation.size()).allMatch(i -> permutation.get(i) == i);
  }

  /** The single transpose that does what this one and then {@code next} do. */
  public Transpose then(Transpose next) {
    return new Transpose(next.permutation.stream().map(permutation::get).toList());
  }

  /** The transpose that undoes this one. */
  public Transpose inverse() {
    return new Transpose(
        IntStream.range(0, permutation.size()).map(permutation::indexOf).boxed().toList());
  }

  @Override
  public String kind() {
    return "Transpose";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    TensorType input = inputs.get(0);
    if (input.shape().rank() != permutation.size()) {
      throw new IllegalArgumentException(
          "Transpose of " + permutation.size() + " axes cannot take the shape " + input.shape());
    }
    return List.of(
        new TensorType(
            input.element(), Shape.of(permutation.stream().map(input.shape()::extent).toList())));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor input = inputs.get(0);
    int[] axes = permutation.stream().mapToInt(Integer::intValue).toArray();
    StridedView view = StridedView.transposed(input.shape(), axes);
    if (!(input instanceof Tensor.Floats floats)) {
      return List.of(view.read(input));
    }
    Tensor.Floats moved =
        floats.mapped(
            outputTypes(List.of(input.type())).get(0).shape(),
            values -> Operands.values(view.read(new Tensor.Floats(input.shape(), values))));
    return List.of(moved.with(floats.encoding().map(encoding -> moved(encoding, view))));
  }

  private Encoding moved(Encoding encoding, StridedView view) {
    Grid grid = encoding.grid();
    return new Encoding(
        (Tensor.Integers) view.read(encoding.integers()),
        grid.isPerTensor() ? grid : grid.withAxis(permutation.indexOf(grid.axis())));
  }
}
