package io.mcudeploy.kernels;

import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;
import java.util.Optional;

/**
 * A convolution and the largest of its outputs under each window of a pool, where no output is
 * under two windows and none of them reaches beyond the outputs. Factors of requantization are not
 * negative, so it never gives less for more, nor does a clamp: the largest accumulator under a
 * window becomes the window's largest output, and none of the others needs to become one.
 *
 * @param conv with the clamps of both layers
 * @param pool over the convolution's outputs
 */
public record MaxPooling(Conv2d conv, Window pool) {
  /** The pooling of int8 images, where windows keep apart and have two places at least. */
  public static Optional<MaxPooling> of(Conv2d conv, MaxPool2d pool) {
    Window window = pool.window();
    boolean apart =
        isApart(window.outputHeight(), window.kernelHeight(), window.strideHeight())
            && isApart(window.outputWidth(), window.kernelWidth(), window.strideWidth());
    if (conv.input() != StorageType.INT8
        || pool.storage() != StorageType.INT8
        || !apart
        || window.isPadded()
        || window.dilationHeight() > 1
        || window.dilationWidth() > 1
        || window.kernelHeight() * window.kernelWidth() < 2) {
      return Optional.empty();
    }
    OutputStage stage = conv.output();
    OutputStage both =
        new OutputStage(
            stage.multipliers(),
            stage.zeroPoint(),
            clamped(stage.lowest(), pool),
            clamped(stage.highest(), pool));
    return Optional.of(
        new MaxPooling(
            new Conv2d(
                conv.window(),
                conv.outputChannels(),
                conv.groups(),
                conv.inputZeroPoint(),
                conv.weights(),
                conv.bias(),
                both),
            window));
  }

  private static boolean isApart(int outputs, int kernel, int stride) {
    return outputs == 1 || stride >= kernel;
  }

  private static int clamped(int value, MaxPool2d pool) {
    return Math.max(pool.lowest(), Math.min(pool.highest(), value));
  }

  /** Outputs of the convolution under a window of the pool. */
  public int places() {
    return pool.kernelHeight() * pool.kernelWidth();
  }

  /** Whether the pool's windows are squares of some side, each next to the other. */
  public boolean hasWindows(int side) {
    return pool.kernelHeight() == side
        && pool.kernelWidth() == side
        && (pool.outputHeight() == 1 || pool.strideHeight() == side)
        && (pool.outputWidth() == 1 || pool.strideWidth() == side);
  }

  /** The convolution's window over the outputs that are in such squares. */
  public Window tiled(int side) {
    return strided(pool.outputHeight() * side, pool.outputWidth() * side, 1, 1);
  }

  /** Pairs of places, of which an odd last one is twice in the last. */
  public int pairs() {
    return (places() + 1) / 2;
  }

  /** The place of position {@code i} of a pair that begins at {@code place}, in C. */
  public String placeOfPair() {
    if (pairs() == 1) {
      return "i";
    }
    return places() % 2 == 0 ? "place + i" : "min32(place + i, %d)".formatted(places() - 1);
  }

  /** Where the last pair begins, in a list; none if there is only one. */
  public List<Integer> lastPairs() {
    return pairs() == 1 ? List.of() : List.of(2 * pairs() - 2);
  }

  /** What a kernel's function is called. */
  public String stem(String how) {
    Window window = conv.window();
    return "conv2d_max_pool_%s%dx%dx%d_to_%dx%dx%d"
        .formatted(
            how,
            window.inputHeight(),
            window.inputWidth(),
            window.inputChannels(),
            pool.outputHeight(),
            pool.outputWidth(),
            conv.outputChannels());
  }

  /** The first of the convolution's windows under each of the pool's. */
  public Window firsts() {
    return strided(
        pool.outputHeight(), pool.outputWidth(), pool.strideHeight(), pool.strideWidth());
  }

  /** The convolution's window at so many outputs, every so many rows and columns. */
  private Window strided(int height, int width, int everyRow, int everyColumn) {
    Window window = conv.window();
    return new Window(
        window.inputHeight(),
        window.inputWidth(),
        window.inputChannels(),
        height,
        width,
        window.kernelHeight(),
        window.kernelWidth(),
        everyRow * window.strideHeight(),
        everyColumn * window.strideWidth(),
        window.dilationHeight(),
        window.dilationWidth(),
        window.paddingTop(),
        window.paddingLeft());
  }
}
