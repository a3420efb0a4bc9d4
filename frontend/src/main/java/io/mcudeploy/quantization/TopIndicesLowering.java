package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.ArgMax;
import io.mcudeploy.operators.TopIndices;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/** Where the greatest or smallest elements along an axis are. */
record TopIndicesLowering(int axis, int count, boolean largest, boolean last) implements Lowering {
  static TopIndicesLowering of(ArgMax argMax) {
    return new TopIndicesLowering(argMax.axis(), 1, true, argMax.last());
  }

  static TopIndicesLowering of(TopIndices top) {
    return new TopIndicesLowering(top.axis(), top.count(), top.largest(), false);
  }

  @Override
  public boolean takesIntegers() {
    return true;
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    if (assembly.quantization(step.input(0)).storage() != StorageType.INT8) {
      throw assembly.unsupported(step, step.node().operator().kind() + " takes int8 data only");
    }
    Shape shape = assembly.shape(step.input(0));
    int inner = shape.strides()[axis];
    int depth = shape.extent(axis);
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.TopIndices(
            shape.elements() / (depth * inner), depth, inner, count, largest, last),
        List.of(assembly.tensor(step.input(0))));
  }
}
