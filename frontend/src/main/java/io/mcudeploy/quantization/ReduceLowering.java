package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Reduce.Reduction;
import io.mcudeploy.quantized.operators.ReduceProduct;
import java.util.List;

/** Sums, means, maxima, lengths and products along any axes. */
record ReduceLowering(Reduce operator) implements Lowering {
  @Override
  public boolean takesInt16() {
    return switch (operator.function()) {
      case SUM, MEAN, MAX -> true;
      default -> false;
    };
  }

  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return Clamps.isClamp(follower);
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    if (operator.function() == ReduceFunction.MAX || operator.function() == ReduceFunction.MIN) {
      rules.share(step.input(0), step.output());
    }
    if (operator.function() == ReduceFunction.PROD) {
      return;
    }
    rules.reaches(
        step.output(),
        () -> {
          double magnitude = rules.range(step.input(0)).magnitude();
          boolean squares = operator.function() == ReduceFunction.SUM_SQUARE;
          return (squares ? magnitude * magnitude : magnitude) * count(rules.shape(step.input(0)));
        });
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape shape = assembly.shape(step.input(0));
    Quantization input = assembly.quantization(step.input(0));
    Quantization output = assembly.quantization(step.output());
    int depth = count(shape);
    String tensor = assembly.tensor(step.input(0));
    Neighbours neighbours = Neighbours.of(operator.axes(), shape);
    if (!neighbours.isIdentity()) {
      tensor =
          assembly.intermediate(
              step.name() + "_transpose",
              IndexMap.of(neighbours.order(), shape).copy(input.storage()).orElseThrow(),
              List.of(tensor),
              neighbours.shape(),
              input);
    }
    if (operator.function() == ReduceFunction.PROD) {
      Activation clamp = Clamps.of(step, Activation.NONE);
      assembly.add(
          step,
          ReduceProduct.of(
              neighbours.outer(),
              depth,
              neighbours.inner(),
              input,
              output,
              Clamps.lowest(clamp, output),
              Clamps.highest(clamp, output)),
          List.of(tensor));
      return;
    }
    double factor = input.scale() / output.scale();
    Reduction reduction =
        switch (operator.function()) {
          case SUM, MEAN -> Reduction.SUM;
          case MAX -> Reduction.MAX;
          case MIN -> Reduction.MIN;
          case L1 -> Reduction.L1;
          case SUM_SQUARE -> Reduction.SUM_SQUARE;
          case L2 -> Reduction.L2;
          case PROD -> throw new IllegalStateException("a product has a layer of its own");
        };
    if (reduction == Reduction.SUM_SQUARE) {
      factor *= input.scale();
    }
    if (reduction == Reduction.L2) {
      int bits = io.mcudeploy.quantized.operators.Reduce.rootBits(depth, input.zeroPoint());
      if (bits < 0) {
        throw assembly.unsupported(step, depth + " squares do not fit 32 bits");
      }
      factor = Math.scalb(factor, -bits);
    }
    Multiplier multiplier = Multiplier.of(factor);
    if (operator.function() == ReduceFunction.MEAN) {
      multiplier = multiplier.dividedBy(depth);
    }
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.Reduce(
            reduction,
            neighbours.outer(),
            depth,
            neighbours.inner(),
            input.storage(),
            input.zeroPoint(),
            Clamps.stage(List.of(multiplier), output, Clamps.of(step, Activation.NONE))),
        List.of(tensor));
  }

  /** Elements that become one. */
  private int count(Shape shape) {
    return operator.axes().stream().mapToInt(shape::extent).reduce(1, (a, b) -> a * b);
  }
}
