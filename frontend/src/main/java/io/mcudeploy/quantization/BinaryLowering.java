package io.mcudeploy.quantization;

import io.mcudeploy.calibration.Range;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Divide;
import io.mcudeploy.quantized.operators.Multiply;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Sums, differences, products and quotients of two tensors. */
record BinaryLowering(Binary operator) implements Lowering {
  private static final long LARGEST_PRODUCT = 65_535L * 65_535;

  @Override
  public boolean takesInt16() {
    return switch (operator.function()) {
      case ADD, SUB, MUL -> true;
      default -> false;
    };
  }

  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return Clamps.isClamp(follower);
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.reaches(
        step.output(), () -> reach(rules.range(step.input(0)), rules.range(step.input(1))));
  }

  private double reach(Range left, Range right) {
    return switch (operator.function()) {
      case MUL -> left.magnitude() * right.magnitude();
      // A divisor is at least half a step.
      case DIV -> left.magnitude() * 510 / Math.max(right.magnitude(), Float.MIN_NORMAL);
      default -> left.magnitude() + right.magnitude();
    };
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    StorageType storage = storage(step, assembly);
    Quantization left = assembly.quantization(step.input(0)).storedAs(storage);
    Quantization right = assembly.quantization(step.input(1)).storedAs(storage);
    assembly.add(
        step,
        integerOperator(step, assembly, left, right),
        List.of(assembly.tensor(step.input(0), left), assembly.tensor(step.input(1), right)));
  }

  /** Products of asymmetric int16 numbers have up to 32 bits, which their multiplier must suit. */
  private static Multiplier factor(Quantization left, Quantization right, Quantization output) {
    Multiplier factor = Multiplier.of(left.scale() * right.scale() / output.scale());
    boolean wide =
        left.storage() == StorageType.INT16 && (left.zeroPoint() != 0 || right.zeroPoint() != 0);
    return wide ? factor.forSumsUpTo(LARGEST_PRODUCT) : factor;
  }

  /** Operands meet in the wider storage; the result of a sum has it as well. */
  private static StorageType storage(Step step, Assembly assembly) {
    return Stream.of(step.input(0), step.input(1), step.output())
        .map(value -> assembly.quantization(value).storage())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private IntegerOperator integerOperator(
      Step step, Assembly assembly, Quantization left, Quantization right) {
    Quantization output = assembly.quantization(step.output());
    Broadcast operands = Broadcast.of(assembly.shape(step.input(0)), assembly.shape(step.input(1)));
    Activation clamp = Clamps.of(step, Activation.NONE);
    return switch (operator.function()) {
      case ADD, SUB -> {
        Quantization sum = output.storedAs(left.storage());
        yield Add.of(
            operands,
            operator.function() == BinaryFunction.SUB,
            left,
            right,
            sum,
            Clamps.lowest(clamp, sum),
            Clamps.highest(clamp, sum));
      }
      case MUL ->
          new Multiply(
              operands,
              left.storage(),
              left.zeroPoint(),
              right.zeroPoint(),
              Clamps.stage(List.of(factor(left, right, output)), output, clamp));
      case DIV ->
          new Divide(
              operands,
              left.zeroPoint(),
              right.zeroPoint(),
              Clamps.stage(
                  List.of(
                      Multiplier.of(
                          Math.scalb(
                              left.scale() / (right.scale() * output.scale()),
                              -Divide.RECIPROCAL_BITS))),
                  output,
                  clamp));
      default ->
          throw assembly.unsupported(
              step,
              operator.kind()
                  + " of two tensors has no integer arithmetic, only with a constant number");
    };
  }
}
