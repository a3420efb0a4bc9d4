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
    return Shape.of(image.extent(0), height, width, channels);
  }

  private int positions(int extent, int before, int after, int kernel, int stride, int dilation) {
    int room = extent + before + after - ((kernel - 1) * dilation + 1);
    if (room < 0) {
      return 0;
    }
    int positions = room / stride + 1;
    boolean oneMore = ceil && room % stride != 0 && positions * stride < extent + before;
    return oneMore ? positions + 1 : positions;
  }
}
