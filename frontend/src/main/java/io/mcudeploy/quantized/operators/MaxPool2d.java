package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * The largest input under the window, each channel by itself, NHWC, batch 1, as TFLite's
 * MAX_POOL_2D: places outside the image are left out, and input and output share scale and zero
 * point. Every window covers at least one place of the image.
 *
 * @param lowest lower clamp, int8
 * @param highest upper clamp, int8
 */
public record MaxPool2d(Window window, int lowest, int highest) implements IntegerOperator {
  public MaxPool2d {
    Images.requireCovered(window);
    Checks.clamp(lowest, highest);
  }

  @Override
  public String kind() {
    return "max_pool2d";
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
        for (int c = 0; c < channels; c++) {
          int largest = -128;
          for (int ky = window.firstKernelRow(row); ky < window.endKernelRow(row); ky++) {
            int inputRow = window.top(row) + ky * window.dilationHeight();
            for (int kx = window.firstKernelColumn(column);
                kx < window.endKernelColumn(column);
                kx++) {
              int inputColumn = window.left(column) + kx * window.dilationWidth();
              largest =
                  Math.max(
                      largest, x[(inputRow * window.inputWidth() + inputColumn) * channels + c]);
            }
          }
          y[position++] = (byte) Math.max(lowest, Math.min(highest, largest));
        }
      }
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    return 0;
  }
}
