package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;
import java.util.Map;

/** Maximum pooling, portable: padding by clipped bounds, a row and a column at a time. */
final class MaxPool2dKernel implements Kernel<MaxPool2d> {
  @Override
  public Class<MaxPool2d> operator() {
    return MaxPool2d.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(MaxPool2d operator) {
    Window window = operator.window();
    KernelCode code =
        KernelCode.of(
            "max_pool2d_" + Geometry.stem(window),
            window.isPadded() ? "portable/max_pool2d_padded.c.vm" : "portable/max_pool2d.c.vm");
    for (Map.Entry<String, Object> number : Geometry.of(window).entrySet()) {
      code = code.with(number.getKey(), number.getValue());
    }
    long taps = (long) window.kernelHeight() * window.kernelWidth();
    long outputs = (long) window.outputPositions() * window.inputChannels();
    return List.of(
        code.with("smallest", operator.storage().lowest())
            .with("type", OutputCode.typeName(operator.storage()))
            .with("clamp", OutputCode.clamp(operator.storage()))
            .with("lowest", operator.lowest())
            .with("highest", operator.highest())
            .costing(outputs * (5 * taps + 6), ""));
  }
}
