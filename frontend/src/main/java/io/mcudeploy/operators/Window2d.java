package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;

/**
 * How a kernel moves over an image: the arithmetic that convolutions and pools share.
 *
 * @param ceil whether a last position that starts inside the image or its leading padding but does
 *     not fit counts, as pools may ask
 */
record Window2d(Size2d kernel, Size2d strides, Size2d dilations, Padding2d padding, boolean ceil) {

  /** Of a 7x7 kernel at every pixel of an image in full high definition. */
  private static final double MOST_TAPS = 1 << 27;

  /** The shape of the result for an NHWC image, with as many channels as asked. */
  Shape output(Operator operator, Shape image, int channels) {
    int height =
        positions(
            image.extent(1),
            padding.top(),
            padding.bottom(),
            kernel.height(),
            strides.height(),
            dilations.height());
    int width =
        positions(
            image.extent(2),
            padding.left(),
            padding.right(),
            kernel.width(),
            strides.width(),
            dilations.width());
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          String.format(
              "%s: a kernel of %s%s does not fit an image of %dx%d%s",
              operator.kind(),
              kernel,
              dilations.equals(Size2d.ONE) ? "" : ", dilated " + dilations + ",",
              image.extent(1),
              image.extent(2),
              padding.equals(Padding2d.NONE) ? "" : " padded by " + padding));
    }
    double taps = (double) image.extent(0) * height * width * kernel.height() * kernel.width();
    if (taps > MOST_TAPS) {
      throw new IllegalArgumentException(
          String.format(
              "%s: a kernel of %s at %dx%d positions takes longer than any network for a"
                  + " microcontroller",
              operator.kind(), kernel, height, width));
    }
    return Shape.of(image.extent(0), height, width, channels);
  }

  /** In long integers: a damaged file has kernels and padding of any size. */
  private int positions(int extent, int before, int after, long kernel, long stride, int dilation) {
    long room = (long) extent + before + after - ((kernel - 1) * dilation + 1);
    if (room < 0) {
      return 0;
    }
    long positions = room / stride + 1;
    boolean oneMore = ceil && room % stride != 0 && positions * stride < (long) extent + before;
    return Math.toIntExact(oneMore ? positions + 1 : positions);
  }

  /** Takes the offsets of an input pixel and of the output pixel it contributes to. */
  @FunctionalInterface
  interface Tap {
    void visit(int pixel, int position);
  }

  /** Visits every pair of an output pixel and an input pixel under its window, channels aside. */
  void forEachTap(Shape image, Shape output, Tap tap) {
    int height = image.extent(1);
    int width = image.extent(2);
    int position = 0;
    for (int n = 0; n < output.extent(0); n++) {
      for (int oy = 0; oy < output.extent(1); oy++) {
        for (int ox = 0; ox < output.extent(2); ox++, position += output.extent(3)) {
          for (int ky = 0; ky < kernel.height(); ky++) {
            int y = oy * strides.height() - padding.top() + ky * dilations.height();
            for (int kx = 0; kx < kernel.width(); kx++) {
              int x = ox * strides.width() - padding.left() + kx * dilations.width();
              if (y >= 0 && y < height && x >= 0 && x < width) {
                tap.visit(((n * height + y) * width + x) * image.extent(3), position);
              }
            }
          }
        }
      }
    }
  }

  /** How many of the kernel's positions from {@code start} on lie in {@code [low, high)}. */
  static int count(int start, int kernel, int dilation, int low, int high) {
    int count = 0;
    for (int k = 0; k < kernel; k++) {
      int at = start + k * dilation;
      if (at >= low && at < high) {
        count++;
      }
    }
    return count;
  }
}
