package io.mcudeploy.calibration;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.quantized.operators.PredictionRanges;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was seen on some samples; adds up to what was seen on all, in whatever order. */
final class Observations {
  private final Map<String, Histogram> histograms = new TreeMap<>();
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

  /** Takes the values of one run into account. */
  void add(Map<String, Tensor> values) {
    values.forEach(
        (value, tensor) -> {
          if (tensor instanceof Tensor.Floats floats) {
            histograms.computeIfAbsent(value, key -> new Histogram()).add(floats.values());
          }
        });
    predictions.forEach(
        (node, ranges) -> {
          if (values.get(capsulesOf.get(node)) instanceof Tensor.Floats capsules) {
            ranges.observe(capsules.values());
          }
        });
  }

  void add(Observations other) {
    other.histograms.forEach(
        (value, histogram) ->
            histograms.computeIfAbsent(value, key -> new Histogram()).add(histogram));
    other.predictions.forEach((node, ranges) -> predictions.get(node).add(ranges));
  }

  Ranges ranges(RangeMethod method) {
    Map<String, Range> ranges = new TreeMap<>();
    histograms.forEach((value, histogram) -> ranges.put(value, method.rangeOf(histogram)));
    Map<String, List<Double>> largest = new TreeMap<>();
    predictions.forEach((node, observed) -> largest.put(node, observed.ranges()));
    return new Ranges(ranges, largest);
  }
}
