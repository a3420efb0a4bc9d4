package io.mcudeploy.ir;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The integers that a constant of real numbers was made from. Where a network comes quantized, its
 * layers compute with just these integers; real numbers in single precision could not hold them
 * all.
 *
 * @param integers in the order of the real numbers
 */
public record Encoding(Tensor.Integers integers, Grid grid) {

  /** The real numbers, which remember their integers. */
  public Tensor.Floats decode() {
    int[] indices = grid.indices(integers.shape());
    float[] values = new float[indices.length];
    for (int i = 0; i < values.length; i++) {
      float scale = grid.scales().get(indices[i]).floatValue();
      values[i] = (integers.values()[i] - grid.zeroPoints().get(indices[i])) * scale;
    }
    return new Tensor.Floats(integers.shape(), values, Optional.of(this));
  }

  /** The same integers in another shape, unless the axis of the scales is lost in it. */
  Optional<Encoding> reshaped(Shape shape) {
    Tensor.Integers reshaped = integers.reshaped(shape);
    if (grid.isPerTensor()) {
      return Optional.of(new Encoding(reshaped, grid));
    }
    int inner = integers.shape().strides()[grid.axis()];
    return IntStream.range(0, shape.rank())
        .filter(axis -> shape.extent(axis) == grid.scales().size())
        .filter(axis -> shape.strides()[axis] == inner)
        .mapToObj(axis -> new Encoding(reshaped, grid.withAxis(axis)))
        .findFirst();
  }

  /**
   * The encoding of the numbers when each index along the first axis is multiplied by a factor of
   * its own: the scales take the factors. Nothing if that would need a scale for each of two axes,
   * or a scale that is not positive.
   */
  public Optional<Encoding> scaled(List<Double> factors) {
    boolean fits = grid.isPerTensor() || grid.axis() == 0;
    if (!fits || factors.stream().anyMatch(factor -> !(factor > 0))) {
      return Optional.empty();
    }
    List<Double> scales =
        IntStream.range(0, factors.size())
            .mapToObj(i -> factors.get(i) * grid.scales().get(grid.isPerTensor() ? 0 : i))
            .toList();
    List<Integer> zeroPoints =
        IntStream.range(0, factors.size())
            .mapToObj(i -> grid.zeroPoints().get(grid.isPerTensor() ? 0 : i))
            .toList();
    return Optional.of(new Encoding(integers, new Grid(scales, zeroPoints, 0)));
  }
}
