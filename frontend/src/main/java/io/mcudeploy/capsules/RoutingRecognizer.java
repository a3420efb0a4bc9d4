package io.mcudeploy.capsules;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.operators.CapsuleRouting.Output;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Squash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds capsule layers with dynamic routing: unrolled loops of softmax, weighted sum, squash and
 * agreement over one set of predictions. {@link Prediction} and {@link RoutingStructure} read the
 * layer off the graph, {@link RoutingProbe} has the last word: both must give the same numbers.
 *
 * <p>Squashes must be {@link Squash} nodes already.
 */
final class RoutingRecognizer {
  /** How far behind the last squash the lengths of its vectors are looked for, in nodes. */
  private static final int FARTHEST_LENGTHS = 12;

  private Graph graph;
  private final List<Recognition.Miss> misses = new ArrayList<>();
  private final Set<String> settled = new HashSet<>();

  private RoutingRecognizer(Graph graph) {
    this.graph = graph;
  }

  /** The graph with every layer that was found as one node, and what was found not to be one. */
  static Result rewrite(Graph graph) {
    RoutingRecognizer recognizer = new RoutingRecognizer(graph);
    recognizer.run();
    return new Result(recognizer.graph, recognizer.misses);
  }

  /** What {@link #rewrite} gives. */
  record Result(Graph graph, List<Recognition.Miss> misses) {
    Result {
      misses = List.copyOf(misses);
    }
  }

  /** From the last squash to the first, since the inner squashes of a layer are part of it. */
  private void run() {
    Optional<Node> next = nextCandidate();
    while (next.isPresent()) {
      Node squash = next.get();
      settled.add(squash.output());
      Dominators dominators = Dominators.of(graph);
      Optional<String> predictions = predictions(dominators, squash);
      if (predictions.isPresent()) {
        settle(predictions.get(), squash);
        try {
          graph = recognized(dominators, predictions.get(), squash);
        } catch (MismatchException reason) {
          misses.add(new Recognition.Miss(squash.name(), reason.getMessage()));
        }
      }
      next = nextCandidate();
    }
  }

  private Optional<Node> nextCandidate() {
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (node.operator() instanceof Squash && !settled.contains(node.output())) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  /** The inner squashes of a layer, recognised or not, are no layers of their own. */
  private void settle(String predictions, Node lastSquash) {
    for (Node node : Region.between(graph, predictions, lastSquash.output()).nodes()) {
      settled.addAll(node.outputs());
    }
  }

  /** The value from which all softmaxes before a squash, and what they weigh, are computed. */
  private Optional<String> predictions(Dominators dominators, Node squash) {
    String sum = squash.inputs().get(0);
    for (String value : dominators.above(sum)) {
      boolean routes =
          Region.between(graph, value, sum).nodes().stream()
              .anyMatch(node -> node.operator() instanceof Softmax);
      if (routes) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  private Graph recognized(Dominators dominators, String predictions, Node squash) {
    Prediction prediction =
        Prediction.find(graph, dominators, predictions)
            .orElseThrow(
                () -> new MismatchException("its predictions are no product with fixed weights"));
    RoutingStructure structure = RoutingStructure.read(graph, prediction, squash);
    Region layer = Region.between(graph, prediction.source(), squash.output());
    requireClosed(layer);
    RoutingProbe.verify(layer, prediction, structure);
    return rewritten(dominators, layer, prediction, structure);
  }

  /** Nothing inside the layer may be used by others, or it would have to be computed twice. */
  private void requireClosed(Region layer) {
    Set<Node> inside = new HashSet<>(layer.nodes());
    Map<String, List<Node>> consumers = graph.consumers();
    for (Node node : layer.nodes()) {
      for (String value : node.outputs()) {
        boolean leaves =
            graph.results().contains(value)
                || !inside.containsAll(consumers.getOrDefault(value, List.of()));
        if (leaves && !value.equals(layer.to())) {
          throw new MismatchException("its inner value `" + value + "` is used elsewhere");
        }
      }
    }
  }

  private Graph rewritten(
      Dominators dominators, Region layer, Prediction prediction, RoutingStructure structure) {
    Optional<String> lengths = lengths(dominators, layer.to(), structure);
    String end = lengths.orElse(layer.to());
    CapsuleRouting routing =
        lengths.isPresent()
            ? RoutingStructure.with(
                structure.routing(), structure.routing().iterations(), Output.LENGTHS)
            : structure.routing();
    Rewrite rewrite = new Rewrite(graph, end);
    Shape sourceShape = graph.type(prediction.source()).shape();
    Shape capsules = Shape.of(1, prediction.inputCapsules(), prediction.inputDimension());
    int[] memberOrder =
        prediction.members().stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
    String input =
        rewrite.rearranged("input", prediction.source(), sourceShape, memberOrder, capsules);
    List<String> inputs = new ArrayList<>(List.of(input));
    List<String> roles = new ArrayList<>(List.of("weights"));
    if (routing.biased()) {
      roles.add("bias");
    }
    if (routing.primed()) {
      roles.add("logits");
    }
    for (int i = 0; i < roles.size(); i++) {
      inputs.add(rewrite.constant(roles.get(i), structure.constants().get(i)));
    }
    String result = rewrite.layer(name(layer), routing, inputs);
    Shape produced =
        lengths.isPresent()
            ? Shape.of(1, routing.outputCapsules())
            : Shape.of(1, routing.outputCapsules(), routing.outputDimension());
    int[] order =
        lengths.isPresent()
            ? IntStream.range(0, routing.outputCapsules()).toArray()
            : structure.elementOrder().stream().mapToInt(Integer::intValue).toArray();
    rewrite.rearranged("output", result, produced, order, graph.type(end).shape());
    return rewrite.finish();
  }

  /** The value that holds the lengths of the vectors, if nothing else is made of them. */
  private Optional<String> lengths(
      Dominators dominators, String vectors, RoutingStructure structure) {
    Map<String, List<Node>> consumers = graph.consumers();
    for (Node node : graph.nodes()) {
      String value = node.outputs().get(0);
      if (node.outputs().size() > 1
          || graph.type(value).shape().elements() != structure.routing().outputCapsules()
          || !dominators.above(value).contains(vectors)) {
        continue;
      }
      Region region = Region.between(graph, vectors, value);
      Set<Node> inside = new HashSet<>(region.nodes());
      Set<String> inner = new HashSet<>(Set.of(vectors));
      region.nodes().forEach(part -> inner.addAll(part.outputs()));
      inner.remove(value);
      boolean closed =
          Collections.disjoint(graph.results(), inner)
              && inner.stream()
                  .allMatch(part -> inside.containsAll(consumers.getOrDefault(part, List.of())));
      if (closed
          && region.nodes().size() <= FARTHEST_LENGTHS
          && RoutingProbe.givesLengths(region, structure)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** The scope that all values of the layer share, as in {@code capsule/r0/sum}. */
  private static String name(Region layer) {
    List<String> scope = List.of(layer.to().split("/", -1));
    for (Node node : layer.nodes()) {
      List<String> parts = List.of(node.outputs().get(0).split("/", -1));
      int length = 0;
      while (length < Math.min(scope.size(), parts.size())
          && scope.get(length).equals(parts.get(length))) {
        length++;
      }
      scope = scope.subList(0, length);
    }
    String name = String.join("/", scope);
    return name.isEmpty() ? "capsules" : name;
  }
}
