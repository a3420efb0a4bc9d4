package io.mcudeploy.quantization.repair;

/**
 * Rounds the weights of one output so that the error of the sum, not of each weight, is least. With
 * r the differences between the real weights and the integers, in steps, the mean square error of
 * the sum is {@code rᵀ·H·r}, H being the mean of x·xᵀ: the objective that AdaRound (Nagel and
 * others, 2020) and GPTQ (Frantar and others, 2023) minimize. Starting from the nearest integers,
 * the one weight whose rounding the other way helps most is changed, again and again, until none
 * helps: coordinate descent, as in CDQuant (Nair and Suggala, 2024). Each weight stays one of the
 * two integers next to it.
 */
final class LeastErrorRounding {
  /** Of the mean of the diagonal, added to it: what was hardly observed is rounded to nearest. */
  private static final double DAMPING = 0.01;

  private final double[] gram;
  private final double[] diagonal;
  private final int size;

  /**
   * @param gram H up to a factor, row-major
   */
  LeastErrorRounding(double[] gram, int size) {
    this.gram = gram;
    this.size = size;
    this.diagonal = new double[size];
    double mean = 0;
    for (int i = 0; i < size; i++) {
      mean += gram[i * size + i] / size;
    }
    for (int i = 0; i < size; i++) {
      diagonal[i] = gram[i * size + i] + DAMPING * mean;
    }
  }

  /**
   * Rounds in place.
   *
   * @param integers real numbers, in steps, of which {@code size} from {@code start} on are
   *     rounded; those next to ±{@code limit} stay within
   */
  void round(double[] integers, int start, int limit) {
    double[] residual = new double[size];
    for (int i = 0; i < size; i++) {
      double nearest = Math.max(-limit, Math.min(limit, Math.rint(integers[start + i])));
      residual[i] = integers[start + i] - nearest;
      integers[start + i] = nearest;
    }
    double[] gradient = new double[size];
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < size; k++) {
        gradient[i] += entry(i, k) * residual[k];
      }
    }
    // Every change lowers the error, so this ends; the count only bounds the time.
    for (int change = 0; change < 4 * size; change++) {
      int best = -1;
      double most = 0;
      for (int i = 0; i < size; i++) {
        double gain = gain(i, residual[i], gradient[i]);
        if (gain > most && Math.abs(integers[start + i] + Math.signum(residual[i])) <= limit) {
          most = gain;
          best = i;
        }
      }
      if (best < 0) {
        return;
      }
      double step = Math.signum(residual[best]);
      integers[start + best] += step;
      residual[best] -= step;
      for (int i = 0; i < size; i++) {
        gradient[i] -= step * entry(i, best);
      }
    }
  }

  /** By how much the error falls if a weight is rounded the other way; not positive if it grows. */
  private double gain(int index, double residual, double gradient) {
    return 2 * gradient * Math.signum(residual) - diagonal[index];
  }

  private double entry(int row, int column) {
    return row == column ? diagonal[row] : gram[row * size + column];
  }
}
