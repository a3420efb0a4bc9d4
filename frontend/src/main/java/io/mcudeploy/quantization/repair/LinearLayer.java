package io.mcudeploy.quantization.repair;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.PrimaryCapsules;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A layer of weighted sums whose weights are constants of its own.
 *
 * @param weights {@code [O, .., I]}: the last axis runs over the input channels of one group
 * @param groups into how many groups of neighbours inputs and outputs are divided
 */
record LinearLayer(Node node, Tensor.Floats weights, int groups) {

  /** The layer that a node is, if its weights and its bias may be changed. */
  static Optional<LinearLayer> of(Node node, Graph graph, Map<String, List<Node>> consumers) {
    Optional<Integer> groups = groups(node);
    boolean free =
        groups.isPresent()
            && node.inputs().stream()
                .skip(1)
                .allMatch(
                    input ->
                        isFree(graph.constants().get(input)) && consumers.get(input).size() == 1);
    return free && graph.constants().get(node.inputs().get(1)) instanceof Tensor.Floats weights
        ? Optional.of(new LinearLayer(node, weights, groups.get()))
        : Optional.empty();
  }

  /** Whether a tensor is a constant of real numbers whose integers nothing prescribes. */
  static boolean isFree(Tensor constant) {
    return constant instanceof Tensor.Floats floats && floats.encoding().isEmpty();
  }

  private static Optional<Integer> groups(Node node) {
    if (node.operator() instanceof Conv2d conv) {
      return Optional.of(conv.groups());
    }
    if (node.operator() instanceof PrimaryCapsules capsules) {
      return Optional.of(capsules.convolution().groups());
    }
    return node.operator() instanceof FullyConnected ? Optional.of(1) : Optional.empty();
  }

  /** The value that the layer weighs. */
  String input() {
    return node.inputs().get(0);
  }

  String weightName() {
    return node.inputs().get(1);
  }

  Optional<String> biasName() {
    return node.inputs().size() > 2 ? Optional.of(node.inputs().get(2)) : Optional.empty();
  }

  Shape shape() {
    return weights.shape();
  }

  int outputs() {
    return shape().extent(0);
  }

  /** Weights of one output. */
  int weightsPerOutput() {
    return weights.values().length / outputs();
  }

  int inputChannels() {
    return shape().extent(-1) * groups;
  }

  /** The input channel that a weight, counted in row-major order, belongs to. */
  int inputChannel(int weight) {
    int group = weight / weightsPerOutput() / (outputs() / groups);
    return group * shape().extent(-1) + weight % shape().extent(-1);
  }

  /**
   * Whether the layer's results scale with its weights and bias: no clamp, or one at 0 only. (The
   * squash of capsules is neither.)
   */
  boolean isHomogeneous() {
    if (node.operator() instanceof Conv2d conv) {
      return isHomogeneous(conv.activation());
    }
    return node.operator() instanceof FullyConnected dense && isHomogeneous(dense.activation());
  }

  static boolean isHomogeneous(Activation activation) {
    return (activation.low() == 0 || Double.isInfinite(activation.low()))
        && (activation.high() == 0 || Double.isInfinite(activation.high()));
  }
}
