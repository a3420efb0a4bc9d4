package io.mcudeploy.capsules;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.operators.PrimaryCapsules;
import io.mcudeploy.operators.Squash;
import io.mcudeploy.operators.SquashFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A network in which capsule layers, written out in elementary operators, have become {@link
 * Squash}, {@link PrimaryCapsules} and {@link CapsuleRouting} nodes. Models need no annotation:
 * each layer is found by what it computes, and each match is verified numerically before it is
 * accepted.
 *
 * @param graph computes what the network did, up to rounding
 * @param layers what was recognised, in the graph's order
 * @param misses what looked like a capsule layer and stays in elementary operators
 */
public record Recognition(Graph graph, List<Layer> layers, List<Miss> misses) {

  /**
   * A recognised layer.
   *
   * @param node its name in the graph
   * @param description its kind and all parameters that were read, one line
   */
  public record Layer(String node, String description) {}

  /**
   * Part of a network that routes like a capsule layer but is none that is known.
   *
   * @param node the node it ends in
   * @param reason completes "because"
   */
  public record Miss(String node, String reason) {}

  public Recognition {
    layers = List.copyOf(layers);
    misses = List.copyOf(misses);
  }

  /**
   * Looks for capsule layers.
   *
   * @param graph after the passes that merge moves, common expressions and parallel convolutions
   */
  public static Recognition of(Graph graph) {
    Graph squashed =
        SquashRecognizer.rewrite(
            graph.with(Rewrite.needed(graph.nodes(), graph.results()), graph.constants()));
    RoutingRecognizer.Result routed =
        RoutingRecognizer.rewrite(PrimaryCapsuleRecognizer.rewrite(squashed));
    List<Layer> layers = new ArrayList<>();
    for (Node node : routed.graph().nodes()) {
      String description = describe(routed.graph(), node);
      if (!description.isEmpty()) {
        layers.add(new Layer(node.name(), description));
      }
    }
    return new Recognition(routed.graph(), layers, routed.misses());
  }

  /**
   * What the user should know: layers that were missed, and decoders that cannot work.
   *
   * @param file the model's, as the user named it
   */
  public List<Diagnostic> warnings(String file) {
    List<Diagnostic> warnings = new ArrayList<>();
    for (Miss miss : misses) {
      warnings.add(
          Diagnostic.of(
                  Code.W0207,
                  new Location.Node(file, miss.node(), "Squash"),
                  "a capsule layer was not recognised because " + miss.reason())
              .note("it is computed by elementary operators, which is slow and less exact"));
    }
    for (FixedMask mask : FixedMask.in(graph)) {
      warnings.add(
          Diagnostic.of(
                  Code.W0208,
                  new Location.File(file),
                  "the output `"
                      + mask.output()
                      + "` depends on capsule "
                      + mask.capsule()
                      + " alone")
              .note("the choice of the longest capsule was left out when the model was exported")
              .help("keep only the other outputs, with --output"));
    }
    return List.copyOf(warnings);
  }

  private static String describe(Graph graph, Node node) {
    Shape output = graph.type(node.outputs().get(0)).shape();
    if (node.operator() instanceof Squash squash) {
      return String.format(
          "Squash of %d vectors of %d elements, %s",
          output.elements() / output.extent(squash.axis()),
          output.extent(squash.axis()),
          describe(squash.function()));
    }
    if (node.operator() instanceof PrimaryCapsules primary) {
      return String.format(
          "PrimaryCapsules: %d capsules of %d elements, activation %s, %s",
          output.extent(1),
          output.extent(2),
          primary.convolution().activation(),
          describe(primary.squash()));
    }
    if (node.operator() instanceof CapsuleRouting routing) {
      Shape weights = graph.type(node.inputs().get(1)).shape();
      return String.format(
          "CapsuleRouting: %d capsules of %d elements to %d of %d, %d passes, softmax over %s"
              + " capsules, %s of %s%s%s, gives %s",
          weights.extent(1),
          weights.extent(3),
          routing.outputCapsules(),
          routing.outputDimension(),
          routing.iterations(),
          lower(routing.softmaxOver()),
          describe(routing.squash()),
          routing.squashOver() == CapsuleRouting.SquashOver.VECTOR ? "vectors" : "single elements",
          routing.biased() ? ", bias" : "",
          routing.primed() ? ", learned initial logits" : "",
          lower(routing.output()));
    }
    return "";
  }

  private static String describe(SquashFunction function) {
    return String.format("squash %s epsilon %s", lower(function.kind()), function.epsilon());
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
