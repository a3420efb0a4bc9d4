package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Unary;
import java.util.List;
import java.util.Optional;

/**
 * Recognises a softmax that is written out, with or without the subtraction of the maximum.
 *
 * <pre>
 *   x ─ Sub ─ Exp ───────── Div            x ─ Softmax
 *   └ Max ┘    └ ReduceSum ┘         ⇒
 * </pre>
 */
final class DecomposedSoftmax implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!isBinary(node, BinaryFunction.DIV)) {
      return Optional.empty();
    }
    String terms = node.inputs().get(0);
    Optional<Integer> axis = reducedAxis(node.inputs().get(1), terms, ReduceFunction.SUM, around);
    return around
        .producer(terms, Unary.class)
        .filter(exp -> ((Unary) exp.operator()).function() == ElementaryFunction.EXP)
        .flatMap(
            exp ->
                axis.map(
                    along ->
                        Rewrite.to(
                            new Node(
                                node.name(),
                                new Softmax(along),
                                List.of(unshifted(exp.inputs().get(0), along, around)),
                                node.outputs()))));
  }

  /** The numbers before their maximum was subtracted, which a softmax does not see. */
  private static String unshifted(String value, int axis, Surroundings around) {
    return around
        .producer(value, Binary.class)
        .filter(node -> isBinary(node, BinaryFunction.SUB))
        .filter(
            node ->
                reducedAxis(node.inputs().get(1), node.inputs().get(0), ReduceFunction.MAX, around)
                    .filter(along -> along == axis)
                    .isPresent())
        .map(node -> node.inputs().get(0))
        .orElse(value);
  }

  /** The only axis along which a value is the reduction of another, and which it keeps. */
  private static Optional<Integer> reducedAxis(
      String value, String of, ReduceFunction function, Surroundings around) {
    return around
        .producer(value, Reduce.class)
        .filter(node -> node.inputs().get(0).equals(of))
        .map(node -> (Reduce) node.operator())
        .filter(
            reduce ->
                reduce.function() == function && reduce.keepDims() && reduce.axes().size() == 1)
        .map(reduce -> reduce.axes().get(0));
  }

  private static boolean isBinary(Node node, BinaryFunction function) {
    Operator operator = node.operator();
    return operator instanceof Binary binary && binary.function() == function;
  }
}
