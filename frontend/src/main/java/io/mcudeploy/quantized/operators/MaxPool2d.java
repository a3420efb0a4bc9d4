package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * The largest input under the window, each channel by itself, NHWC, batch 1, as TFLite's
 * MAX_POOL_2D: places outside the image are left out, and input and output share scale and zero
 * point. Every window covers at least one place of the image.
 *
 * @param lowest lower clamp
 * @param highest upper clamp
 * @param storage of both tensors
 */
public record MaxPool2d(Window window, int lowest, int highest, StorageType storage)
    implements RowWindow {
  public MaxPool2d {
    Images.requireCovered(window);
    Checks.clamp(lowest, highest, storage);
  }

  /** The pool of int8 numbers. */
  public MaxPool2d(Window window, int lowest, int highest) {
    this(window, lowest, highest, StorageType.INT8);
  }

  @Override
  public MaxPool2d over(Window other) {
    return new MaxPool2d(other, lowest, highest, storage);
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
    return "max_pool2d";
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
        for (int c = 0; c < channels; c++) {
          int largest = storage.lowest();
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
          storage.put(y, position++, Math.max(lowest, Math.min(highest, largest)));
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
