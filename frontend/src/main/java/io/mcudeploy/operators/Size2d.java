package io.mcudeploy.operators;

/** A kernel's extent, a stride or a dilation: both at least 1, in elements. */
public record Size2d(int height, int width) {
  /** One in both directions. */
  public static final Size2d ONE = new Size2d(1, 1);

  public Size2d {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "kernels, strides and dilations are at least 1, not " + height + "x" + width);
    }
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
