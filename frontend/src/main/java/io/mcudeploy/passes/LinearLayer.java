package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.ConvTranspose2d;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.Padding2d;
import java.util.List;
import java.util.Optional;

/**
 * A Conv2d, ConvTranspose2d or FullyConnected with constant weights.
 *
 * @param weights {@code [O, ..]}; the last axis runs over input channels (of one group)
 * @param bias {@code [O]}, zeros if the node has none
 */
record LinearLayer(Node node, Tensor.Floats weights, Tensor.Floats bias) {
  static Optional<LinearLayer> of(Node node, Surroundings around) {
    if (!(node.operator() instanceof Conv2d)
        && !(node.operator() instanceof ConvTranspose2d)
        && !(node.operator() instanceof FullyConnected)) {
      return Optional.empty();
    }
    Optional<Tensor.Floats> weights = around.floats(node.inputs().get(1));
    if (weights.isEmpty()) {
      return Optional.empty();
    }
    int outputs = weights.get().shape().extent(0);
    Optional<Tensor.Floats> bias =
        node.inputs().size() > 2
            ? around.floats(node.inputs().get(2))
            : Optional.of(new Tensor.Floats(Shape.of(outputs), new float[outputs]));
    return bias.map(numbers -> new LinearLayer(node, weights.get(), numbers));
  }

  /** The layer that computes a value, if nothing else sees what the layer computes. */
  static Optional<LinearLayer> soleProducer(String value, Surroundings around) {
    return around
        .producer(value, Operator.class)
        .filter(node -> around.isUsedOnce(value))
        .flatMap(node -> of(node, around));
  }

  Activation activation() {
    if (node.operator() instanceof Conv2d conv) {
      return conv.activation();
    }
    return node.operator() instanceof ConvTranspose2d conv
        ? conv.activation()
        : ((FullyConnected) node.operator()).activation();
  }

  /** The layer's operator with another clamp. */
  Operator withActivation(Activation activation) {
    if (node.operator() instanceof Conv2d conv) {
      return new Conv2d(
          conv.strides(), conv.dilations(), conv.padding(), conv.groups(), activation);
    }
    return node.operator() instanceof ConvTranspose2d conv
        ? new ConvTranspose2d(
            conv.strides(),
            conv.dilations(),
            conv.top(),
            conv.left(),
            conv.kept(),
            conv.groups(),
            activation)
        : new FullyConnected(activation);
  }

  /** Groups of channels that do not see each other. */
  int groups() {
    if (node.operator() instanceof Conv2d conv) {
      return conv.groups();
    }
    return node.operator() instanceof ConvTranspose2d conv ? conv.groups() : 1;
  }

  /** Whether some outputs see only part of the weights. */
  boolean clipsWeights() {
    return node.operator() instanceof ConvTranspose2d
        || (node.operator() instanceof Conv2d conv && !conv.padding().equals(Padding2d.NONE));
  }

  /** Whether the weights are integers of the model file, which only scales may change. */
  boolean isEncoded() {
    return weights.encoding().isPresent();
  }

  int outputs() {
    return weights.shape().extent(0);
  }

  /** Weights of one output. */
  int weightsPerOutput() {
    return weights.shape().elements() / Math.max(1, outputs());
  }

  /** A node like this one with other numbers that computes another value. */
  Node with(String input, float[] newWeights, float[] newBias, String output, Surroundings around) {
    return with(input, new Tensor.Floats(weights.shape(), newWeights), newBias, output, around);
  }

  /** As above. */
  Node with(
      String input, Tensor.Floats newWeights, float[] newBias, String output, Surroundings around) {
    String weightName = around.addConstant(node.name() + "/weights", newWeights);
    String biasName =
        around.addConstant(node.name() + "/bias", new Tensor.Floats(bias.shape(), newBias));
    return new Node(
        node.name(), node.operator(), List.of(input, weightName, biasName), List.of(output));
  }
}
