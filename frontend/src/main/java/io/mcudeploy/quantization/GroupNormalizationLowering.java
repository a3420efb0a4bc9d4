package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.Normalization;
import io.mcudeploy.operators.Normalization.Measure;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Normalization.Reals;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Normalizations by the statistics of each sample. Where the axes of a group are not neighbours, a
 * copy brings them together, and another one brings them back.
 */
record GroupNormalizationLowering(Normalization operator) implements Lowering {
  private static final int LARGEST_GROUP = 1 << 16;

  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return Clamps.isClamp(follower);
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    List<String> inputs = step.node().inputs();
    rules.reaches(
        step.output(),
        () -> {
          double scale = inputs.size() > 1 ? rules.range(inputs.get(1)).magnitude() : 1;
          double bias = inputs.size() > 2 ? rules.range(inputs.get(2)).magnitude() : 0;
          return scale * length(rules.shape(inputs.get(0))) + bias;
        });
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape shape = assembly.shape(step.input(0));
    Neighbours neighbours = Neighbours.of(operator.axes(), shape);
    if (neighbours.depth() > LARGEST_GROUP) {
      throw assembly.unsupported(
          step, "the squares of " + neighbours.depth() + " elements do not fit 32 bits");
    }
    Quantization output = assembly.quantization(step.output());
    Activation clamp = Clamps.of(step, Activation.NONE);
    io.mcudeploy.quantized.operators.Normalization normalization =
        io.mcudeploy.quantized.operators.Normalization.of(
            operator.measure() == Measure.DEVIATION,
            new Reals(
                neighbours.outer(),
                neighbours.depth(),
                neighbours.inner(),
                operator.epsilon()
                    * (operator.measure() == Measure.LENGTH ? 1 : neighbours.depth()),
                length(shape),
                parameters(step, assembly, 1, 1, neighbours),
                parameters(step, assembly, 2, 0, neighbours)),
            assembly.quantization(step.input(0)),
            output,
            Clamps.lowest(clamp, output),
            Clamps.highest(clamp, output));
    String input = assembly.tensor(step.input(0));
    if (neighbours.isIdentity()) {
      assembly.add(step, normalization, List.of(input));
      return;
    }
    String together =
        assembly.intermediate(
            step.name() + "_transpose",
            IndexMap.of(neighbours.order(), shape).copy().orElseThrow(),
            List.of(input),
            neighbours.shape(),
            assembly.quantization(step.input(0)));
    String normalized =
        assembly.intermediate(
            step.name() + "_normalize",
            normalization,
            List.of(together),
            neighbours.shape(),
            output);
    assembly.add(
        step,
        IndexMap.of(neighbours.order().inverse(), neighbours.shape()).copy().orElseThrow(),
        List.of(normalized));
  }

  /** The length that a normalized group has. */
  private double length(Shape shape) {
    int depth = operator.axes().stream().mapToInt(shape::extent).reduce(1, (a, b) -> a * b);
    return operator.measure() == Measure.LENGTH ? 1 : Math.sqrt(depth);
  }

  /** The scale or bias of each element, in the order of the neighbours. */
  private static List<Float> parameters(
      Step step, Assembly assembly, int input, float absent, Neighbours neighbours) {
    Shape shape = assembly.shape(step.input(0));
    if (step.node().inputs().size() <= input) {
      return Collections.nCopies(shape.elements(), absent);
    }
    Tensor given = assembly.requireConstant(step, input, input == 1 ? "scale" : "bias");
    Tensor repeated = new Expand(shape).evaluate(List.of(given)).get(0);
    Tensor ordered = neighbours.order().evaluate(List.of(repeated)).get(0);
    List<Float> numbers = new ArrayList<>();
    for (float number : ((Tensor.Floats) ordered).values()) {
      numbers.add(number);
    }
    return numbers;
  }
}
