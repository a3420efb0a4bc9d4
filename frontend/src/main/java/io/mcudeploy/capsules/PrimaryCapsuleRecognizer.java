package io.mcudeploy.capsules;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.PrimaryCapsules;
import io.mcudeploy.operators.Squash;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction.Clamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Merges a convolution and the squash of its result where each capsule consists of channels of one
 * pixel, whatever transposes and reshapes lie in between. The filters are put into an order in
 * which the capsules are neighbours.
 *
 * <pre>
 *   Conv2d -> moves -> Squash   =>   PrimaryCapsules -> moves
 * </pre>
 *
 * <p>Capsules made of several pixels, as in networks that reinterpret channels-first memory, stay
 * as they are.
 */
final class PrimaryCapsuleRecognizer {
  private PrimaryCapsuleRecognizer() {}

  /** The graph with every convolution merged that can be. */
  static Graph rewrite(Graph graph) {
    Graph rewritten = graph;
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof Squash) {
        rewritten = rewriteAt(rewritten, node.output()).orElse(rewritten);
      }
    }
    return rewritten;
  }

  private static Optional<Graph> rewriteAt(Graph graph, String squashed) {
    Map<String, Node> producers = graph.producers();
    Map<String, List<Node>> consumers = graph.consumers();
    Node squashNode = producers.get(squashed);
    if (squashNode == null || !(squashNode.operator() instanceof Squash squash)) {
      return Optional.empty();
    }
    Activation activation = Activation.NONE;
    List<Node> moves = new ArrayList<>();
    String value = squashNode.inputs().get(0);
    Node node = producers.get(value);
    while (node != null && !(node.operator() instanceof Conv2d)) {
      if (node.operator() instanceof Unary unary && unary.function() instanceof Clamp clamp) {
        activation = clamp.activation().then(activation);
      } else if (ElementMaps.moves(node.operator()) && node.inputs().size() == 1) {
        moves.add(0, node);
      } else {
        return Optional.empty();
      }
      value = node.inputs().get(0);
      node = producers.get(value);
    }
    if (node == null) {
      return Optional.empty();
    }
    boolean usedElsewhere = consumers.get(value).size() > 1 || graph.results().contains(value);
    Shape image = graph.type(value).shape();
    if (usedElsewhere || image.extent(0) != 1) {
      return Optional.empty();
    }
    int[] elements = elements(image, moves);
    if (Arrays.stream(elements).distinct().count() != image.elements()) {
      return Optional.empty();
    }
    Shape shape = graph.type(squashNode.inputs().get(0)).shape();
    int[][] capsules = vectors(elements, shape, squash.axis());
    Activation later = activation;
    Node convolution = node;
    return channelOrder(capsules, image, ((Conv2d) node.operator()).groups())
        .flatMap(
            order ->
                merged(
                    graph, convolution, later, squash, squashed, elements, image, order, capsules));
  }

  private static Optional<Graph> merged(
      Graph graph,
      Node node,
      Activation later,
      Squash squash,
      String squashed,
      int[] elements,
      Shape image,
      int[] channelOrder,
      int[][] capsules) {
    List<Tensor> parameters = new ArrayList<>();
    for (String input : node.inputs().subList(1, node.inputs().size())) {
      Tensor parameter = graph.constants().get(input);
      if (parameter == null) {
        return Optional.empty();
      }
      parameters.add(reordered((Tensor.Floats) parameter, channelOrder));
    }
    Conv2d conv = (Conv2d) node.operator();
    Conv2d activated =
        new Conv2d(
            conv.strides(),
            conv.dilations(),
            conv.padding(),
            conv.groups(),
            conv.activation().then(later));
    Rewrite rewrite = new Rewrite(graph, squashed);
    List<String> inputs = new ArrayList<>(List.of(node.inputs().get(0)));
    for (int i = 0; i < parameters.size(); i++) {
      inputs.add(rewrite.constant(i == 0 ? "weights" : "bias", parameters.get(i)));
    }
    int dimension = capsules[0].length;
    String result =
        rewrite.layer(
            node.name(), new PrimaryCapsules(activated, dimension, squash.function()), inputs);
    int channels = image.extent(3);
    int[] newChannels = inverse(channelOrder);
    int[] order =
        Arrays.stream(elements)
            .map(element -> element - element % channels + newChannels[element % channels])
            .toArray();
    Shape produced = Shape.of(1, image.elements() / dimension, dimension);
    rewrite.rearranged("order", result, produced, order, graph.type(squashed).shape());
    return Optional.of(rewrite.finish());
  }

  /** Which element of the image each element of the squash's input is. */
  private static int[] elements(Shape image, List<Node> moves) {
    int[] elements = new int[image.elements()];
    Arrays.setAll(elements, i -> i);
    Shape shape = image;
    for (Node move : moves) {
      int[] before = elements;
      int[] from = ElementMaps.of(move.operator(), List.of(shape));
      elements = Arrays.stream(from).map(i -> before[i]).toArray();
      shape = move.operator().outputTypes(List.of(TensorType.floats(shape))).get(0).shape();
    }
    return elements;
  }

  /** The numbers along an axis, vector by vector. */
  private static int[][] vectors(int[] elements, Shape shape, int axis) {
    int stride = shape.strides()[axis];
    int extent = shape.extent(axis);
    int[][] vectors = new int[elements.length / extent][extent];
    int vector = 0;
    for (int start = 0; start < elements.length; start++) {
      if (start / stride % extent == 0) {
        for (int d = 0; d < extent; d++) {
          vectors[vector][d] = elements[start + d * stride];
        }
        vector++;
      }
    }
    return vectors;
  }

  /**
   * The order of the filters that makes each capsule's channels neighbours; empty if there is none,
   * since a capsule spans several pixels, or pixels are divided in different ways.
   */
  private static Optional<int[]> channelOrder(int[][] capsules, Shape image, int groups) {
    int channels = image.extent(3);
    Set<List<Integer>> types = new LinkedHashSet<>();
    int covered = 0;
    for (int[] capsule : capsules) {
      List<Integer> type = new ArrayList<>();
      for (int element : capsule) {
        if (element / channels != capsule[0] / channels) {
          return Optional.empty();
        }
        type.add(element % channels);
      }
      types.add(type);
      covered += capsule.length;
    }
    int[] order = types.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
    boolean dividesAllPixelsAlike =
        covered == image.elements()
            && order.length == channels
            && Arrays.stream(order).distinct().count() == channels;
    boolean unchanged = Arrays.equals(order, Arrays.stream(order).sorted().toArray());
    // The filters of a group see the same input channels and must stay together.
    boolean allowed = groups == 1 || unchanged;
    return dividesAllPixelsAlike && allowed ? Optional.of(order) : Optional.empty();
  }

  private static Tensor reordered(Tensor.Floats parameter, int[] order) {
    int size = parameter.values().length / order.length;
    float[] values = new float[parameter.values().length];
    for (int filter = 0; filter < order.length; filter++) {
      System.arraycopy(parameter.values(), order[filter] * size, values, filter * size, size);
    }
    return new Tensor.Floats(parameter.shape(), values);
  }

  private static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }
}
