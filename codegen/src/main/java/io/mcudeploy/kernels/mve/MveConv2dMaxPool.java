package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.Cost;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.MaxPooling;
import io.mcudeploy.kernels.RowOrder;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Fused;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/**
 * A convolution and the largest of its outputs under windows that keep apart: the blocks of {@link
 * MveConv2d} go through the places of one window after the other and keep the largest accumulator
 * of each channel. Only that becomes an output.
 */
public final class MveConv2dMaxPool implements Kernel<Fused> {
  /** Instructions that bring in the largest accumulators of four channels so far and take them. */
  private static final int LARGEST_SO_FAR = 6;

  @Override
  public Class<Fused> operator() {
    return Fused.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(Fused pair) {
    if (pair.first() instanceof Conv2d conv
        && pair.second() instanceof MaxPool2d pool
        && conv.groups() == 1) {
      return MaxPooling.of(conv, pool).map(MveConv2dMaxPool::code).stream().toList();
    }
    return List.of();
  }

  private static KernelCode code(MaxPooling pooling) {
    Conv2d conv = pooling.conv();
    Window pool = pooling.pool();
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
    int largest = pooling.pairs() > 1 ? Lanes.SIZE * groups.count() : 0;
    KernelCode code =
        WindowCode.pooled(
                KernelCode.of(pooling.stem(""), "cmsis-nn/mve/conv2d_max_pool.c.vm"),
                conv.window(),
                pool,
                conv.inputZeroPoint())
            .with("storedHeight", pool.outputHeight())
            .with("storedWidth", pool.outputWidth())
            .with("lastPlaces", pooling.lastPairs())
            .with("at", pooling.placeOfPair())
            .with("outputChannels", conv.outputChannels())
            .with("groups", groups.count())
            .with("channel", groups.first())
            .with("stored", groups.stores().size())
            .with("patchBytes", patch)
            .with("patchWords", patch / 2)
            .with(steps.pack(conv.weights(), groups, lanes));
    return lanes
        .with(steps.with(code, "MVE_BLOCK"))
        .leadingBy(RowOrder.lead(pooling.firsts(), 1, conv.outputChannels(), 0))
        .withScratch(new Scratch("patch", CType.INT32, patch / 2 + largest))
        .costing(cost(pooling, steps, lanes, groups), "4 channels x 2 positions");
  }

  private static Cost cost(MaxPooling pooling, Steps steps, Lanes lanes, ChannelGroups groups) {
    long positions = pooling.pool().outputPositions();
    long pairs = positions * pooling.pairs();
    long outputs = positions * groups.count();
    return MveConv2d.gathering(pooling.conv(), pairs)
        .with("block", pairs * groups.count())
        .with("step", pairs * groups.count() * steps.count())
        .with("round", pairs * groups.count() * steps.rounds())
        .with("output", outputs * lanes.cost())
        .plus(outputs * (pooling.pairs() - 1L) * LARGEST_SO_FAR);
  }
}
