package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * The mean of the inputs under the window, each channel by itself, NHWC, batch 1, as TFLite's
 * AVERAGE_POOL_2D: places outside the image are not counted, the integer sum is divided by their
 * number rounding halves away from zero, and input and output share scale and zero point. Every
 * window covers at least one place of the image.
 *
 * @param lowest lower clamp
 * @param highest upper clamp
 * @param storage of both tensors
 */
public record AveragePool2d(Window window, int lowest, int highest, StorageType storage)
    implements RowWindow {
  public AveragePool2d {
    Images.requireCovered(window);
    Checks.clamp(lowest, highest, storage);
  }

  /** The pool of int8 numbers. */
  public AveragePool2d(Window window, int lowest, int highest) {
    this(window, lowest, highest, StorageType.INT8);
  }

  @Override
  public AveragePool2d over(Window other) {
    return new AveragePool2d(other, lowest, highest, storage);
  }

  @Override
  public StorageType inputStorage(int input) {
    return storage;
  }

  @Override
  public StorageType outputStorage(int output) {
    return storage;
  }

  @Override
  public String kind() {
    return "average_pool2d";
  }

  @Override
  public String summary() {
    return window.summary() + ", " + window.inputChannels() + " channels";
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.integers(inputs.get(0), storage, window.inputElements());
    int channels = window.inputChannels();
    byte[] y = storage.image(window.outputPositions() * channels);
    int position = 0;
    for (int row = 0; row < window.outputHeight(); row++) {
      for (int column = 0; column < window.outputWidth(); column++) {
        int rows = window.endKernelRow(row) - window.firstKernelRow(row);
        int columns = window.endKernelColumn(column) - window.firstKernelColumn(column);
        for (int c = 0; c < channels; c++) {
          int mean = divideRounding(sum(x, row, column, c), rows * columns);
          storage.put(y, position++, Math.max(lowest, Math.min(highest, mean)));
        }
      }
    }
    return List.of(y);
  }

  private int sum(int[] x, int row, int column, int channel) {
    int sum = 0;
    for (int ky = window.firstKernelRow(row); ky < window.endKernelRow(row); ky++) {
      int inputRow = window.top(row) + ky * window.dilationHeight();
      for (int kx = window.firstKernelColumn(column); kx < window.endKernelColumn(column); kx++) {
        int inputColumn = window.left(column) + kx * window.dilationWidth();
        sum += x[(inputRow * window.inputWidth() + inputColumn) * window.inputChannels() + channel];
      }
    }
    return sum;
  }

  /** The nearest integer to sum / count, halves away from zero. */
  static int divideRounding(int sum, int count) {
    return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    return 0;
  }

  @Override
  public long accumulatorBound() {
    long taps = (long) window.kernelHeight() * window.kernelWidth();
    return taps * -storage.lowest() + taps / 2;
  }
}
