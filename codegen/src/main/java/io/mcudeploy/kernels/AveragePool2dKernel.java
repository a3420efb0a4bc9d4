package io.mcudeploy.kernels;

import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.AveragePool2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;
import java.util.Map;

/** Average pooling, portable: no division for each element, padding by clipped bounds. */
final class AveragePool2dKernel implements Kernel<AveragePool2d> {
  @Override
  public Class<AveragePool2d> operator() {
    return AveragePool2d.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  private static final int LARGEST_BY_RECIPROCAL = 360;

  @Override
  public List<KernelCode> variants(AveragePool2d operator) {
    Window window = operator.window();
    KernelCode code =
        KernelCode.of(
            "average_pool2d_" + Geometry.stem(window),
            window.isPadded()
                ? "portable/average_pool2d_padded.c.vm"
                : "portable/average_pool2d.c.vm");
    for (Map.Entry<String, Object> number : Geometry.of(window).entrySet()) {
      code = code.with(number.getKey(), number.getValue());
    }
    long taps = (long) window.kernelHeight() * window.kernelWidth();
    long outputs = (long) window.outputPositions() * window.inputChannels();
    return List.of(
        code.with("mean", mean(operator))
            .with("counts", counts(operator))
            .with("type", OutputCode.typeName(operator.storage()))
            .with("clamp", OutputCode.clamp(operator.storage()))
            .with("lowest", operator.lowest())
            .with("highest", operator.highest())
            .costing(outputs * (4 * taps + 16), ""));
  }

  /** Declarations of what a clipped window's mean needs once a pixel. */
  private static List<String> counts(AveragePool2d operator) {
    Window window = operator.window();
    String count =
        "const int32_t count = "
            + extent("bottom - top", window.dilationHeight())
            + " * "
            + extent("right - left", window.dilationWidth())
            + ";";
    return divides(operator)
        ? List.of(count)
        : List.of(
            count, "const uint32_t reciprocal = (16777215u + (uint32_t)count) / (uint32_t)count;");
  }

  private static String extent(String distance, int dilation) {
    return dilation == 1
        ? "(" + distance + ")"
        : "((" + distance + " + " + (dilation - 1) + ") / " + dilation + ")";
  }

  /**
   * The mean as C. A reciprocal with 24 fraction bits is exact for windows up to {@link
   * #LARGEST_BY_RECIPROCAL}; larger ones, of which a network has one at its end, divide; so do
   * int16 sums, by a constant where the window is not clipped.
   */
  private static String mean(AveragePool2d operator) {
    Window window = operator.window();
    int taps = window.kernelHeight() * window.kernelWidth();
    String count = window.isPadded() ? "count" : Integer.toString(taps);
    if (divides(operator)) {
      return "divide_rounding(sum, " + count + ")";
    }
    String reciprocal = window.isPadded() ? "reciprocal" : ((1 << 24) - 1 + taps) / taps + "u";
    return "mean(sum, " + count + ", " + reciprocal + ")";
  }

  private static boolean divides(AveragePool2d operator) {
    Window window = operator.window();
    return operator.storage() != StorageType.INT8
        || window.kernelHeight() * window.kernelWidth() > LARGEST_BY_RECIPROCAL;
  }
}
