package io.mcudeploy.passes;

import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import java.util.Optional;

/**
 * Folds what scales and shifts a layer's channels into the layer's weights and bias: a
 * BatchNormalization, or an Add, Sub, Mul or Div with constants. Weights that are integers of the
 * model file keep them; their scales change.
 *
 * <pre>
 *   x ─ Conv2d W, b ─ BatchNormalization s, t            x ─ Conv2d sW, sb + t
 *                                                  ⇒
 * </pre>
 */
final class AffineAfterLayer implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    return ChannelAffine.of(node, around)
        .flatMap(
            affine ->
                LinearLayer.soleProducer(affine.input(), around)
                    .filter(layer -> layer.activation().equals(Activation.NONE))
                    .flatMap(layer -> folded(layer, affine, node.output(), around)));
  }

  private static Optional<Rewrite> folded(
      LinearLayer layer, ChannelAffine affine, String output, Surroundings around) {
    Optional<Encoding> encoding =
        layer.weights().encoding().flatMap(integers -> integers.scaled(affine.scale()));
    if (layer.isEncoded() && encoding.isEmpty()) {
      return Optional.empty();
    }
    float[] weights = layer.weights().values().clone();
    float[] bias = layer.bias().values().clone();
    int size = layer.weightsPerOutput();
    for (int o = 0; o < bias.length; o++) {
      double scale = affine.scale().get(o);
      for (int i = o * size; i < (o + 1) * size; i++) {
        weights[i] = (float) (weights[i] * scale);
      }
      bias[o] = (float) (bias[o] * scale + affine.shift().get(o));
    }
    Tensor.Floats scaled = new Tensor.Floats(layer.weights().shape(), weights, encoding);
    return Optional.of(
        Rewrite.to(layer.with(layer.node().inputs().get(0), scaled, bias, output, around)));
  }
}
