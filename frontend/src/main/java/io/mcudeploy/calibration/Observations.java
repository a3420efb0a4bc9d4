package io.mcudeploy.calibration;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.quantized.operators.PredictionRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What was seen of every value, so far; any method can then choose ranges. */
public final class Observations {
  private final Map<String, Observation> observations = new TreeMap<>();
  private final Map<String, PredictionRanges> predictions = new TreeMap<>();

  /** The value that holds the input capsules of each routing node. */
  private final Map<String, String> capsulesOf = new TreeMap<>();

  Observations(Graph graph) {
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof CapsuleRouting routing
          && graph.constants().get(node.inputs().get(1)) instanceof Tensor.Floats weights) {
        capsulesOf.put(node.name(), node.inputs().get(0));
        predictions.put(
            node.name(),
            new PredictionRanges(
                weights.values(),
                routing.outputCapsules(),
                weights.shape().extent(1),
                routing.outputDimension(),
                weights.shape().extent(3)));
      }
    }
  }

  /** Takes the values of some runs into account; all cores work, each on values of its own. */
  void add(List<Map<String, Tensor>> runs) {
    runs.forEach(
        values ->
            values.forEach(
                (value, tensor) -> {
                  if (tensor instanceof Tensor.Floats) {
                    observations.computeIfAbsent(value, key -> new Observation());
                  }
                }));
    List<Runnable> tasks = new ArrayList<>();
    observations.forEach(
        (value, seen) ->
            tasks.add(() -> floats(runs, value).forEach(tensor -> seen.add(tensor.values()))));
    predictions.forEach(
        (node, ranges) ->
            tasks.add(
                () ->
                    floats(runs, capsulesOf.get(node))
                        .forEach(capsules -> ranges.observe(capsules.values()))));
    tasks.parallelStream().forEach(Runnable::run);
  }

  private static Stream<Tensor.Floats> floats(List<Map<String, Tensor>> runs, String value) {
    return runs.stream()
        .map(values -> values.get(value))
        .filter(Tensor.Floats.class::isInstance)
        .map(Tensor.Floats.class::cast);
  }

  /** The ranges that a method chooses for integers of a scheme. */
  public Ranges ranges(RangeMethod method, ActivationScheme scheme) {
    Map<String, Range> ranges = new TreeMap<>();
    observations.forEach((value, seen) -> ranges.put(value, method.rangeOf(seen, scheme)));
    Map<String, List<Double>> largest = new TreeMap<>();
    predictions.forEach((node, observed) -> largest.put(node, observed.ranges()));
    return new Ranges(ranges, largest, scheme);
  }
}
