package io.mcudeploy.onnx;

import io.mcudeploy.operators.Sampling.Taps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Which elements of an axis make up what lies at a coordinate, as ONNX's Resize defines it.
 *
 * @param kernel an element's weight by its distance from the coordinate, 0 at {@code reach} and
 *     beyond; weights are divided by their sum
 * @param excludeOutside whether elements outside the axis are left out; else the axis goes on with
 *     its outermost elements
 */
record Interpolation(DoubleUnaryOperator kernel, double reach, boolean excludeOutside) {

  static Interpolation linear() {
    return new Interpolation(distance -> Math.max(0, 1 - Math.abs(distance)), 1, false);
  }

  /** Cubic convolution (Keys, 1981) with the free parameter a. */
  static Interpolation cubic(double a, boolean excludeOutside) {
    return new Interpolation(distance -> cubic(Math.abs(distance), a), 2, excludeOutside);
  }

  private static double cubic(double x, double a) {
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }

  /** The kernel stretched so that it sees every element of an axis that shrinks. */
  Interpolation antialiased(double scale) {
    return scale >= 1
        ? this
        : new Interpolation(
            distance -> kernel.applyAsDouble(distance * scale), reach / scale, excludeOutside);
  }

  /** The elements around a coordinate that may lie outside the axis. */
  Taps at(double coordinate, int extent) {
    int lowest = (int) Math.ceil(coordinate - reach);
    int highest = (int) Math.floor(coordinate + reach);
    int first = within(lowest, extent);
    List<Double> weights =
        new ArrayList<>(Collections.nCopies(within(highest, extent) - first + 1, 0.0));
    double sum = 0;
    for (int position = lowest; position <= highest; position++) {
      int inside = within(position, extent);
      if (excludeOutside && inside != position) {
        continue;
      }
      double weight = kernel.applyAsDouble(position - coordinate);
      weights.set(inside - first, weights.get(inside - first) + weight);
      sum += weight;
    }
    double total = sum;
    weights.replaceAll(weight -> weight / total);
    return trimmed(first, weights);
  }

  /** Without the neighbours at either end that have no share. */
  private static Taps trimmed(int first, List<Double> weights) {
    int start = 0;
    int end = weights.size();
    while (end - start > 1 && weights.get(start) == 0) {
      start++;
    }
    while (end - start > 1 && weights.get(end - 1) == 0) {
      end--;
    }
    return new Taps(first + start, weights.subList(start, end));
  }

  /** The nearest position of the axis. */
  static int within(double position, int extent) {
    return (int) Math.max(0, Math.min(extent - 1, position));
  }
}
