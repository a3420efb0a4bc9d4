package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What templates name of a window that they gather into scratch, two positions at a time. */
public final class WindowCode {
  private WindowCode() {}

  /** The name of a function that goes over an image with a window, channel by channel. */
  public static String stem(String operator, Window window) {
    return "%s_%dx%dx%d_to_%dx%d"
        .formatted(
            operator,
            window.inputHeight(),
            window.inputWidth(),
            window.inputChannels(),
            window.outputHeight(),
            window.outputWidth());
  }

  /** The same for one whose output has channels of its own. */
  public static String stem(String operator, Window window, int outputChannels) {
    return stem(operator, window) + "x" + outputChannels;
  }

  /** A code with all that the templates' {@code window_shape} and loops name. */
  public static KernelCode with(KernelCode code, Window window, int zeroPoint) {
    return geometry(code, window, zeroPoint, window.outputPositions())
        .with("lastPair", window.outputPositions() - 2)
        .with("top", top(window))
        .with("left", left(window));
  }

  private static KernelCode geometry(KernelCode code, Window window, int zeroPoint, int positions) {
    return code.with("inputHeight", window.inputHeight())
        .with("inputWidth", window.inputWidth())
        .with("inputChannels", window.inputChannels())
        .with("kernelHeight", window.kernelHeight())
        .with("kernelWidth", window.kernelWidth())
        .with("strideHeight", window.strideHeight())
        .with("strideWidth", window.strideWidth())
        .with("dilationHeight", window.dilationHeight())
        .with("dilationWidth", window.dilationWidth())
        .with("paddingTop", window.paddingTop())
        .with("paddingLeft", window.paddingLeft())
        .with("padded", window.isPadded() ? 1 : 0)
        .with("inputZeroPoint", zeroPoint)
        .with("outputHeight", window.outputHeight())
        .with("outputWidth", window.outputWidth())
        .with("positions", positions);
  }

  /**
   * The same for windows that a pool takes together: {@code top} and {@code left} are where the one
   * at place {@code at} of the pool's output {@code position} begins. The list of pools has one
   * element, which says where the first of the windows begins.
   *
   * @param pool without padding or dilation, over the outputs of {@code window}
   */
  public static KernelCode pooled(KernelCode code, Window window, Window pool, int zeroPoint) {
    int rows = pool.strideHeight() * window.strideHeight();
    int columns = pool.strideWidth() * window.strideWidth();
    boolean oneRow = pool.outputHeight() == 1;
    boolean oneColumn = pool.outputWidth() == 1;
    String row = oneColumn ? "position" : "position / " + pool.outputWidth();
    String column = oneRow ? "position" : "position % " + pool.outputWidth();
    String placeRow = pool.kernelWidth() == 1 ? "at" : "at / " + pool.kernelWidth();
    String placeColumn = pool.kernelHeight() == 1 ? "at" : "at % " + pool.kernelWidth();
    Map<String, Object> first = new LinkedHashMap<>();
    first.put("height", pool.kernelHeight());
    first.put("width", pool.kernelWidth());
    first.put("top", begin(oneRow, row, rows, window.paddingTop()));
    first.put("left", begin(oneColumn, column, columns, window.paddingLeft()));
    return geometry(code, window, zeroPoint, pool.outputPositions())
        .with("pools", List.of(first))
        .with(
            "top",
            pool.kernelHeight() == 1 ? "top" : placed("top", placeRow, window.strideHeight()))
        .with(
            "left",
            pool.kernelWidth() == 1 ? "left" : placed("left", placeColumn, window.strideWidth()));
  }

  private static String begin(boolean single, String position, int stride, int padding) {
    return single
        ? Integer.toString(-padding)
        : "%s * %d - %d".formatted(position, stride, padding);
  }

  private static String placed(String first, String place, int stride) {
    return first + " + " + place + (stride == 1 ? "" : " * " + stride);
  }

  /**
   * The same with the places of windows as products, for cores that would call a function to
   * divide.
   */
  static KernelCode undivided(KernelCode code, Window window, int zeroPoint) {
    Optional<String> row = quotient(window.outputPositions() - 1, window.outputWidth());
    if (hasOneRow(window) || row.isEmpty()) {
      return with(code, window, zeroPoint);
    }
    String column = "(at - %s * %d)".formatted(row.get(), window.outputWidth());
    return geometry(code, window, zeroPoint, window.outputPositions())
        .with("lastPair", window.outputPositions() - 2)
        .with(
            "top", "%s * %d - %d".formatted(row.get(), window.strideHeight(), window.paddingTop()))
        .with("left", "%s * %d - %d".formatted(column, window.strideWidth(), window.paddingLeft()));
  }

  /**
   * {@code at / divisor} as the upper part of a product: with m = (2^s + e) / divisor, at · m / 2^s
   * is too large by at · e / (divisor · 2^s), which crosses no whole number while at · e &lt; 2^s.
   * Empty if no such product of a number up to {@code highest} keeps to 32 bits.
   */
  static Optional<String> quotient(int highest, int divisor) {
    for (int shift = 1; shift < 31; shift++) {
      long power = 1L << shift;
      long factor = power / divisor + 1;
      long excess = factor * divisor - power;
      if (highest * excess < power && highest * factor < 1L << 32) {
        return Optional.of("(int32_t)(((uint32_t)at * %du) >> %d)".formatted(factor, shift));
      }
    }
    return Optional.empty();
  }

  /** The row of the input where the window of output position {@code at} begins. */
  private static String top(Window window) {
    if (hasOneRow(window)) {
      return Integer.toString(-window.paddingTop());
    }
    return "at / %d * %d - %d"
        .formatted(window.outputWidth(), window.strideHeight(), window.paddingTop());
  }

  /** The column. */
  private static String left(Window window) {
    if (hasOneRow(window)) {
      return "at * %d - %d".formatted(window.strideWidth(), window.paddingLeft());
    }
    return "at %% %d * %d - %d"
        .formatted(window.outputWidth(), window.strideWidth(), window.paddingLeft());
  }

  /** Whether all windows begin in one row, or rows do not matter. */
  private static boolean hasOneRow(Window window) {
    return isLine(window) || window.outputHeight() == 1;
  }

  /** Whether windows are the image's pixels one by one, so that rows do not matter. */
  private static boolean isLine(Window window) {
    return window.kernelHeight() == 1
        && window.kernelWidth() == 1
        && window.strideHeight() == 1
        && window.strideWidth() == 1
        && !window.isPadded()
        && window.inputWidth() == window.outputWidth();
  }
}
