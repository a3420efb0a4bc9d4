package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * The mean of the inputs under the window, each channel by itself, NHWC, batch 1, as TFLite's int8
 * AVERAGE_POOL_2D: places outside the image are not counted, the integer sum is divided by their
 * number rounding halves away from zero, and input and output share scale and zero point. Every
 * window covers at least one place of the image.
 *
 * @param lowest lower clamp, int8
 * @param highest upper clamp, int8
 */
public record AveragePool2d(Window window, int lowest, int highest) implements IntegerOperator {
  public AveragePool2d {
    Images.requireCovered(window);
    Checks.clamp(lowest, highest);
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
    byte[] x = inputs.get(0);
    Checks.count("input elements", window.inputElements(), x.length);
    int channels = window.inputChannels();
    byte[] y = new byte[window.outputPositions() * channels];
    int position = 0;
    for (int row = 0; row < window.outputHeight(); row++) {
      for (int column = 0; column < window.outputWidth(); column++) {
        int rows = window.endKernelRow(row) - window.firstKernelRow(row);
        int columns = window.endKernelColumn(column) - window.firstKernelColumn(column);
        for (int c = 0; c < channels; c++) {
          int mean = divideRounding(sum(x, row, column, c), rows * columns);
          y[position++] = (byte) Math.max(lowest, Math.min(highest, mean));
        }
      }
    }
    return List.of(y);
  }

  private int sum(byte[] x, int row, int column, int channel) {
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
    return taps * 128 + taps / 2;
  }
}
