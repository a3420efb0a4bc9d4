package io.mcudeploy.ir;

import java.util.ArrayList;
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
   * its own: the scales take the factors, the integers their signs. Nothing if that would need a
   * scale for each of two axes, or a factor is 0.
   */
  public Optional<Encoding> scaled(List<Double> factors) {
    boolean fits = grid.isPerTensor() || grid.axis() == 0;
    if (!fits || factors.stream().anyMatch(factor -> !(Math.abs(factor) > 0))) {
      return Optional.empty();
    }
    List<Double> scales = new ArrayList<>();
    List<Integer> zeroPoints = new ArrayList<>();
    long[] signed = integers.values().clone();
    int perFactor = signed.length / factors.size();
    for (int i = 0; i < factors.size(); i++) {
      int own = grid.isPerTensor() ? 0 : i;
      int sign = factors.get(i) < 0 ? -1 : 1;
      scales.add(Math.abs(factors.get(i)) * grid.scales().get(own));
      zeroPoints.add(sign * grid.zeroPoints().get(own));
      for (int k = i * perFactor; k < (i + 1) * perFactor; k++) {
        signed[k] *= sign;
      }
    }
    // Any type will do that holds −128 with the other sign.
    boolean flips = factors.stream().anyMatch(factor -> factor < 0);
    ElementType element = flips ? ElementType.INT64 : integers.element();
    Tensor.Integers result = new Tensor.Integers(element, integers.shape(), signed);
    return Optional.of(new Encoding(result, new Grid(scales, zeroPoints, 0)));
  }
}
