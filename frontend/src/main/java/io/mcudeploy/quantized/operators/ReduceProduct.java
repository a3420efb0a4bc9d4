package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/**
 * Product along the middle axis of [outer][depth][inner] as {@code p · 2^e}, with |p| ≤ 2^21 after
 * every factor, so that nothing overflows however many there are:
 *
 * <pre>
 *   p = 1, e = exponent
 *   for each d:  p = p · (x[d] − inputZeroPoint)        |p| ≤ 255 · 2^21
 *                drop = max(0, 11 − leading zeros of |p|)
 *                p = rshift(p, drop), e = e + drop
 *   y = output(p · 2^e)                                 e taken as the nearest of −31..9
 * </pre>
 *
 * Below −31 the result is 0 as it is there; above 9 any p but 0 gives an end of int8, as it does
 * there. The product is exact while it has 21 bits; each further factor adds a relative error of
 * 2^−21 at most.
 *
 * @param exponent of the real factor inputScale^depth / outputScale
 * @param output with a single multiplier, the mantissa of that factor, 1/2..1
 */
public record ReduceProduct(
    int outer, int depth, int inner, int inputZeroPoint, int exponent, OutputStage output)
    implements IntegerOperator {

  /** Leading zeros of 2^20..2^21 − 1: products above are shifted to there. */
  private static final int LEADING_ZEROS = 11;

  /** From here on any product but 0 leaves int8. */
  public static final int LARGEST_EXPONENT = 9;

  public ReduceProduct {
    Checks.positive("outer", outer);
    Checks.positive("depth", depth);
    Checks.positive("inner", inner);
    Checks.int8("input zero point", inputZeroPoint);
    Checks.count("multipliers", 1, output.multipliers().size());
    Checks.require(output.multipliers().get(0).shift() == 0, "the factor is not a mantissa");
  }

  /**
   * The product of inputs at one real scale for an output at another.
   *
   * @param lowest result
   * @param highest result
   */
  public static ReduceProduct of(
      int outer,
      int depth,
      int inner,
      Quantization input,
      Quantization output,
      int lowest,
      int highest) {
    double mantissa = 1 / output.scale();
    int exponent = 0;
    for (int d = 0; d < depth; d++) {
      mantissa *= input.scale();
      int power = Math.getExponent(mantissa);
      mantissa = Math.scalb(mantissa, -power);
      exponent += power;
    }
    Multiplier multiplier = Multiplier.of(mantissa);
    return new ReduceProduct(
        outer,
        depth,
        inner,
        input.zeroPoint(),
        exponent - multiplier.shift(),
        new OutputStage(
            List.of(new Multiplier(multiplier.multiplier(), 0)),
            output.zeroPoint(),
            lowest,
            highest));
  }

  @Override
  public String kind() {
    return "reduce_product";
  }

  @Override
  public String summary() {
    return "product of "
        + depth
        + (inner > 1 ? " at stride " + inner : "")
        + ", "
        + outer * inner
        + " times"
        + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    Checks.count("input elements", (long) outer * depth * inner, x.length);
    byte[] y = new byte[outer * inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        y[o * inner + i] = product(x, o * depth * inner + i);
      }
    }
    return List.of(y);
  }

  private byte product(byte[] x, int start) {
    int product = 1;
    int power = exponent;
    for (int d = 0; d < depth; d++) {
      product *= x[start + d * inner] - inputZeroPoint;
      int drop = Math.max(0, LEADING_ZEROS - Integer.numberOfLeadingZeros(Math.abs(product)));
      product = Multiplier.roundingShiftRight(product, drop);
      power += drop;
    }
    int shift = Math.max(-LARGEST_EXPONENT, Math.min(31, -power));
    Multiplier factor = new Multiplier(output.multipliers().get(0).multiplier(), shift);
    return output.clamp(output.zeroPoint() + factor.apply(product));
  }

  @Override
  public long macs() {
    return (long) outer * depth * inner;
  }

  @Override
  public long parameterBytes() {
    return 0;
  }

  /** A product of 21 bits, shifted to the left for the output; before that, one more factor. */
  @Override
  public long accumulatorBound() {
    return 1L << (32 - LEADING_ZEROS + LARGEST_EXPONENT);
  }
}
