package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction.FakeQuantize;
import java.util.Optional;

/**
 * Makes a clamp behind a FakeQuantize part of its grid: how exporters write grids of fewer than 8
 * bits, and the ReLU of a value that is quantized before it.
 *
 * <pre>
 *   x ─ FakeQuantize −128..127 ─ Clip −8·s, 7·s ─ y            x ─ FakeQuantize −8..7 ─ y
 *                                                        ⇒
 * </pre>
 */
final class NarrowGrid implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    return MergeClamps.clamp(node)
        .flatMap(
            clamp ->
                around
                    .producer(node.inputs().get(0), Unary.class)
                    .flatMap(
                        producer ->
                            RepeatedFakeQuantize.function(producer)
                                .flatMap(grid -> narrowed(grid, clamp.activation()))
                                .map(
                                    grid ->
                                        Rewrite.to(
                                            new Node(
                                                node.name(),
                                                new Unary(grid),
                                                producer.inputs(),
                                                node.outputs())))));
  }

  /** Nothing if a limit lies between two numbers of the grid, or beyond it. */
  private static Optional<FakeQuantize> narrowed(FakeQuantize grid, Activation limits) {
    int lowest = grid.toInteger(Math.max(limits.low(), grid.toReal(grid.lowest())));
    int highest = grid.toInteger(Math.min(limits.high(), grid.toReal(grid.highest())));
    boolean onGrid =
        (lowest == grid.lowest() || isClose(grid.toReal(lowest), limits.low(), grid))
            && (highest == grid.highest() || isClose(grid.toReal(highest), limits.high(), grid));
    return onGrid && lowest <= highest
        ? Optional.of(
            new FakeQuantize(grid.scale(), grid.zeroPoint(), lowest, highest, grid.rounding()))
        : Optional.empty();
  }

  /** Exporters write limits in single precision. */
  private static boolean isClose(double real, double limit, FakeQuantize grid) {
    return Math.abs(real - limit) <= 1e-4 * grid.scale();
  }
}
