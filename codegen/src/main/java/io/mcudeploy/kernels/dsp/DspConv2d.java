package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.RowOrder;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Convolution by blocks of four channels at two positions: 16 products for 11 instructions with
 * int16 weights, 15 with int8 weights. The two windows are widened into scratch first, side by side
 * so that one load brings both inputs of a step. A window that covers the whole image is a fully
 * connected layer.
 */
public final class DspConv2d implements Kernel<Conv2d> {
  /** Positions of a block. */
  static final int POSITIONS = 2;

  @Override
  public Class<Conv2d> operator() {
    return Conv2d.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(Conv2d conv) {
    Window window = conv.window();
    if (!hasBlocks(conv)) {
      return window.outputPositions() == 1 && Channels.areInt8(conv)
          ? conv.asFullyConnected().map(new DspFullyConnected()::variants).orElse(List.of())
          : List.of();
    }
    Channels channels = Channels.of(conv);
    List<KernelCode> variants = new ArrayList<>(variants(conv, Optional.empty()));
    QuadConvolution.of(conv, channels, WeightWidth.INT8).ifPresent(variants::add);
    if (QuadConvolution.computesFewer(channels)) {
      QuadConvolution.of(conv, channels, WeightWidth.INT16).ifPresent(variants::add);
    }
    SharedConvolution.of(conv, channels.plain()).ifPresent(variants::add);
    return variants;
  }

  /** Whether blocks cover a convolution. */
  static boolean hasBlocks(Conv2d conv) {
    return Channels.areInt8(conv)
        && conv.groups() == 1
        && conv.window().outputPositions() >= POSITIONS;
  }

  /**
   * The kernels that can store sums with another tensor.
   *
   * @param sum that each output is a term of before it is stored, if any
   */
  static List<KernelCode> variants(Conv2d conv, Optional<ResidualSum> sum) {
    Channels channels = Channels.of(conv);
    List<KernelCode> variants = new ArrayList<>();
    variants.add(code(conv, channels, WeightWidth.INT16, sum));
    variants.add(code(conv, channels, WeightWidth.INT8, sum));
    WinogradConvolution.of(conv, channels, sum).ifPresent(variants::add);
    return variants;
  }

  private static KernelCode code(
      Conv2d conv, Channels channels, WeightWidth width, Optional<ResidualSum> sum) {
    Window window = conv.window();
    ConvolutionBlocks blocks = ConvolutionBlocks.of(conv, width);
    String stem =
        WindowCode.stem("conv2d" + (sum.isPresent() ? "_add" : ""), window, conv.outputChannels());
    long outputs = blocks.outputs(conv);
    KernelCode code =
        with(
                WindowCode.with(
                    KernelCode.of(stem, "cmsis-nn/dsp/conv2d.c.vm"), window, conv.inputZeroPoint()),
                conv,
                channels,
                blocks)
            .leadingBy(RowOrder.lead(window, 1, conv.outputChannels(), 2))
            .withScratch(new Scratch("patch", CType.UINT32, 2 * blocks.unrolling().total()))
            .costing(
                channels.cost(blocks.cost(conv), outputs).plus(outputs * ResidualSum.cost(sum)),
                "4 channels x 2 positions, weights as " + width.lower());
    return ResidualSum.with(
        code, sum, window.outputPositions() % POSITIONS != 0 || channels.groups().overlap());
  }

  /** A code with what templates name of the steps of a block and of what they read. */
  static KernelCode with(
      KernelCode code, Conv2d conv, Channels channels, ConvolutionBlocks blocks) {
    ChannelGroups groups = channels.groups();
    return channels
        .with(code)
        .with("outputChannels", conv.outputChannels())
        .with("groups", groups.count())
        .with("firstChannel", groups.first())
        .with("stores", groups.stores())
        .with("step", blocks.step())
        .with("steps", blocks.body())
        .with(
            "seconds",
            IntStream.range(0, ChannelGroups.SIZE)
                .mapToObj(c -> "s" + c + "1" + (blocks.isLoop() ? " = s" + c + "0" : ""))
                .toList())
        .with("second", blocks.isLoop() ? "+r" : "=&r")
        .with("allSteps", blocks.unrolling().total())
        .with("looped", blocks.looped())
        .with(
            new ConstantArray(
                "weights",
                CType.INT32,
                blocks.pack(conv, channels),
                4,
                blocks.layout(groups.count(), channels)));
  }
}
