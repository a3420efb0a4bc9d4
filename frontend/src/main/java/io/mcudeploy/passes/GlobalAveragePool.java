package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.List;
import java.util.Optional;

/**
 * A pool whose only window is the whole image is the image's mean.
 *
 * <pre>
 *   [1, 8, 8, C] ─ AveragePool2d 8x8            [1, 8, 8, C] ─ ReduceMean over H, W
 *                                         ⇒
 * </pre>
 *
 * <p>In a network that comes quantized, the two round differently, and the pool stays.
 */
final class GlobalAveragePool implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof AveragePool2d pool)
        || !pool.padding().equals(Padding2d.NONE)
        || isRounded(node.inputs().get(0), around)) {
      return Optional.empty();
    }
    Shape image = around.shape(node.inputs().get(0));
    Shape result = around.shape(node.output());
    boolean covers =
        pool.kernel().height() == image.extent(1)
            && pool.kernel().width() == image.extent(2)
            && result.extent(1) == 1
            && result.extent(2) == 1;
    Reduce mean = new Reduce(ReduceFunction.MEAN, List.of(1, 2), true);
    return covers
        ? Optional.of(Rewrite.to(new Node(node.name(), mean, node.inputs(), node.outputs())))
        : Optional.empty();
  }

  private static boolean isRounded(String value, Surroundings around) {
    return around
        .producer(value, Unary.class)
        .filter(
            producer ->
                ((Unary) producer.operator()).function() instanceof UnaryFunction.FakeQuantize)
        .isPresent();
  }
}
