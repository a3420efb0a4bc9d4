package io.mcudeploy.quantization.repair;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.operators.Normalization;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A place where the channels of a value can be scaled without a change of what the network
 * computes: one node gives the channels, and all that becomes of them enters layers of weighted
 * sums, whose weights take the scales back.
 *
 * <pre>
 *   Conv2d W / s, b / s ─ relu ─ MaxPool2d ┬ Conv2d W·s
 *                                          └ Reshape ─ FullyConnected W·s
 * </pre>
 *
 * <p>In between may lie what commutes with a positive factor for each channel: ReLU, pools, zero
 * padding, and moves.
 *
 * @param producer the node that gives the channels
 * @param isBetweenLayers whether the producer is a layer of weighted sums, too
 * @param parameters its constants, each with as many equal parts as there are channels, in order
 */
record Junction(
    Node producer,
    boolean isBetweenLayers,
    List<String> parameters,
    int channels,
    List<Absorber> absorbers) {
  Junction {
    parameters = List.copyOf(parameters);
    absorbers = List.copyOf(absorbers);
  }

  /**
   * A layer that takes scales back.
   *
   * @param channels for each input channel of the layer, the channel it came from
   */
  record Absorber(LinearLayer layer, List<Integer> channels) {
    Absorber {
      channels = List.copyOf(channels);
    }
  }

  /** All junctions of a network, in the order of their producers. */
  static List<Junction> of(Graph graph) {
    Map<String, List<Node>> consumers = graph.consumers();
    List<Junction> junctions = new ArrayList<>();
    for (Node node : graph.nodes()) {
      List<String> parameters = parameters(node, graph, consumers);
      if (!parameters.isEmpty()) {
        Search search = new Search(graph, consumers);
        Shape shape = graph.type(node.output()).shape();
        if (search.follow(node.output(), channelNumbers(shape))) {
          search.shifts.addAll(0, parameters);
          junctions.add(
              new Junction(
                  node,
                  LinearLayer.of(node, graph, consumers).isPresent(),
                  search.shifts,
                  shape.extent(-1),
                  search.absorbers));
        }
      }
    }
    return junctions;
  }

  /**
   * Divides the channels by their factors, and the weights that see them by the inverse.
   *
   * @param numbers the network's constants; changed in place
   * @param factors positive, one for each channel
   */
  void scale(Numbers numbers, double[] factors) {
    for (String parameter : parameters) {
      float[] values = numbers.toChange(parameter);
      int size = values.length / channels;
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (values[i] / factors[i / size]);
      }
    }
    for (Absorber absorber : absorbers) {
      float[] weights = numbers.toChange(absorber.layer().weightName());
      for (int i = 0; i < weights.length; i++) {
        int channel = absorber.channels().get(absorber.layer().inputChannel(i));
        weights[i] = (float) (weights[i] * factors[channel]);
      }
    }
  }

  /** The largest absolute weight that sees each channel. */
  double[] absorbedMagnitudes(Numbers numbers) {
    double[] largest = new double[channels];
    for (Absorber absorber : absorbers) {
      float[] weights = numbers.of(absorber.layer().weightName());
      for (int i = 0; i < weights.length; i++) {
        int channel = absorber.channels().get(absorber.layer().inputChannel(i));
        largest[channel] = Math.max(largest[channel], Math.abs(weights[i]));
      }
    }
    return largest;
  }

  /** The largest absolute number of each channel in the first parameter, the weights of a layer. */
  double[] producedMagnitudes(Numbers numbers) {
    double[] largest = new double[channels];
    float[] values = numbers.of(parameters.get(0));
    int size = values.length / channels;
    for (int i = 0; i < values.length; i++) {
      largest[i / size] = Math.max(largest[i / size], Math.abs(values[i]));
    }
    return largest;
  }

  /** The constants that a node's channels are proportional to; empty if there are none. */
  private static List<String> parameters(
      Node node, Graph graph, Map<String, List<Node>> consumers) {
    Optional<LinearLayer> layer =
        LinearLayer.of(node, graph, consumers).filter(LinearLayer::isHomogeneous);
    if (layer.isPresent()) {
      return node.inputs().subList(1, node.inputs().size());
    }
    Shape shape = graph.type(node.outputs().get(0)).shape();
    List<String> candidates = candidates(node, shape, graph);
    return candidates.stream().allMatch(name -> isParameter(name, shape, graph, consumers))
        ? candidates
        : List.of();
  }

  private static List<String> candidates(Node node, Shape shape, Graph graph) {
    Operator operator = node.operator();
    if (operator instanceof BatchNormalization bn && bn.axis() == shape.rank() - 1) {
      return node.inputs().subList(1, 3);
    }
    if (operator instanceof Normalization) {
      return node.inputs().subList(1, node.inputs().size());
    }
    return operator instanceof Binary binary && binary.function() == BinaryFunction.MUL
        ? node.inputs().stream().filter(graph.constants()::containsKey).toList()
        : List.of();
  }

  /** Whether a value is a constant with one number for each index along the last axis. */
  private static boolean isParameter(
      String name, Shape shape, Graph graph, Map<String, List<Node>> consumers) {
    Tensor constant = graph.constants().get(name);
    return LinearLayer.isFree(constant)
        && consumers.get(name).size() == 1
        && shape.rank() > 0
        && constant.shape().rank() > 0
        && constant.shape().elements() == shape.extent(-1)
        && constant.shape().extent(-1) == shape.extent(-1);
  }

  /** Each element holds its index along the last axis. */
  private static Tensor.Floats channelNumbers(Shape shape) {
    float[] numbers = new float[shape.elements()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i % shape.extent(-1);
    }
    return new Tensor.Floats(shape, numbers);
  }

  /**
   * Follows channels through the network by their numbers: moves are applied to a tensor that holds
   * the channel of each element.
   */
  private static final class Search {
    private final Graph graph;
    private final Map<String, List<Node>> consumers;
    private final List<Absorber> absorbers = new ArrayList<>();
    private final List<String> shifts = new ArrayList<>();

    Search(Graph graph, Map<String, List<Node>> consumers) {
      this.graph = graph;
      this.consumers = consumers;
    }

    /** Whether all that a value becomes takes scales back. */
    boolean follow(String value, Tensor.Floats numbers) {
      List<Node> users = consumers.getOrDefault(value, List.of());
      return !graph.results().contains(value)
          && !users.isEmpty()
          && users.stream().allMatch(user -> enter(user, value, numbers));
    }

    private boolean enter(Node user, String value, Tensor.Floats numbers) {
      if (user.inputs().lastIndexOf(value) != 0) {
        return false;
      }
      Optional<LinearLayer> layer = LinearLayer.of(user, graph, consumers);
      if (layer.isPresent()) {
        Optional<List<Integer>> channels = perLastAxis(numbers);
        channels.ifPresent(list -> absorbers.add(new Absorber(layer.get(), list)));
        return channels.isPresent();
      }
      if (isShift(user, numbers)) {
        shifts.add(user.inputs().get(1));
        return follow(user.output(), numbers);
      }
      return moved(user, numbers).filter(after -> follow(user.output(), after)).isPresent();
    }

    /** Whether a node adds a constant for each channel, which has to be scaled as well. */
    private boolean isShift(Node node, Tensor.Floats numbers) {
      Shape shape = graph.type(node.output()).shape();
      return node.operator() instanceof Binary binary
          && (binary.function() == BinaryFunction.ADD || binary.function() == BinaryFunction.SUB)
          && isParameter(node.inputs().get(1), shape, graph, consumers)
          && numbers.equals(channelNumbers(shape));
    }

    /** The channels behind a node; empty if it does not commute with factors. */
    private Optional<Tensor.Floats> moved(Node node, Tensor.Floats numbers) {
      Operator operator = node.operator();
      if (operator instanceof Unary unary) {
        return isHomogeneous(unary.function()) ? Optional.of(numbers) : Optional.empty();
      }
      if (operator instanceof MaxPool2d
          || operator instanceof AveragePool2d
          || isZeroPadding(operator)) {
        return perLastAxis(numbers)
            .filter(channels -> channels.size() == graph.type(node.output()).shape().extent(-1))
            .map(channels -> repeated(channels, graph.type(node.output()).shape()));
      }
      boolean moves =
          node.inputs().size() == 1
              && (operator instanceof Reshape
                  || operator instanceof Transpose
                  || operator instanceof Slice);
      return moves
          ? Optional.of((Tensor.Floats) operator.evaluate(List.of(numbers)).get(0))
          : Optional.empty();
    }

    private static boolean isZeroPadding(Operator operator) {
      return operator instanceof Pad pad && pad.mode() == Pad.Mode.CONSTANT && pad.value() == 0;
    }

    private static boolean isHomogeneous(UnaryFunction function) {
      return function instanceof UnaryFunction.LeakyRelu
          || (function instanceof UnaryFunction.Clamp clamp
              && LinearLayer.isHomogeneous(clamp.activation()));
    }

    /** The channel that each index along the last axis stands for, if it is one. */
    private static Optional<List<Integer>> perLastAxis(Tensor.Floats numbers) {
      int extent = numbers.shape().rank() == 0 ? 0 : numbers.shape().extent(-1);
      float[] values = numbers.values();
      Integer[] channels = new Integer[extent];
      for (int i = 0; i < values.length; i++) {
        int channel = (int) values[i];
        if (i >= extent && channels[i % extent] != channel) {
          return Optional.empty();
        }
        channels[i % extent] = channel;
      }
      return Optional.of(Arrays.asList(channels));
    }

    private static Tensor.Floats repeated(List<Integer> channels, Shape shape) {
      float[] numbers = new float[shape.elements()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = channels.get(i % channels.size());
      }
      return new Tensor.Floats(shape, numbers);
    }
  }
}
