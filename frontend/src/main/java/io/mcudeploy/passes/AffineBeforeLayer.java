package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import java.util.Optional;

/**
 * Folds what scales and shifts the channels of a layer's input into the layer. Where a convolution
 * pads its input, or a transposed one ends, only scales are folded: what lies outside is not
 * shifted. Weights that are integers of the model file stay as they are.
 *
 * <pre>
 *   x ─ BatchNormalization s, t ─ FullyConnected W, b            x ─ FullyConnected W·s, b + W·t
 *                                                          ⇒
 * </pre>
 */
final class AffineBeforeLayer implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    return LinearLayer.of(node, around)
        .filter(layer -> !layer.isEncoded())
        .flatMap(
            layer ->
                around
                    .producer(node.inputs().get(0), Operator.class)
                    .filter(before -> around.isUsedOnce(before.outputs().get(0)))
                    .flatMap(before -> ChannelAffine.of(before, around))
                    .filter(affine -> !affine.shifts() || !layer.clipsWeights())
                    .map(affine -> Rewrite.to(folded(layer, affine, around))));
  }

  private static Node folded(LinearLayer layer, ChannelAffine affine, Surroundings around) {
    float[] weights = layer.weights().values().clone();
    float[] bias = layer.bias().values().clone();
    int size = layer.weightsPerOutput();
    int channels = layer.weights().shape().extent(-1);
    for (int o = 0; o < bias.length; o++) {
      int firstChannel = o / (bias.length / layer.groups()) * channels;
      double sum = bias[o];
      for (int i = o * size; i < (o + 1) * size; i++) {
        int channel = firstChannel + i % channels;
        sum += weights[i] * affine.shift().get(channel);
        weights[i] = (float) (weights[i] * affine.scale().get(channel));
      }
      bias[o] = (float) sum;
    }
    return layer.with(affine.input(), weights, bias, layer.node().output(), around);
  }
}
