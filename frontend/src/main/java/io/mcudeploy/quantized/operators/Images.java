package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.StorageType;

/** The golden model's inner loops. */
final class Images {
  /** Products of a centred int16 and an int8, |x · w| ≤ 65,535 · 128, whose sum fits an int32. */
  private static final int INT32_PRODUCTS = 255;

  private Images() {}

  /** The image minus its zero point. */
  static int[] centred(byte[] image, int elements, int zeroPoint) {
    return centred(image, StorageType.INT8, elements, zeroPoint);
  }

  /** The image minus its zero point. */
  static int[] centred(byte[] image, StorageType storage, int elements, int zeroPoint) {
    int[] centred = integers(image, storage, elements);
    for (int i = 0; i < elements; i++) {
      centred[i] -= zeroPoint;
    }
    return centred;
  }

  /** The integers of an image. */
  static int[] integers(byte[] image, StorageType storage, int elements) {
    Checks.count("input bytes", (long) elements * storage.bytes(), image.length);
    int[] integers = new int[elements];
    for (int i = 0; i < elements; i++) {
      integers[i] = storage.get(image, i);
    }
    return integers;
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
   * {@code outputs} values of o from {@code first} on.
   */
  static void multiplyAccumulate(
      int[] x,
      int xStart,
      byte[] w,
      int wStart,
      int wStride,
      int count,
      long[] accumulators,
      int first,
      int outputs) {
    for (int done = 0; done < count; done += INT32_PRODUCTS) {
      int products = Math.min(INT32_PRODUCTS, count - done);
      addProducts(
          x, xStart + done, w, wStart + done, wStride, products, accumulators, first, outputs);
    }
  }

  /** At most {@link #INT32_PRODUCTS}. Four outputs at a time: an operand serves four products. */
  private static void addProducts(
      int[] x,
      int xStart,
      byte[] w,
      int wStart,
      int wStride,
      int count,
      long[] accumulators,
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
