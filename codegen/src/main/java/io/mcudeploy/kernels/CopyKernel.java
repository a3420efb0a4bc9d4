package io.mcudeploy.kernels;

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
    return List.of(
        KernelCode.of("copy_" + Broadcasts.dimensions(operator.output()), "portable/copy.c.vm")
            .with("axes", loops.axes())
            .with("index", loops.indices().get(0))
            .with("inputElements", operator.inputElements())
            .with("type", operator.storage().name().toLowerCase(Locale.ROOT))
            .with("outputShape", operator.output())
            .costing(5L * operator.output().elements(), ""));
  }
}
