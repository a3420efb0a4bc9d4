package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Window;
import java.util.LinkedHashMap;
import java.util.Map;

/** The numbers of a window as templates name them. */
final class Geometry {
  private Geometry() {}

  /**
   * Extents under the names of {@link Window}, and strides in elements: {@code rowStep} and {@code
   * columnStep} from output to output, {@code tapRow} and {@code tapColumn} from tap to tap, {@code
   * origin} from the first window's corner to the image, as something to append to an index.
   */
  static Map<String, Object> of(Window window) {
    int pixel = window.inputChannels();
    int row = window.inputWidth() * pixel;
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("inputHeight", window.inputHeight());
    numbers.put("inputWidth", window.inputWidth());
    numbers.put("inputChannels", window.inputChannels());
    numbers.put("outputHeight", window.outputHeight());
    numbers.put("outputWidth", window.outputWidth());
    numbers.put("kernelHeight", window.kernelHeight());
    numbers.put("kernelWidth", window.kernelWidth());
    numbers.put("strideHeight", window.strideHeight());
    numbers.put("strideWidth", window.strideWidth());
    numbers.put("dilationHeight", window.dilationHeight());
    numbers.put("dilationWidth", window.dilationWidth());
    numbers.put("top", OutputCode.plus(-window.paddingTop()));
    numbers.put("left", OutputCode.plus(-window.paddingLeft()));
    numbers.put("reachHeight", (window.kernelHeight() - 1) * window.dilationHeight() + 1);
    numbers.put("reachWidth", (window.kernelWidth() - 1) * window.dilationWidth() + 1);
    numbers.put("rowStep", window.strideHeight() * row);
    numbers.put("columnStep", window.strideWidth() * pixel);
    numbers.put("tapRow", window.dilationHeight() * row);
    numbers.put("tapColumn", window.dilationWidth() * pixel);
    numbers.put(
        "origin", OutputCode.plus(-window.paddingTop() * row - window.paddingLeft() * pixel));
    return numbers;
  }

  /** For function names: {@code 3x3_s2_32x32x16_16x16}, kernel, stride if any, input, output. */
  static String stem(Window window) {
    boolean strided = window.strideHeight() != 1 || window.strideWidth() != 1;
    boolean square = window.strideHeight() == window.strideWidth();
    return window.kernelHeight()
        + "x"
        + window.kernelWidth()
        + (strided ? "_s" + window.strideHeight() + (square ? "" : "x" + window.strideWidth()) : "")
        + "_"
        + window.inputHeight()
        + "x"
        + window.inputWidth()
        + "x"
        + window.inputChannels()
        + "_"
        + window.outputHeight()
        + "x"
        + window.outputWidth();
  }
}
