package io.mcudeploy.kernels;

import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Copy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Strided copy, portable: as few loops as the strides allow. */
final class CopyKernel implements Kernel<Copy> {
  @Override
  public Class<Copy> operator() {
    return Copy.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Copy operator) {
    List<Integer> extents = Arrays.stream(operator.output().extents()).boxed().toList();
    Loops loops = Loops.of(extents, List.of(operator.inputStrides()), List.of(operator.offset()));
    boolean runs = operator.storage() == StorageType.INT8 && loops.areRuns();
    return List.of(
        KernelCode.of("copy_" + Broadcasts.dimensions(operator.output()), "portable/copy.c.vm")
            .with("axes", runs ? loops.outer() : loops.axes())
            .with("index", loops.indices().get(0))
            .with("copies", runs ? runs(loops) : elements(loops))
            .with("inputElements", operator.inputElements())
            .with("type", operator.storage().name().toLowerCase(Locale.ROOT))
            .with("outputShape", operator.output())
            .costing((runs ? 1L : 5L) * operator.output().elements(), ""));
  }

  private static List<String> runs(Loops loops) {
    return List.of(
        "copy_bytes(y, &x[%s], %d);".formatted(loops.starts().get(0), loops.run()),
        "y += " + loops.run() + ";");
  }

  private static List<String> elements(Loops loops) {
    return List.of("*y++ = x[" + loops.indices().get(0) + "];");
  }
}
