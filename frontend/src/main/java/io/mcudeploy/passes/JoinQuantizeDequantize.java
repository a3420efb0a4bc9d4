package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.DequantizeLinear;
import io.mcudeploy.operators.QuantizeLinear;
import io.mcudeploy.operators.Unary;
import java.util.Optional;

/**
 * Makes one function of a QuantizeLinear and a DequantizeLinear of one grid: what a quantized
 * network says of a value.
 *
 * <pre>
 *   x ─ QuantizeLinear ─ DequantizeLinear ─ y            x ─ FakeQuantize ─ y
 *                                                  ⇒
 * </pre>
 */
final class JoinQuantizeDequantize implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof DequantizeLinear dequantize)
        || !dequantize.grid().isPerTensor()) {
      return Optional.empty();
    }
    return around
        .producer(node.inputs().get(0), QuantizeLinear.class)
        .filter(above -> ((QuantizeLinear) above.operator()).grid().equals(dequantize.grid()))
        .map(
            above ->
                Rewrite.to(
                    new Node(
                        node.name(),
                        new Unary(((QuantizeLinear) above.operator()).function(0)),
                        above.inputs(),
                        node.outputs())));
  }
}
