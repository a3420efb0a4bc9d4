package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Window;

/** What templates name of a window that they gather into scratch, two positions at a time. */
public final class WindowCode {
  private WindowCode() {}

  /** A code with all that the templates' {@code window_shape} and loops name. */
  public static KernelCode with(KernelCode code, Window window, int zeroPoint) {
    return code.with("inputHeight", window.inputHeight())
        .with("inputWidth", window.inputWidth())
        .with("inputChannels", window.inputChannels())
        .with("kernelHeight", window.kernelHeight())
        .with("kernelWidth", window.kernelWidth())
        .with("strideHeight", window.strideHeight())
        .with("strideWidth", window.strideWidth())
        .with("dilationHeight", window.dilationHeight())
        .with("dilationWidth", window.dilationWidth())
        .with("paddingTop", window.paddingTop())
        .with("paddingLeft", window.paddingLeft())
        .with("top", top(window))
        .with("left", left(window))
        .with("padded", window.isPadded() ? 1 : 0)
        .with("inputZeroPoint", zeroPoint)
        .with("outputHeight", window.outputHeight())
        .with("outputWidth", window.outputWidth())
        .with("positions", window.outputPositions())
        .with("lastPair", window.outputPositions() - 2);
  }

  /** The row of the input where the window of output position {@code at} begins. */
  private static String top(Window window) {
    if (isLine(window) || window.outputHeight() == 1) {
      return Integer.toString(-window.paddingTop());
    }
    return "at / %d * %d - %d"
        .formatted(window.outputWidth(), window.strideHeight(), window.paddingTop());
  }

  /** The column. */
  private static String left(Window window) {
    if (isLine(window) || window.outputHeight() == 1) {
      return "at * %d - %d".formatted(window.strideWidth(), window.paddingLeft());
    }
    return "at %% %d * %d - %d"
        .formatted(window.outputWidth(), window.strideWidth(), window.paddingLeft());
  }

  /** Whether windows are the image's pixels one by one, so that rows do not matter. */
  private static boolean isLine(Window window) {
    return window.kernelHeight() == 1
        && window.kernelWidth() == 1
        && window.strideHeight() == 1
        && window.strideWidth() == 1
        && !window.isPadded()
        && window.inputWidth() == window.outputWidth();
  }
}
