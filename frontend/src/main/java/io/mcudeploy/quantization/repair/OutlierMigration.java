package io.mcudeploy.quantization.repair;

import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Moves outliers from activations, which share one scale, into weights (Xiao, Lin, Seznec, Wu,
 * Demouth and Han, "SmoothQuant", 2023): channel j of a layer's input is divided by {@code s_j =
 * max|X_j|^α / max|W_j|^(1−α)} in whatever produces it: a layer, a normalization, a product.
 */
public final class OutlierMigration {
  private OutlierMigration() {}

  /**
   * A network that computes the same, up to rounding.
   *
   * @param samples on which max|X_j| is measured
   * @param strength α, from 0 (weights become equal) to 1 (activations do)
   * @param step called after each sample, from any thread
   */
  public static Graph of(Graph graph, Samples samples, double strength, Runnable step) {
    List<Junction> junctions = Junction.of(graph);
    Map<String, float[]> activations = largest(graph, samples, junctions, step);
    Numbers numbers = new Numbers(graph);
    for (Junction junction : junctions) {
      junction.scale(numbers, factors(junction, numbers, activations, strength));
    }
    return numbers.finish();
  }

  private static double[] factors(
      Junction junction, Numbers numbers, Map<String, float[]> activations, double strength) {
    double[] seen = new double[junction.channels()];
    for (Junction.Absorber absorber : junction.absorbers()) {
      float[] largest = activations.get(absorber.layer().input());
      for (int i = 0; i < largest.length; i++) {
        int channel = absorber.channels().get(i);
        seen[channel] = Math.max(seen[channel], largest[i]);
      }
    }
    double[] weights = junction.absorbedMagnitudes(numbers);
    double[] factors = new double[junction.channels()];
    for (int c = 0; c < factors.length; c++) {
      factors[c] =
          seen[c] > 0 && weights[c] > 0
              ? StrictMath.pow(seen[c], strength) / StrictMath.pow(weights[c], 1 - strength)
              : 1;
    }
    return factors;
  }

  /** The largest absolute value at each index along the last axis, of each absorber's input. */
  private static Map<String, float[]> largest(
      Graph graph, Samples samples, List<Junction> junctions, Runnable step) {
    Set<String> wanted =
        junctions.stream()
            .flatMap(junction -> junction.absorbers().stream())
            .map(absorber -> absorber.layer().input())
            .collect(Collectors.toSet());
    Map<String, float[]> largest = new TreeMap<>();
    wanted.forEach(value -> largest.put(value, new float[graph.type(value).shape().extent(-1)]));
    Interpreter interpreter = new Interpreter(graph);
    samples.forEach(
        sample -> {
          Map<String, Tensor> values = interpreter.runAll(sample);
          Map<String, float[]> ofSample = new TreeMap<>();
          largest.forEach(
              (value, channels) ->
                  ofSample.put(value, magnitudes(values.get(value), channels.length)));
          step.run();
          return ofSample;
        },
        results ->
            results.forEach(
                result -> largest.forEach((value, all) -> merge(all, result.get(value)))));
    return largest;
  }

  private static float[] magnitudes(Tensor tensor, int channels) {
    float[] values = ((Tensor.Floats) tensor).values();
    float[] largest = new float[channels];
    for (int i = 0; i < values.length; i++) {
      largest[i % channels] = Math.max(largest[i % channels], Math.abs(values[i]));
    }
    return largest;
  }

  private static void merge(float[] into, float[] other) {
    for (int i = 0; i < into.length; i++) {
      into[i] = Math.max(into[i], other[i]);
    }
  }
}
