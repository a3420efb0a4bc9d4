package io.mcudeploy.passes;

import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.Optional;
import java.util.Set;

/**
 * Operators whose results are some of the numbers of their inputs, so that they mean the same for
 * integers and for the real numbers these stand for.
 */
final class GridMoves {
  private static final Set<Class<? extends Operator>> ALWAYS =
      Set.of(
          Concat.class,
          Expand.class,
          Gather.class,
          MaxPool2d.class,
          Reshape.class,
          Slice.class,
          Tile.class,
          Transpose.class);

  private GridMoves() {}

  /**
   * What an operator on integers is on the real numbers they stand for; nothing if it does not just
   * pick numbers. Limits and values that pad are numbers of the grid as well.
   *
   * @param grid of the whole tensor
   */
  static Optional<Operator> onReals(Operator operator, Grid grid) {
    if (ALWAYS.contains(operator.getClass())) {
      return Optional.of(operator);
    }
    if (operator instanceof Pad pad) {
      return Optional.of(new Pad(pad.before(), pad.after(), pad.mode(), toReal(pad.value(), grid)));
    }
    if (operator instanceof Unary unary && unary.function() instanceof UnaryFunction.Clamp clamp) {
      Activation limits = clamp.activation();
      return Optional.of(
          new Unary(
              new UnaryFunction.Clamp(
                  new Activation(toReal(limits.low(), grid), toReal(limits.high(), grid)))));
    }
    return Optional.empty();
  }

  /** Whether an operator on real numbers has only results that are among its inputs. */
  static boolean picks(Operator operator) {
    return ALWAYS.contains(operator.getClass());
  }

  private static double toReal(double integer, Grid grid) {
    return (integer - grid.zeroPoint()) * grid.scale();
  }
}
