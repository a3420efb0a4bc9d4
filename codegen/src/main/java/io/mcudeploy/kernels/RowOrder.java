package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Window;
import java.util.OptionalInt;

/**
 * How far a layer that works row by row may write over its own input. A kernel that has finished
 * all rows up to one needs no more of the input than the window of the next row reaches, so its
 * output may lie in the same memory as the input if it begins early enough never to overtake what
 * is still to be read.
 *
 * <pre>
 *   input            |··rows that are still read··············|
 *   output   |·rows written·|
 *            |─ lead ─|
 * </pre>
 */
public final class RowOrder {
  private RowOrder() {}

  /**
   * The bytes by which the output has to begin before the input.
   *
   * @param window of the layer, NHWC
   * @param inputBytes of an element of the input
   * @param outputBytes of an output position
   * @param ahead positions of the next row that the kernel may write before a row is complete
   * @return nothing if that is as much as an output of its own
   */
  public static OptionalInt lead(Window window, int inputBytes, int outputBytes, int ahead) {
    long inputRow = (long) window.inputWidth() * window.inputChannels() * inputBytes;
    long outputRow = (long) window.outputWidth() * outputBytes;
    long lead = 0;
    for (int row = 0; row < window.outputHeight(); row++) {
      long written = (row + 1) * outputRow + (long) ahead * outputBytes;
      long read = Math.max(0, window.top(row)) * inputRow;
      lead = Math.max(lead, Math.min(written, window.outputHeight() * outputRow) - read);
    }
    return lead < window.outputHeight() * outputRow
        ? OptionalInt.of((int) lead)
        : OptionalInt.empty();
  }
}
