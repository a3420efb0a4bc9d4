package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Normalization;
import io.mcudeploy.operators.Normalization.Measure;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Unary;
import java.util.List;
import java.util.Optional;

/**
 * Recognises a normalization that is written out, as exporters do that have no operator for it.
 *
 * <pre>
 *   x ─ Sub ──────────────────────────────────── Div            x ─ Normalization
 *   └ ReduceMean ┘ └ Pow 2 ─ ReduceMean ─ + ε ─ Sqrt ┘     ⇒
 * </pre>
 */
final class DecomposedNormalization implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!isBinary(node, BinaryFunction.DIV)) {
      return Optional.empty();
    }
    String shifted = node.inputs().get(0);
    Optional<Node> mean = variance(node.inputs().get(1), around);
    Optional<Double> epsilon = epsilon(node.inputs().get(1), around);
    if (mean.isEmpty()
        || epsilon.isEmpty()
        || !isSquare(mean.get().inputs().get(0), shifted, around)) {
      return Optional.empty();
    }
    List<Integer> axes = ((Reduce) mean.get().operator()).axes();
    Normalization normalization = new Normalization(Measure.DEVIATION, axes, epsilon.get());
    return around
        .producer(shifted, Binary.class)
        .filter(sub -> isBinary(sub, BinaryFunction.SUB))
        .filter(
            sub ->
                mean(sub.inputs().get(1), around)
                    .filter(each -> each.inputs().get(0).equals(sub.inputs().get(0)))
                    .filter(each -> ((Reduce) each.operator()).axes().equals(axes))
                    .isPresent())
        .map(
            sub ->
                Rewrite.to(
                    new Node(
                        node.name(), normalization, List.of(sub.inputs().get(0)), node.outputs())));
  }

  /** The mean of squares under a root, once epsilon is taken away. */
  private static Optional<Node> variance(String root, Surroundings around) {
    return sum(root, around).flatMap(sum -> mean(sum.inputs().get(0), around));
  }

  private static Optional<Double> epsilon(String root, Surroundings around) {
    return sum(root, around)
        .flatMap(sum -> around.floats(sum.inputs().get(1)))
        .filter(constant -> constant.values().length == 1)
        .map(constant -> (double) constant.values()[0])
        .filter(epsilon -> epsilon >= 0);
  }

  /** The sum of variance and epsilon under a root. */
  private static Optional<Node> sum(String root, Surroundings around) {
    return around
        .producer(root, Unary.class)
        .filter(node -> ((Unary) node.operator()).function() == ElementaryFunction.SQRT)
        .flatMap(node -> around.producer(node.inputs().get(0), Binary.class))
        .filter(node -> isBinary(node, BinaryFunction.ADD));
  }

  private static Optional<Node> mean(String value, Surroundings around) {
    return around
        .producer(value, Reduce.class)
        .filter(node -> ((Reduce) node.operator()).function() == ReduceFunction.MEAN)
        .filter(node -> ((Reduce) node.operator()).keepDims());
  }

  private static boolean isSquare(String value, String of, Surroundings around) {
    return around
        .producer(value, Binary.class)
        .filter(node -> node.inputs().get(0).equals(of))
        .filter(
            node ->
                isBinary(node, BinaryFunction.MUL)
                    ? node.inputs().get(1).equals(of)
                    : isBinary(node, BinaryFunction.POW) && isTwo(node.inputs().get(1), around))
        .isPresent();
  }

  private static boolean isTwo(String value, Surroundings around) {
    return around
        .floats(value)
        .map(Tensor.Floats::values)
        .filter(values -> values.length == 1 && values[0] == 2)
        .isPresent();
  }

  private static boolean isBinary(Node node, BinaryFunction function) {
    Operator operator = node.operator();
    return operator instanceof Binary binary && binary.function() == function;
  }
}
