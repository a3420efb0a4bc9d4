package io.mcudeploy.kernels;

import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Pad;
import java.util.Arrays;
import java.util.List;

/** A margin around a tensor, portable: the whole output is filled, then the input copied in. */
final class PadKernel implements Kernel<Pad> {
  @Override
  public Class<Pad> operator() {
    return Pad.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Pad operator) {
    List<Integer> extents = Arrays.stream(operator.input().extents()).boxed().toList();
    int[] strides = operator.output().strides();
    int offset = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      offset += operator.before().get(axis) * strides[axis];
    }
    Loops loops =
        Loops.of(extents, List.of(Arrays.stream(strides).boxed().toList()), List.of(offset));
    boolean runs = operator.storage() == StorageType.INT8 && loops.areRuns();
    return List.of(
        KernelCode.of("pad_" + Broadcasts.dimensions(operator.input()), "portable/pad.c.vm")
            .with("axes", runs ? loops.outer() : loops.axes())
            .with("copies", runs ? runs(loops) : elements(loops))
            .with("type", OutputCode.typeName(operator.storage()))
            .with("elements", operator.output().elements())
            .with("value", operator.value())
            .with("inputShape", operator.input())
            .with("outputShape", operator.output())
            .costing(
                operator.output().elements() + (runs ? 1L : 4L) * operator.input().elements(), ""));
  }

  private static List<String> runs(Loops loops) {
    return List.of(
        "copy_bytes(&y[%s], x, %d);".formatted(loops.starts().get(0), loops.run()),
        "x += " + loops.run() + ";");
  }

  private static List<String> elements(Loops loops) {
    return List.of("y[" + loops.indices().get(0) + "] = *x++;");
  }
}
