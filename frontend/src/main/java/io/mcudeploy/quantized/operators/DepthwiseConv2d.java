package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Depthwise two-dimensional convolution, NHWC, batch 1, as TFLite's DEPTHWISE_CONV_2D: output
 * channel {@code o = c · depthMultiplier + m} sees input channel c only.
 *
 * @param depthMultiplier output channels for each input channel
 * @param input storage of the input; sums over int16 are requantized in 64 bits
 * @param weights [kernelHeight][kernelWidth][outputChannels]
 * @param bias one for each output channel, the input's zero point not folded in
 * @param output one multiplier for each output channel
 */
public record DepthwiseConv2d(
    Window window,
    int depthMultiplier,
    StorageType input,
    int inputZeroPoint,
    Int8Array weights,
    Int32Array bias,
    OutputStage output)
    implements RowWindow {

  public DepthwiseConv2d {
    Checks.positive("depth multiplier", depthMultiplier);
    int outputChannels = window.inputChannels() * depthMultiplier;
    Checks.integer("input zero point", inputZeroPoint, input);
    Checks.count(
        "weights",
        (long) window.kernelHeight() * window.kernelWidth() * outputChannels,
        weights.length());
    Checks.count("biases", outputChannels, bias.length());
    Checks.count("multipliers", outputChannels, output.multipliers().size());
  }

  /** The convolution of an int8 image. */
  public DepthwiseConv2d(
      Window window,
      int depthMultiplier,
      int inputZeroPoint,
      Int8Array weights,
      Int32Array bias,
      OutputStage output) {
    this(window, depthMultiplier, StorageType.INT8, inputZeroPoint, weights, bias, output);
  }

  @Override
  public DepthwiseConv2d over(Window other) {
    return new DepthwiseConv2d(
        other, depthMultiplier, input, inputZeroPoint, weights, bias, output);
  }

  @Override
  public StorageType inputStorage(int position) {
    return input;
  }

  @Override
  public StorageType outputStorage(int position) {
    return output.storage();
  }

  public int outputChannels() {
    return window.inputChannels() * depthMultiplier;
  }

  @Override
  public String kind() {
    return "depthwise_conv2d";
  }

  @Override
  public String summary() {
    return window.summary()
        + ", "
        + window.inputChannels()
        + (depthMultiplier > 1 ? " -> " + outputChannels() : "")
        + " channels"
        + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.centred(inputs.get(0), input, window.inputElements(), inputZeroPoint);
    byte[] w = weights.toArray();
    int outputChannels = outputChannels();
    byte[] y = output.storage().image(window.outputPositions() * outputChannels);
    long[] accumulators = new long[outputChannels];
    int position = 0;
    for (int row = 0; row < window.outputHeight(); row++) {
      for (int column = 0; column < window.outputWidth(); column++) {
        for (int o = 0; o < outputChannels; o++) {
          accumulators[o] = bias.get(o);
        }
        for (int ky = window.firstKernelRow(row); ky < window.endKernelRow(row); ky++) {
          int inputRow = window.top(row) + ky * window.dilationHeight();
          for (int kx = window.firstKernelColumn(column);
              kx < window.endKernelColumn(column);
              kx++) {
            int inputColumn = window.left(column) + kx * window.dilationWidth();
            int pixel = (inputRow * window.inputWidth() + inputColumn) * window.inputChannels();
            int tap = (ky * window.kernelWidth() + kx) * outputChannels;
            int o = 0;
            for (int c = 0; c < window.inputChannels(); c++) {
              for (int m = 0; m < depthMultiplier; m++) {
                accumulators[o] += x[pixel + c] * w[tap + o];
                o++;
              }
            }
          }
        }
        for (int o = 0; o < outputChannels; o++) {
          output.store(y, position++, o, accumulators[o], input);
        }
      }
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return (long) window.outputPositions() * weights.length();
  }

  @Override
  public long parameterBytes() {
    return weights.length() + 4L * outputChannels();
  }

  @Override
  public long accumulatorBound() {
    byte[] w = weights.toArray();
    long largest = 0;
    for (int o = 0; o < outputChannels(); o++) {
      long magnitudes = 0;
      long sum = 0;
      for (int index = o; index < w.length; index += outputChannels()) {
        magnitudes += Math.abs(w[index]);
        sum += w[index];
      }
      largest =
          Math.max(
              largest,
              Accumulators.bound(
                  bias.get(o),
                  magnitudes,
                  sum,
                  input,
                  inputZeroPoint,
                  output.multipliers().get(o)));
    }
    return largest;
  }

  @Override
  public long accumulatorLimit() {
    return Accumulators.limit(input);
  }
}
