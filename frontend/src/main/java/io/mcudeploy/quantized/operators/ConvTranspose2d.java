package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Transposed convolution, NHWC, batch 1, as TFLite's int8 TRANSPOSE_CONV. Output (y, x) gathers
 * what the input pixels that reach it would scatter, so that no sum waits in memory:
 *
 * <pre>
 *   y[p][o] = output(bias[o] + Σ (x[q] − inputZeroPoint) · w[o][k]),   p + dropped = q · stride + k · dilation
 * </pre>
 *
 * along rows and columns; groups are as in {@link Conv2d}.
 *
 * @param groups divides the input and the output channels
 * @param weights [outputChannels][kernel rows][kernel columns][inputChannels / groups]
 * @param bias one for each output channel, the input's zero point not folded in
 * @param output one multiplier for each output channel
 */
public record ConvTranspose2d(
    Axis rows,
    Axis columns,
    int inputChannels,
    int outputChannels,
    int groups,
    int inputZeroPoint,
    Int8Array weights,
    Int32Array bias,
    OutputStage output)
    implements IntegerOperator {

  /**
   * The geometry along one axis.
   *
   * @param input extent of the input
   * @param output extent of the output
   * @param kernel taps
   * @param stride from one input element's taps to the next one's
   * @param dilation from tap to tap
   * @param dropped elements of the full result before the first that is kept
   */
  public record Axis(int input, int output, int kernel, int stride, int dilation, int dropped) {
    public Axis {
      Checks.positive("input extent", input);
      Checks.positive("output extent", output);
      Checks.positive("kernel", kernel);
      Checks.positive("stride", stride);
      Checks.positive("dilation", dilation);
      Checks.require(dropped >= 0, dropped + " elements dropped");
    }

    /** From one tap of an output element to its next one. */
    public int tapStep() {
      return stride / commonDivisor();
    }

    /** From the input under one tap back to the one under the next. */
    public int inputStep() {
      return dilation / commonDivisor();
    }

    /** The taps of an output element, all of which lie inside the input. */
    public Taps taps(int element) {
      int place = element + dropped;
      List<Integer> taps =
          IntStream.range(0, kernel)
              .filter(tap -> (place - tap * dilation) % stride == 0)
              .filter(tap -> place >= tap * dilation)
              .filter(tap -> (place - tap * dilation) / stride < input)
              .boxed()
              .toList();
      return taps.isEmpty()
          ? new Taps(0, 0, 0)
          : new Taps(taps.get(0), (place - taps.get(0) * dilation) / stride, taps.size());
    }

    private int commonDivisor() {
      return BigInteger.valueOf(stride).gcd(BigInteger.valueOf(dilation)).intValue();
    }
  }

  /**
   * What an output element is made of along an axis.
   *
   * @param first the first tap; the others follow at {@link Axis#tapStep}
   * @param input the element under it; those under the others go back by {@link Axis#inputStep}
   * @param count how many there are
   */
  public record Taps(int first, int input, int count) {}

  public ConvTranspose2d {
    Checks.positive("output channels", outputChannels);
    Checks.positive("groups", groups);
    Checks.require(
        inputChannels % groups == 0 && outputChannels % groups == 0,
        groups + " groups of " + inputChannels + " -> " + outputChannels + " channels");
    Checks.int8("input zero point", inputZeroPoint);
    Checks.count(
        "weights",
        (long) outputChannels * rows.kernel * columns.kernel * (inputChannels / groups),
        weights.length());
    Checks.count("biases", outputChannels, bias.length());
    Checks.count("multipliers", outputChannels, output.multipliers().size());
  }

  @Override
  public String kind() {
    return "conv_transpose2d";
  }

  @Override
  public String summary() {
    return rows.kernel
        + "x"
        + columns.kernel
        + " stride "
        + rows.stride
        + "x"
        + columns.stride
        + (rows.dilation * columns.dilation > 1
            ? " dilation " + rows.dilation + "x" + columns.dilation
            : "")
        + ", "
        + inputChannels
        + " -> "
        + outputChannels
        + " channels"
        + (groups > 1 ? " in " + groups + " groups" : "")
        + output.summary();
  }

  /** Weights of one output channel. */
  public int weightsPerOutput() {
    return weights.length() / outputChannels;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] x =
        Images.centred(inputs.get(0), rows.input * columns.input * inputChannels, inputZeroPoint);
    byte[] w = weights.toArray();
    byte[] y = new byte[rows.output * columns.output * outputChannels];
    long[] accumulators = new long[outputChannels];
    int position = 0;
    for (int row = 0; row < rows.output; row++) {
      for (int column = 0; column < columns.output; column++) {
        accumulate(x, w, rows.taps(row), columns.taps(column), accumulators);
        for (int o = 0; o < outputChannels; o++) {
          output.store(y, position++, o, (int) accumulators[o]);
        }
      }
    }
    return List.of(y);
  }

  private void accumulate(int[] x, byte[] w, Taps row, Taps column, long[] accumulators) {
    int depth = inputChannels / groups;
    int outputsOfGroup = outputChannels / groups;
    for (int o = 0; o < outputChannels; o++) {
      accumulators[o] = bias.get(o);
    }
    for (int ky = 0; ky < row.count; ky++) {
      for (int kx = 0; kx < column.count; kx++) {
        int tap =
            (row.first + ky * rows.tapStep()) * columns.kernel
                + column.first
                + kx * columns.tapStep();
        int pixel =
            (row.input - ky * rows.inputStep()) * columns.input
                + column.input
                - kx * columns.inputStep();
        for (int group = 0; group < groups; group++) {
          Images.multiplyAccumulate(
              x,
              pixel * inputChannels + group * depth,
              w,
              tap * depth,
              weightsPerOutput(),
              depth,
              accumulators,
              group * outputsOfGroup,
              outputsOfGroup);
        }
      }
    }
  }

  @Override
  public long macs() {
    long rowTaps = IntStream.range(0, rows.output).mapToLong(i -> rows.taps(i).count).sum();
    long columnTaps =
        IntStream.range(0, columns.output).mapToLong(i -> columns.taps(i).count).sum();
    return rowTaps * columnTaps * outputChannels * (inputChannels / groups);
  }

  @Override
  public long parameterBytes() {
    return weights.length() + 4L * outputChannels;
  }

  /** As if every output saw all taps. */
  @Override
  public long accumulatorBound() {
    return Accumulators.bound(weights, bias, inputZeroPoint, output);
  }
}
