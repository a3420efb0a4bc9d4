package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Plane;
import io.mcudeploy.quantized.operators.Add;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A sum or difference of a layer's output, while it is in a register, and the number at the same
 * place of another tensor.
 *
 * @param what sum or difference
 * @param own factor of the layer's output
 * @param other factor of the other tensor
 */
record ResidualSum(
    String what, int own, int other, int offset, int shift, int lowest, int highest) {
  /**
   * The sum as a {@link Plane}; nothing if it has none, or if an operand is repeated.
   *
   * @param position of the layer's output among the operands
   */
  static Optional<ResidualSum> of(Add add, int position) {
    if (!Channels.areInt8(add) || !add.operands().isElementwise()) {
      return Optional.empty();
    }
    return Plane.of(add)
        .map(
            plane ->
                new ResidualSum(
                    add.subtract() ? "difference" : "sum",
                    position == 0 ? plane.left() : plane.right(),
                    position == 0 ? plane.right() : plane.left(),
                    plane.offset(),
                    plane.shift(),
                    add.lowest(),
                    add.highest()));
  }

  /**
   * A convolution's code that stores sums, or without a sum its own outputs.
   *
   * @param overlaps whether some outputs are computed twice, so that their sums cannot take the
   *     other tensor's place
   */
  static KernelCode with(KernelCode code, Optional<ResidualSum> sum, boolean overlaps) {
    KernelCode storing = code.with("sums", sum.map(ResidualSum::arguments).stream().toList());
    if (sum.isEmpty()) {
      return storing;
    }
    KernelCode reading = storing.reading("x", "residual");
    return overlaps ? reading : reading.inPlaceOf(1);
  }

  /** What an element of the templates' list {@code sums} names. */
  private Map<String, Object> arguments() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("what", what);
    arguments.put("own", own);
    arguments.put("other", other);
    arguments.put("offset", offset);
    arguments.put("shift", shift);
    arguments.put("lowest", lowest);
    arguments.put("highest", highest);
    return arguments;
  }

  /** Instructions of one output; none without a sum. */
  static int cost(Optional<ResidualSum> sum) {
    return sum.map(ResidualSum::cost).orElse(0);
  }

  private int cost() {
    return 5 + (lowest > -128 ? 3 : 0) + (highest < 127 ? 3 : 0);
  }
}
