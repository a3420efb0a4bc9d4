package io.mcudeploy.quantization;

import io.mcudeploy.calibration.ActivationScheme;
import io.mcudeploy.calibration.Range;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.CapsuleRouting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds every node that cannot be computed in integers, before there are calibration samples: the
 * network is quantized with ranges of −1..1, and each node that is refused is cut out, its results
 * becoming inputs, until the rest is not.
 */
public final class Rejections {
  /** Who has more of them has read enough. */
  private static final int MOST = 100;

  private Rejections() {}

  /** The nodes' diagnostics, E0304 or E0303. */
  public static List<Diagnostic> of(Graph graph) {
    List<Diagnostic> found = new ArrayList<>();
    Optional<Graph> rest = Optional.of(graph);
    while (rest.isPresent() && found.size() < MOST) {
      Graph current = rest.get();
      try {
        Quantizer.quantize(current, unknown(current));
        break;
      } catch (DiagnosticException e) {
        found.add(e.diagnostic());
        rest = without(current, e.diagnostic().location());
      }
    }
    return found;
  }

  /** The graph without the node at a place; nothing if there is no such node. */
  private static Optional<Graph> without(Graph graph, Location location) {
    if (!(location instanceof Location.Node place)) {
      return Optional.empty();
    }
    return graph.nodes().stream()
        .filter(node -> node.name().equals(place.node()))
        .findFirst()
        .map(
            rejected -> {
              Map<String, TensorType> inputs = new LinkedHashMap<>(graph.inputs());
              rejected
                  .outputs()
                  .forEach(
                      value -> inputs.put(value, TensorType.floats(graph.type(value).shape())));
              List<Node> nodes = new ArrayList<>(graph.nodes());
              nodes.remove(rejected);
              return Graph.of(
                  graph.name(), inputs, graph.outputs(), nodes, graph.constants(), graph.states());
            });
  }

  private static Ranges unknown(Graph graph) {
    Map<String, Range> ranges = new HashMap<>();
    graph.types().keySet().forEach(value -> ranges.put(value, new Range(-1, 1)));
    Map<String, List<Double>> predictions = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof CapsuleRouting routing) {
        predictions.put(node.name(), Collections.nCopies(routing.outputCapsules(), 1.0));
      }
    }
    return new Ranges(ranges, predictions, ActivationScheme.ASYMMETRIC);
  }
}
