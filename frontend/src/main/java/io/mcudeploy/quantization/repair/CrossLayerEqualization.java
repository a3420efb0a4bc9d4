package io.mcudeploy.quantization.repair;

import io.mcudeploy.ir.Graph;
import java.util.List;

/**
 * Lets the weights on both sides of a channel be equally large (Nagel, van Baalen, Blankevoort and
 * Welling, "Data-free quantization through weight equalization and bias correction", 2019): channel
 * c is divided by {@code s = sqrt(r1 / r2)}, r1 being the largest weight that gives the channel and
 * r2 the largest that sees it. Both are then {@code sqrt(r1 · r2)}. Repeated, since the layers of a
 * chain depend on each other.
 */
public final class CrossLayerEqualization {
  private static final int MOST_ROUNDS = 20;

  /** Factors nearer to 1 are not worth another round. */
  private static final double SETTLED = 1e-3;

  private CrossLayerEqualization() {}

  /** A network that computes the same, up to rounding. */
  public static Graph of(Graph graph) {
    List<Junction> junctions =
        Junction.of(graph).stream().filter(Junction::isBetweenLayers).toList();
    Numbers numbers = new Numbers(graph);
    double largest = Double.POSITIVE_INFINITY;
    for (int round = 0; round < MOST_ROUNDS && largest > SETTLED; round++) {
      largest = 0;
      for (Junction junction : junctions) {
        largest = Math.max(largest, equalize(junction, numbers));
      }
    }
    return numbers.finish();
  }

  /** The largest logarithm of any factor. */
  private static double equalize(Junction junction, Numbers numbers) {
    double[] given = junction.producedMagnitudes(numbers);
    double[] seen = junction.absorbedMagnitudes(numbers);
    double[] factors = new double[junction.channels()];
    double largest = 0;
    for (int c = 0; c < factors.length; c++) {
      factors[c] = given[c] > 0 && seen[c] > 0 ? Math.sqrt(given[c] / seen[c]) : 1;
      largest = Math.max(largest, Math.abs(StrictMath.log(factors[c])));
    }
    junction.scale(numbers, factors);
    return largest;
  }
}
