package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A node that scales and shifts each channel of its input by constants, the channels being the last
 * axis: a BatchNormalization, or one of the additions and multiplications that exporters make of
 * it.
 *
 * @param input the value that is scaled, then shifted
 * @param scale one for each channel
 * @param shift one for each channel
 */
record ChannelAffine(String input, List<Double> scale, List<Double> shift) {
  /** Above those of any layer; a damaged file may have billions. */
  private static final int MOST_CHANNELS = 1 << 16;

  ChannelAffine {
    scale = List.copyOf(scale);
    shift = List.copyOf(shift);
  }

  static Optional<ChannelAffine> of(Node node, Surroundings around) {
    Optional<ChannelAffine> affine =
        node.operator() instanceof BatchNormalization bn
            ? ofBatchNormalization(node, bn, around)
            : node.operator() instanceof Binary binary
                ? ofBinary(node, binary.function(), around)
                : Optional.empty();
    return affine.filter(ChannelAffine::isFinite);
  }

  boolean shifts() {
    return shift.stream().anyMatch(value -> value != 0);
  }

  private boolean isFinite() {
    return scale.stream().allMatch(Double::isFinite) && shift.stream().allMatch(Double::isFinite);
  }

  private static Optional<ChannelAffine> ofBatchNormalization(
      Node node, BatchNormalization bn, Surroundings around) {
    String input = node.inputs().get(0);
    List<float[]> parameters =
        node.inputs().stream()
            .skip(1)
            .flatMap(parameter -> around.floats(parameter).stream())
            .map(Tensor.Floats::values)
            .toList();
    if (parameters.size() < 4 || bn.axis() != around.shape(input).rank() - 1) {
      return Optional.empty();
    }
    int channels = parameters.get(0).length;
    Double[] scale = new Double[channels];
    Double[] shift = new Double[channels];
    for (int c = 0; c < channels; c++) {
      scale[c] = parameters.get(0)[c] / Math.sqrt(parameters.get(3)[c] + bn.epsilon());
      shift[c] = parameters.get(1)[c] - parameters.get(2)[c] * scale[c];
    }
    return Optional.of(new ChannelAffine(input, Arrays.asList(scale), Arrays.asList(shift)));
  }

  private static Optional<ChannelAffine> ofBinary(
      Node node, BinaryFunction function, Surroundings around) {
    for (int index = 0; index < 2; index++) {
      String input = node.inputs().get(index);
      Optional<double[]> operand = perChannel(node.inputs().get(1 - index), input, around);
      if (operand.isPresent() && around.constant(input).isEmpty()) {
        return of(input, operand.get(), function, index == 0);
      }
    }
    return Optional.empty();
  }

  private static Optional<ChannelAffine> of(
      String input, double[] operand, BinaryFunction function, boolean operandIsRight) {
    double[] ones = new double[operand.length];
    Arrays.fill(ones, 1);
    double[] zeros = new double[operand.length];
    return switch (function) {
      case ADD -> Optional.of(of(input, ones, operand));
      case MUL -> Optional.of(of(input, operand, zeros));
      case SUB ->
          Optional.of(
              operandIsRight
                  ? of(input, ones, map(operand, value -> -value))
                  : of(input, map(ones, value -> -value), operand));
      case DIV ->
          operandIsRight
              ? Optional.of(of(input, map(operand, value -> 1 / value), zeros))
              : Optional.empty();
      case POW, MIN, MAX, MOD, FMOD, PRELU -> Optional.empty();
    };
  }

  private static ChannelAffine of(String input, double[] scale, double[] shift) {
    return new ChannelAffine(
        input, Arrays.stream(scale).boxed().toList(), Arrays.stream(shift).boxed().toList());
  }

  private static double[] map(double[] values, java.util.function.DoubleUnaryOperator function) {
    return Arrays.stream(values).map(function).toArray();
  }

  /** A constant that has one number for each channel of a tensor, or one for all of them. */
  private static Optional<double[]> perChannel(
      String constant, String tensor, Surroundings around) {
    Shape shape = around.shape(constant);
    Shape input = around.shape(tensor);
    if (input.rank() == 0 || shape.rank() > input.rank()) {
      return Optional.empty();
    }
    int channels = input.extent(-1);
    boolean fits =
        (shape.elements() == 1 && channels <= MOST_CHANNELS)
            || (shape.elements() == channels && shape.extent(-1) == channels && channels > 0);
    return around
        .floats(constant)
        .filter(floats -> fits)
        .map(
            floats -> {
              float[] numbers = floats.values();
              double[] values = new double[channels];
              for (int c = 0; c < channels; c++) {
                values[c] = numbers[numbers.length == 1 ? 0 : c];
              }
              return values;
            });
  }
}
