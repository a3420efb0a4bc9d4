package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.StorageType;
import java.util.List;
import java.util.Optional;

/**
 * Two-dimensional convolution, NHWC, batch 1, as TFLite's CONV_2D: {@code y[p][o] = output(bias[o]
 * + Σ (x − inputZeroPoint) · w[o])}. Output channel o sees the input channels of its group: {@code
 * inputChannels / groups} of them from {@code o / (outputChannels / groups)} times as many on.
 *
 * @param groups divides the input and the output channels
 * @param input storage of the input; sums over int16 are requantized in 64 bits
 * @param weights [outputChannels][kernelHeight][kernelWidth][inputChannels / groups]
 * @param bias one for each output channel, the input's zero point not folded in
 * @param output one multiplier for each output channel
 */
public record Conv2d(
    Window window,
    int outputChannels,
    int groups,
    StorageType input,
    int inputZeroPoint,
    Int8Array weights,
    Int32Array bias,
    OutputStage output)
    implements RowWindow {

  public Conv2d {
    Checks.positive("output channels", outputChannels);
    Checks.positive("groups", groups);
    Checks.require(
        window.inputChannels() % groups == 0 && outputChannels % groups == 0,
        groups + " groups of " + window.inputChannels() + " -> " + outputChannels + " channels");
    Checks.integer("input zero point", inputZeroPoint, input);
    Checks.count(
        "weights",
        (long) outputChannels
            * window.kernelHeight()
            * window.kernelWidth()
            * (window.inputChannels() / groups),
        weights.length());
    Checks.count("biases", outputChannels, bias.length());
    Checks.count("multipliers", outputChannels, output.multipliers().size());
  }

  /** The convolution of an int8 image. */
  public Conv2d(
      Window window,
      int outputChannels,
      int groups,
      int inputZeroPoint,
      Int8Array weights,
      Int32Array bias,
      OutputStage output) {
    this(window, outputChannels, groups, StorageType.INT8, inputZeroPoint, weights, bias, output);
  }

  @Override
  public Conv2d over(Window other) {
    return new Conv2d(other, outputChannels, groups, input, inputZeroPoint, weights, bias, output);
  }

  @Override
  public StorageType inputStorage(int position) {
    return input;
  }

  @Override
  public StorageType outputStorage(int position) {
    return output.storage();
  }

  @Override
  public String kind() {
    return "conv2d";
  }

  @Override
  public String summary() {
    return window.summary()
        + ", "
        + window.inputChannels()
        + " -> "
        + outputChannels
        + " channels"
        + (groups > 1 ? " in " + groups + " groups" : "")
        + output.summary();
  }

  /** The same as a fully connected layer, if the only window covers the image. */
  public Optional<FullyConnected> asFullyConnected() {
    return groups == 1 && window.coversImage()
        ? Optional.of(
            new FullyConnected(
                1,
                weightsPerOutput(),
                outputChannels,
                input,
                inputZeroPoint,
                weights,
                bias,
                output))
        : Optional.empty();
  }

  /** Weights of one output channel. */
  public int weightsPerOutput() {
    return weights.length() / outputChannels;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x = Images.centred(inputs.get(0), input, window.inputElements(), inputZeroPoint);
    byte[] w = weights.toArray();
    byte[] y = output.storage().image(window.outputPositions() * outputChannels);
    long[] accumulators = new long[outputChannels];
    int position = 0;
    for (int row = 0; row < window.outputHeight(); row++) {
      for (int column = 0; column < window.outputWidth(); column++) {
        accumulate(x, w, row, column, accumulators);
        for (int o = 0; o < outputChannels; o++) {
          output.store(y, position++, o, accumulators[o], input);
        }
      }
    }
    return List.of(y);
  }

  /**
   * The sums of all output channels at one output position: the operator without its output stage.
   *
   * @param x the input minus its zero point, NHWC
   * @param w the weights
   * @param accumulators receives one sum for each output channel
   */
  void accumulate(int[] x, byte[] w, int row, int column, long[] accumulators) {
    int depth = window.inputChannels() / groups;
    int outputsOfGroup = outputChannels / groups;
    int perOutput = weightsPerOutput();
    int firstColumn = window.firstKernelColumn(column);
    int columns = Math.max(0, window.endKernelColumn(column) - firstColumn);
    boolean contiguous = groups == 1 && window.dilationWidth() == 1;
    int runs = contiguous ? Math.min(1, columns) : columns;
    int runLength = contiguous ? columns * depth : depth;
    for (int o = 0; o < outputChannels; o++) {
      accumulators[o] = bias.get(o);
    }
    for (int ky = window.firstKernelRow(row); ky < window.endKernelRow(row); ky++) {
      int inputRow = window.top(row) + ky * window.dilationHeight();
      for (int run = 0; run < runs; run++) {
        int kx = firstColumn + run;
        int inputColumn = window.left(column) + kx * window.dilationWidth();
        int pixel = (inputRow * window.inputWidth() + inputColumn) * window.inputChannels();
        int tap = (ky * window.kernelWidth() + kx) * depth;
        for (int group = 0; group < groups; group++) {
          Images.multiplyAccumulate(
              x,
              pixel + group * depth,
              w,
              tap,
              perOutput,
              runLength,
              accumulators,
              group * outputsOfGroup,
              outputsOfGroup);
        }
      }
    }
  }

  @Override
  public long macs() {
    return (long) window.outputPositions() * weights.length();
  }

  @Override
  public long parameterBytes() {
    return weights.length() + 4L * outputChannels;
  }

  @Override
  public long accumulatorBound() {
    return Accumulators.bound(weights, bias, input, inputZeroPoint, output);
  }

  @Override
  public long accumulatorLimit() {
    return Accumulators.limit(input);
  }
}
