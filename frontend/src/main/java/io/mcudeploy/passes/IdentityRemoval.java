package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Cast;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Drops nodes that pass their input on as it is: a Reshape to the same shape, a Slice of
 * everything, a Concat of one tensor, a clamp without limits and so on.
 *
 * <pre>
 *   x ─ identity ─ op            x ─ op
 *                          ⇒
 * </pre>
 */
final class IdentityRemoval implements NodeRule {
  /** What passes the input on wherever it leaves the type as it is. */
  private static final Set<Class<? extends Operator>> IDENTITY_IF_SAME_TYPE =
      Set.of(Cast.class, Concat.class, Expand.class, Pad.class, Reshape.class, Tile.class);

  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (node.inputs().size() != 1 || !isIdentity(node, around)) {
      return Optional.empty();
    }
    String input = node.inputs().get(0);
    return around.canAlias(node.output(), input)
        ? Optional.of(Rewrite.alias(node.output(), input))
        : Optional.empty();
  }

  private static boolean isIdentity(Node node, Surroundings around) {
    Operator operator = node.operator();
    if (!around.type(node.inputs().get(0)).equals(around.type(node.output()))) {
      return false;
    }
    if (operator instanceof Transpose transpose) {
      return transpose.isIdentity();
    }
    if (operator instanceof Slice slice) {
      return slice.steps().stream().allMatch(step -> step == 1);
    }
    if (operator instanceof Unary unary) {
      return unary.function() instanceof UnaryFunction.Clamp clamp
          && clamp.activation().equals(Activation.NONE);
    }
    if (operator instanceof Gather gather) {
      return IntStream.range(0, gather.indices().size())
          .allMatch(i -> gather.indices().get(i) == i);
    }
    if (operator instanceof Reduce reduce) {
      return passesOneElementOn(reduce.function());
    }
    return IDENTITY_IF_SAME_TYPE.contains(operator.getClass());
  }

  private static boolean passesOneElementOn(ReduceFunction function) {
    return switch (function) {
      case SUM, MEAN, MAX, MIN, PROD -> true;
      case L1, L2, SUM_SQUARE -> false;
    };
  }
}
