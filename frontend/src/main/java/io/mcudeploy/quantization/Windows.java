package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.quantized.operators.Window;

/** From float geometry to integer geometry. */
final class Windows {
  private Windows() {}

  /**
   * The window of an NHWC operator.
   *
   * @param input [1, H, W, C]
   * @param output [1, OH, OW, any]
   */
  static Window of(
      Shape input,
      Shape output,
      Size2d kernel,
      Size2d strides,
      Size2d dilations,
      Padding2d padding) {
    return new Window(
        input.extent(1),
        input.extent(2),
        input.extent(3),
        output.extent(1),
        output.extent(2),
        kernel.height(),
        kernel.width(),
        strides.height(),
        strides.width(),
        dilations.height(),
        dilations.width(),
        padding.top(),
        padding.left());
  }

  /** Refuses more than one image at a time. */
  static void requireSingleImage(Step step, Assembly assembly) {
    int images = assembly.shape(step.input(0)).extent(0);
    if (images != 1) {
      throw assembly.unsupported(step, "the operator works on " + images + " images at once");
    }
  }
}
