package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Cost;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.RowOrder;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Convolution by one function for all layers of a network: what a layer is, is data. Blocks of two
 * channels at four positions use each int8 weight more often once it is widened: 16 products for 13
 * instructions. What takes longer than in a function of the layer's own is the gathering of windows
 * at the image's edges and the clamping of outputs.
 */
final class SharedConvolution {
  /** Steps in the body of the loop. */
  private static final int UNROLLED = 4;

  private static final int CHANNELS = 2;
  private static final int POSITIONS = 4;

  private SharedConvolution() {}

  /** The shared kernel, where it covers the layer: int8, one group. */
  static Optional<KernelCode> of(Conv2d conv, Channels channels) {
    Window window = conv.window();
    if (!channels.isFast()
        || conv.output().highest() < 127
        || conv.outputChannels() < CHANNELS
        || window.outputPositions() < POSITIONS) {
      return Optional.empty();
    }
    int needed = ConvolutionBlocks.steps(window);
    int steps = (needed + UNROLLED - 1) / UNROLLED * UNROLLED;
    return Optional.of(
        KernelCode.of("conv2d_shared", "cmsis-nn/dsp/conv2d_shared.c.vm")
            .with("step", "QUAD_STEP_INT8")
            .with("steps", Collections.nCopies(UNROLLED, 0))
            .with(
                new ConstantArray(
                    "weights",
                    CType.INT32,
                    pack(conv, channels, steps),
                    8,
                    "for each 2 of %d channels: 2 biases, [%d steps] int8 that take turns, 2 multipliers, 2 shifts"
                        .formatted(conv.outputChannels(), steps)))
            .with(shape(conv, steps))
            .leadingBy(RowOrder.lead(window, 1, conv.outputChannels(), POSITIONS))
            .withScratch(new Scratch("patch", CType.UINT32, POSITIONS * steps))
            .costing(
                cost(conv, channels, steps), "2 channels x 4 positions, weights as int8, shared"));
  }

  private static Cost cost(Conv2d conv, Channels channels, int steps) {
    Window window = conv.window();
    long fours = (window.outputPositions() + POSITIONS - 1L) / POSITIONS;
    long blocks = fours * ((conv.outputChannels() + CHANNELS - 1L) / CHANNELS);
    return channels.cost(
        ConvolutionBlocks.gathering(Cost.of("dsp.shared"), window, POSITIONS * fours)
            .with("block", blocks)
            .with("step", blocks * steps),
        blocks * POSITIONS * CHANNELS);
  }

  private static Int32Array pack(Conv2d conv, Channels channels, int steps) {
    int pairs = (conv.outputChannels() + CHANNELS - 1) / CHANNELS;
    return Int32Array.computed(pairs * (steps + 5), () -> words(conv, channels, steps));
  }

  private static int[] words(Conv2d conv, Channels channels, int steps) {
    List<Integer> words = new ArrayList<>();
    for (int channel = 0; channel < conv.outputChannels(); channel += CHANNELS) {
      int first = Math.min(channel, conv.outputChannels() - CHANNELS);
      List<Integer> one = channels.numbers(first);
      List<Integer> other = channels.numbers(first + 1);
      words.add(one.get(0));
      words.add(other.get(0));
      words.addAll(QuadConvolution.weights(conv, channels, first, steps));
      words.add(one.get(1));
      words.add(other.get(1));
      words.add(Pairs.ofInt8(one.get(3), other.get(3), 0, 0));
    }
    return words.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The fields of {@code convolution_shape}, in their order. */
  private static ConstantArray shape(Conv2d conv, int steps) {
    Window window = conv.window();
    return ConstantArray.int32(
        "shape",
        Int32Array.of(
            window.inputHeight(),
            window.inputWidth(),
            window.inputChannels(),
            window.kernelHeight(),
            window.kernelWidth(),
            window.dilationHeight(),
            window.dilationWidth(),
            window.isPadded() ? 1 : 0,
            conv.inputZeroPoint(),
            window.strideHeight(),
            window.strideWidth(),
            window.paddingTop(),
            window.paddingLeft(),
            window.outputWidth(),
            window.outputPositions(),
            conv.outputChannels(),
            steps,
            2 * conv.output().zeroPoint() + 1,
            conv.output().lowest()),
        "a convolution_shape");
  }
}
