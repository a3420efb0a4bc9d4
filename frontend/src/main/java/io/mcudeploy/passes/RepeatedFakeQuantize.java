package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction.FakeQuantize;
import java.util.Optional;

/**
 * Drops a FakeQuantize of numbers that lie on its grid already, because another FakeQuantize put
 * them there and all operators in between only pick some of them.
 *
 * <pre>
 *   x ─ FakeQuantize ─ Reshape ─ FakeQuantize ─ y            x ─ FakeQuantize ─ Reshape ─ y
 *                                                      ⇒
 * </pre>
 */
final class RepeatedFakeQuantize implements NodeRule {
  /** Exporters repeat a grid right behind the operators it passes through. */
  private static final int LONGEST_WAY = 16;

  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    String input = node.inputs().get(0);
    return function(node)
        .filter(grid -> isOnGrid(input, grid, around, LONGEST_WAY))
        .filter(grid -> around.canAlias(node.output(), input))
        .map(grid -> Rewrite.alias(node.output(), input));
  }

  /** The FakeQuantize that a node applies, if it does nothing else. */
  static Optional<FakeQuantize> function(Node node) {
    return node.operator() instanceof Unary unary && unary.function() instanceof FakeQuantize grid
        ? Optional.of(grid)
        : Optional.empty();
  }

  private static boolean isOnGrid(String value, FakeQuantize grid, Surroundings around, int way) {
    Optional<Node> producer = around.producer(value, Operator.class);
    if (producer.isEmpty() || way == 0) {
      return false;
    }
    Node above = producer.get();
    Optional<FakeQuantize> other = function(above);
    if (other.isPresent()) {
      return contains(grid, other.get());
    }
    boolean pads =
        above.operator() instanceof Pad pad
            && (pad.mode() != Pad.Mode.CONSTANT || grid.apply(pad.value()) == pad.value());
    return (pads || GridMoves.picks(above.operator()))
        && above.inputs().stream().allMatch(input -> isOnGrid(input, grid, around, way - 1));
  }

  private static boolean contains(FakeQuantize grid, FakeQuantize other) {
    return grid.scale() == other.scale()
        && grid.lowest() - grid.zeroPoint() <= other.lowest() - other.zeroPoint()
        && grid.highest() - grid.zeroPoint() >= other.highest() - other.zeroPoint();
  }
}
