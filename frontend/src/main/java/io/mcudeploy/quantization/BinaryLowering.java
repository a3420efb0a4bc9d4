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
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Divide;
import io.mcudeploy.quantized.operators.Multiply;
import java.util.List;

/** Sums, differences, products and quotients of two tensors. */
record BinaryLowering(Binary operator) implements Lowering {
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
    Quantization left = assembly.quantization(step.input(0));
    Quantization right = assembly.quantization(step.input(1));
    assembly.add(
        step,
        integerOperator(step, assembly, left, right),
        List.of(assembly.tensor(step.input(0)), assembly.tensor(step.input(1))));
  }

  private IntegerOperator integerOperator(
      Step step, Assembly assembly, Quantization left, Quantization right) {
    Quantization output = assembly.quantization(step.output());
    Broadcast operands = Broadcast.of(assembly.shape(step.input(0)), assembly.shape(step.input(1)));
    Activation clamp = Clamps.of(step, Activation.NONE);
    return switch (operator.function()) {
      case ADD, SUB ->
          Add.of(
              operands,
              operator.function() == BinaryFunction.SUB,
              left,
              right,
              output,
              Clamps.lowest(clamp, output),
              Clamps.highest(clamp, output));
      case MUL ->
          new Multiply(
              operands,
              left.zeroPoint(),
              right.zeroPoint(),
              Clamps.stage(
                  List.of(Multiplier.of(left.scale() * right.scale() / output.scale())),
                  output,
                  clamp));
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
