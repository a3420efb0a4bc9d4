package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Brings the elements along some axes together into one number. The input holds real numbers, or
 * integers if the function keeps them integers (truth values for MAX and MIN: any and all).
 *
 * @param axes from 0, ascending
 * @param keepDims whether the axes stay, with extent 1
 */
public record Reduce(ReduceFunction function, List<Integer> axes, boolean keepDims)
    implements Operator {
  public Reduce {
    axes = List.copyOf(new TreeSet<>(axes));
  }

  @Override
  public String kind() {
    return function.kind();
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    TensorType input = inputs.get(0);
    boolean order = function == ReduceFunction.MAX || function == ReduceFunction.MIN;
    if (!input.element().isFloat()
        && (!function.keepsIntegers() || (input.element() == ElementType.BOOL && !order))) {
      throw new IllegalArgumentException(kind() + " needs real numbers, not " + input);
    }
    axes.forEach(axis -> Operands.checkAxis(this, axis, input.shape()));
    List<Integer> extents = new ArrayList<>();
    for (int axis = 0; axis < input.shape().rank(); axis++) {
      if (!axes.contains(axis)) {
        extents.add(input.shape().extent(axis));
      } else if (keepDims) {
        extents.add(1);
      }
    }
    return List.of(new TensorType(input.element(), Shape.of(extents)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor input = inputs.get(0);
    TensorType type = outputTypes(List.of(input.type())).get(0);
    int count = axes.stream().mapToInt(input.shape()::extent).reduce(1, (a, b) -> a * b);
    int results = type.shape().elements();
    Tensor ordered = reducedInnermost(input);
    if (ordered instanceof Tensor.Integers integers) {
      long[] values = new long[results];
      for (int i = 0; i < results; i++) {
        long result = function.apply(integers.values(), i * count, count);
        values[i] = Elements.wrap(type.element(), result);
      }
      return List.of(new Tensor.Integers(type.element(), type.shape(), values));
    }
    float[] rows = Operands.values(ordered);
    float[] values = new float[results];
    for (int i = 0; i < results; i++) {
      values[i] = (float) function.apply(rows, i * count, count);
    }
    return List.of(new Tensor.Floats(type.shape(), values));
  }

  /** The input with the reduced axes last, so that what belongs together is contiguous. */
  private Tensor reducedInnermost(Tensor input) {
    int rank = input.shape().rank();
    IntStream kept = IntStream.range(0, rank).filter(axis -> !axes.contains(axis));
    int[] order = IntStream.concat(kept, axes.stream().mapToInt(Integer::intValue)).toArray();
    boolean already = IntStream.range(0, rank).allMatch(i -> order[i] == i);
    return already ? input : StridedView.transposed(input.shape(), order).read(input);
  }
}
