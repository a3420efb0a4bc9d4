package io.mcudeploy.passes;

import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import java.util.List;
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
    float[] bias = layer.bias().values().clone();
    for (int o = 0; o < bias.length; o++) {
      bias[o] = (float) (bias[o] * affine.scale().get(o) + affine.shift().get(o));
    }
    int size = layer.weightsPerOutput();
    Tensor.Floats scaled =
        layer
            .weights()
            .mapped(layer.weights().shape(), weights -> scaled(weights, affine.scale(), size))
            .with(encoding);
    return Optional.of(
        Rewrite.to(layer.with(layer.node().inputs().get(0), scaled, bias, output, around)));
  }

  private static float[] scaled(float[] weights, List<Double> scales, int weightsPerScale) {
    float[] scaled = new float[weights.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (weights[i] * scales.get(i / weightsPerScale));
    }
    return scaled;
  }
}
