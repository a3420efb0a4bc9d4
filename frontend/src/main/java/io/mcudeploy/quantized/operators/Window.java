package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Rows;

/**
 * How a two-dimensional kernel moves over an NHWC image, batch 1: the geometry that convolutions
 * and pools share. Output (y, x) covers the input rows {@code y · strideHeight − paddingTop + ky ·
 * dilationHeight}, 0 ≤ ky &lt; kernelHeight, and the columns likewise; places outside the image
 * count as real 0 in convolutions and are left out in pools. The padding at the bottom and on the
 * right follows from the output's size.
 */
public record Window(
    int inputHeight,
    int inputWidth,
    int inputChannels,
    int outputHeight,
    int outputWidth,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int paddingTop,
    int paddingLeft) {

  public Window {
    Checks.positive("input height", inputHeight);
    Checks.positive("input width", inputWidth);
    Checks.positive("input channels", inputChannels);
    Checks.positive("output height", outputHeight);
    Checks.positive("output width", outputWidth);
    Checks.positive("kernel height", kernelHeight);
    Checks.positive("kernel width", kernelWidth);
    Checks.positive("stride", strideHeight);
    Checks.positive("stride", strideWidth);
    Checks.positive("dilation", dilationHeight);
    Checks.positive("dilation", dilationWidth);
    Checks.require(paddingTop >= 0 && paddingLeft >= 0, "negative padding");
  }

  /** The window without dilation or padding; the output is as large as fits. */
  public static Window valid(
      int inputHeight,
      int inputWidth,
      int inputChannels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth) {
    return new Window(
        inputHeight,
        inputWidth,
        inputChannels,
        (inputHeight - kernelHeight) / strideHeight + 1,
        (inputWidth - kernelWidth) / strideWidth + 1,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        1,
        1,
        0,
        0);
  }

  /** Elements of the input image. */
  public int inputElements() {
    return inputHeight * inputWidth * inputChannels;
  }

  /** Positions of the kernel. */
  public int outputPositions() {
    return outputHeight * outputWidth;
  }

  /** The input row under the kernel's first row at an output row; negative in the padding. */
  public int top(int outputRow) {
    return outputRow * strideHeight - paddingTop;
  }

  /** The input column under the kernel's first column at an output column. */
  public int left(int outputColumn) {
    return outputColumn * strideWidth - paddingLeft;
  }

  /** The first kernel row that is inside the image at an output row. */
  public int firstKernelRow(int outputRow) {
    return first(top(outputRow), dilationHeight);
  }

  /** One past the last kernel row inside the image; at most {@link #firstKernelRow} if none is. */
  public int endKernelRow(int outputRow) {
    return end(top(outputRow), dilationHeight, kernelHeight, inputHeight);
  }

  /** The first kernel column that is inside the image at an output column. */
  public int firstKernelColumn(int outputColumn) {
    return first(left(outputColumn), dilationWidth);
  }

  /** One past the last kernel column inside the image. */
  public int endKernelColumn(int outputColumn) {
    return end(left(outputColumn), dilationWidth, kernelWidth, inputWidth);
  }

  /** Whether some position of the kernel reaches outside the image. */
  public boolean isPadded() {
    return paddingTop > 0 || paddingLeft > 0 || paddingBottom() > 0 || paddingRight() > 0;
  }

  /** Rows below the image that the kernel reaches. */
  public int paddingBottom() {
    return Math.max(
        0, top(outputHeight - 1) + (kernelHeight - 1) * dilationHeight + 1 - inputHeight);
  }

  /** Columns on the right of the image that the kernel reaches. */
  public int paddingRight() {
    return Math.max(0, left(outputWidth - 1) + (kernelWidth - 1) * dilationWidth + 1 - inputWidth);
  }

  /** Whether the only position of the kernel covers the whole image and nothing else. */
  public boolean coversImage() {
    return outputPositions() == 1
        && !isPadded()
        && kernelHeight == inputHeight
        && kernelWidth == inputWidth;
  }

  /** The same window over an image of other channels. */
  public Window withChannels(int channels) {
    return new Window(
        inputHeight,
        inputWidth,
        channels,
        outputHeight,
        outputWidth,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        paddingTop,
        paddingLeft);
  }

  /** Of a column of pixels the window over a row, which is the same memory; else this window. */
  public Window lying() {
    return inputWidth == 1 && outputWidth == 1 && kernelWidth == 1 ? turned() : this;
  }

  /** Whether the image is a single line, so that rows are what is one pixel wide. */
  private boolean isLine() {
    boolean pixel = inputWidth == 1 && outputWidth == 1 && kernelWidth == 1;
    return inputHeight == 1 && outputHeight == 1 && kernelHeight == 1 && !pixel;
  }

  /** This window with rows and columns exchanged; of a line the same memory. */
  private Window turned() {
    return new Window(
        inputWidth,
        inputHeight,
        inputChannels,
        outputWidth,
        outputHeight,
        kernelWidth,
        kernelHeight,
        strideWidth,
        strideHeight,
        dilationWidth,
        dilationHeight,
        paddingLeft,
        paddingTop);
  }

  /** {@linkplain io.mcudeploy.quantized.Rows Rows} of the input. */
  int inputRows() {
    return isLine() ? inputWidth : inputHeight;
  }

  /** {@linkplain io.mcudeploy.quantized.Rows Rows} of the output. */
  int outputRows() {
    return isLine() ? outputWidth : outputHeight;
  }

  /** Whether no row of the output lies wholly above or below the image. */
  boolean everyRowReachesTheImage() {
    if (isLine()) {
      return turned().everyRowReachesTheImage();
    }
    return (kernelHeight - 1) * dilationHeight >= paddingTop && top(outputHeight - 1) < inputHeight;
  }

  /** The rows of the input from the first to the last that some rows of the output reach. */
  Rows rowsBehind(Rows output) {
    if (isLine()) {
      return turned().rowsBehind(output);
    }
    int end = top(output.end() - 1) + (kernelHeight - 1) * dilationHeight + 1;
    return new Rows(Math.max(0, top(output.first())), Math.min(inputHeight, end));
  }

  /** The window that gives some rows of the output from {@link #rowsBehind} them. */
  Window band(Rows output) {
    if (isLine()) {
      return turned().band(output).turned();
    }
    Rows input = rowsBehind(output);
    return new Window(
        input.count(),
        inputWidth,
        inputChannels,
        output.count(),
        outputWidth,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        input.first() - top(output.first()),
        paddingLeft);
  }

  /** Whether no column of the output lies wholly beside the image. */
  boolean everyColumnReachesTheImage() {
    return turned().everyRowReachesTheImage();
  }

  /** The columns of the input from the first to the last that some output columns reach. */
  Rows columnsBehind(Rows output) {
    return turned().rowsBehind(output);
  }

  /** The window that gives some columns of the output from {@link #columnsBehind} them. */
  Window stripe(Rows output) {
    return turned().band(output).turned();
  }

  /** As {@code 3x3 stride 2 dilation 2 pad 1,1,0,0}: top, left, bottom, right. */
  public String summary() {
    StringBuilder text = new StringBuilder(kernelHeight + "x" + kernelWidth);
    pair(text, "stride", strideHeight, strideWidth);
    pair(text, "dilation", dilationHeight, dilationWidth);
    if (isPadded()) {
      text.append(" pad ").append(paddingTop).append(',').append(paddingLeft);
      text.append(',').append(paddingBottom()).append(',').append(paddingRight());
    }
    return text.toString();
  }

  private static void pair(StringBuilder text, String what, int height, int width) {
    if (height != 1 || width != 1) {
      text.append(' ').append(what).append(' ').append(height);
      if (height != width) {
        text.append('x').append(width);
      }
    }
  }

  private static int first(int start, int dilation) {
    return start >= 0 ? 0 : (-start + dilation - 1) / dilation;
  }

  private static int end(int start, int dilation, int kernel, int extent) {
    return start >= extent ? 0 : Math.min(kernel, (extent - start + dilation - 1) / dilation);
  }
}
