package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.Cost;
import io.mcudeploy.kernels.Interior;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.RowOrder;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/**
 * Convolution by blocks of four channels at two positions: 128 products for 14 instructions.
 * Windows that are not one run of bytes in the image are copied into scratch first, two at a time,
 * with the zero point for what is outside the image. A window that covers the whole image is a
 * fully connected layer.
 */
public final class MveConv2d implements Kernel<Conv2d> {
  /** Instructions of a block's step. */
  static final int STEP_COST = 14;

  @Override
  public Class<Conv2d> operator() {
    return Conv2d.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(Conv2d conv) {
    Window window = conv.window();
    if (!Lanes.areInt8(conv) || conv.groups() > 1) {
      return List.of();
    }
    if (window.outputPositions() == 1) {
      return conv.asFullyConnected().map(new MveFullyConnected()::variants).orElse(List.of());
    }
    return List.of(isRun(window) ? direct(conv) : gathered(conv));
  }

  private static KernelCode direct(Conv2d conv) {
    Window window = conv.window();
    KernelCode code =
        new Pointwise(
                window.outputPositions(),
                distance(window),
                conv.weightsPerOutput(),
                conv.outputChannels(),
                conv.inputZeroPoint(),
                conv.weights(),
                conv.bias(),
                conv.output())
            .code(stem(conv));
    return code.leadingBy(RowOrder.lead(window, 1, conv.outputChannels(), 2));
  }

  private static KernelCode gathered(Conv2d conv) {
    Window window = conv.window();
    Steps steps = Steps.padded(conv.weightsPerOutput());
    int patch = steps.count() * Steps.SIZE;
    ChannelGroups groups = new ChannelGroups(conv.outputChannels(), Lanes.SIZE);
    Lanes lanes =
        Lanes.of(
            conv.bias(),
            conv.weights(),
            conv.weightsPerOutput(),
            conv.inputZeroPoint(),
            conv.output());
    KernelCode code =
        WindowCode.with(
                KernelCode.of(stem(conv), "cmsis-nn/mve/conv2d.c.vm"),
                window,
                conv.inputZeroPoint())
            .with("outputChannels", conv.outputChannels())
            .with("groups", groups.count())
            .with("channel", groups.first())
            .with("stored", groups.stores().size())
            .with("patchBytes", patch)
            .with(steps.pack(conv.weights(), groups, lanes));
    return lanes
        .with(steps.with(code, "MVE_BLOCK"))
        .leadingBy(RowOrder.lead(window, 1, conv.outputChannels(), 2))
        .withScratch(new Scratch("patch", CType.INT8, 2 * patch))
        .costing(cost(conv, steps, lanes, groups), "4 channels x 2 positions");
  }

  private static Cost cost(Conv2d conv, Steps steps, Lanes lanes, ChannelGroups groups) {
    long pairs = (conv.window().outputPositions() + 1L) / 2;
    return blocks(gathering(conv, pairs), pairs * groups.count(), steps, lanes);
  }

  /** What it takes to copy the windows of so many pairs of positions. */
  static Cost gathering(Conv2d conv, long pairs) {
    Window window = conv.window();
    long run = (long) window.kernelWidth() * window.inputChannels();
    long rows = 2 * pairs * window.kernelHeight();
    return Cost.of("mve.conv2d")
        .with("pair", pairs)
        .with("row", rows)
        .with("edge", rows * Interior.clipped(window) / window.outputPositions())
        .with("vector", rows * ((run + Steps.SIZE - 1) / Steps.SIZE));
  }

  /** What so many blocks of four channels at two positions take. */
  static Cost blocks(Cost cost, long blocks, Steps steps, Lanes lanes) {
    return cost.with("block", blocks)
        .with("step", blocks * steps.count())
        .with("round", blocks * steps.rounds())
        .with("tail", steps.tail() > 0 ? blocks : 0)
        .with("output", 2 * blocks * lanes.cost());
  }

  private static String stem(Conv2d conv) {
    return WindowCode.stem("conv2d", conv.window(), conv.outputChannels());
  }

  /** Whether every window is one run of bytes, and all runs are equally far apart. */
  private static boolean isRun(Window window) {
    if (window.isPadded() || (window.dilationWidth() > 1 && window.kernelWidth() > 1)) {
      return false;
    }
    boolean wholeRows = window.kernelWidth() == window.inputWidth() && window.dilationHeight() == 1;
    boolean evenRows =
        window.kernelHeight() == 1
            && (window.outputHeight() == 1
                || window.outputWidth() == 1
                || window.outputWidth() * window.strideWidth()
                    == window.inputWidth() * window.strideHeight());
    return wholeRows || evenRows;
  }

  /** Bytes from a window that is a run to the next one. */
  private static int distance(Window window) {
    int columns =
        window.outputWidth() > 1
            ? window.strideWidth()
            : window.strideHeight() * window.inputWidth();
    return columns * window.inputChannels();
  }
}
