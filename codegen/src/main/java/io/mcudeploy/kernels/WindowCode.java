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
        .with("padded", window.isPadded() ? 1 : 0)
        .with("inputZeroPoint", zeroPoint)
        .with("outputHeight", window.outputHeight())
        .with("outputWidth", window.outputWidth())
        .with("positions", window.outputPositions())
        .with("lastPair", window.outputPositions() - 2);
  }
}
