package io.mcudeploy.quantized.operators;

/** The golden model's inner loops. */
final class Images {
  private Images() {}

  /** The image minus its zero point. */
  static int[] centred(byte[] image, int elements, int zeroPoint) {
    Checks.count("input elements", elements, image.length);
    int[] centred = new int[elements];
    for (int i = 0; i < elements; i++) {
      centred[i] = image[i] - zeroPoint;
    }
    return centred;
  }

  /** Refuses a window that has nothing to pool at some position. */
  static void requireCovered(Window window) {
    for (int row = 0; row < window.outputHeight(); row++) {
      Checks.require(
          window.firstKernelRow(row) < window.endKernelRow(row), "a window is all padding");
    }
    for (int column = 0; column < window.outputWidth(); column++) {
      Checks.require(
          window.firstKernelColumn(column) < window.endKernelColumn(column),
          "a window is all padding");
    }
  }

  /**
   * {@code accumulators[o] += Σ x[xStart + i] · w[o · wStride + wStart + i]} over i &lt; count, for
   * {@code outputs} values of o from {@code first} on. Four outputs at a time: an operand loaded
   * once serves four products.
   */
  static void multiplyAccumulate(
      int[] x,
      int xStart,
      byte[] w,
      int wStart,
      int wStride,
      int count,
      int[] accumulators,
      int first,
      int outputs) {
    int o = first;
    int end = first + outputs;
    for (; o + 4 <= end; o += 4) {
      int w0 = o * wStride + wStart;
      int w1 = w0 + wStride;
      int w2 = w1 + wStride;
      int w3 = w2 + wStride;
      int sum0 = 0;
      int sum1 = 0;
      int sum2 = 0;
      int sum3 = 0;
      for (int i = 0; i < count; i++) {
        int value = x[xStart + i];
        sum0 += value * w[w0 + i];
        sum1 += value * w[w1 + i];
        sum2 += value * w[w2 + i];
        sum3 += value * w[w3 + i];
      }
      accumulators[o] += sum0;
      accumulators[o + 1] += sum1;
      accumulators[o + 2] += sum2;
      accumulators[o + 3] += sum3;
    }
    for (; o < end; o++) {
      int start = o * wStride + wStart;
      int sum = 0;
      for (int i = 0; i < count; i++) {
        sum += x[xStart + i] * w[start + i];
      }
      accumulators[o] += sum;
    }
  }
}
