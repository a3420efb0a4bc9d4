package io.mcudeploy.kernels.dsp;

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
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution and the largest of its outputs under windows that keep apart: the blocks of {@link
 * DspConv2d} go through the places of one window after the other and keep the largest accumulator
 * of each channel. Only that becomes an output; the convolution's own outputs are never stored.
 */
public final class DspConv2dMaxPool implements Kernel<Fused> {
  /** Instructions that keep the larger of two accumulators in registers. */
  static final int LARGER = 3;

  /** Instructions, measured, that keep the larger of two accumulators, one of them in scratch. */
  private static final int LARGER_IN_MEMORY = 10;

  @Override
  public Class<Fused> operator() {
    return Fused.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(Fused pair) {
    if (pair.first() instanceof Conv2d conv
        && pair.second() instanceof MaxPool2d pool
        && DspConv2d.hasBlocks(conv)) {
      return MaxPooling.of(conv, pool).map(DspConv2dMaxPool::variants).orElse(List.of());
    }
    return List.of();
  }

  private static List<KernelCode> variants(MaxPooling pooling) {
    Channels channels = Channels.of(pooling.conv());
    List<KernelCode> variants = new ArrayList<>();
    for (WeightWidth width : WeightWidth.values()) {
      variants.add(code(pooling, channels, width));
      QuadConvolution.of(pooling, channels, width).ifPresent(variants::add);
    }
    WinogradConvolution.of(pooling, channels).ifPresent(variants::add);
    return variants;
  }

  private static KernelCode code(MaxPooling pooling, Channels channels, WeightWidth width) {
    Conv2d conv = pooling.conv();
    Window pool = pooling.pool();
    ConvolutionBlocks blocks = ConvolutionBlocks.of(conv, width);
    int groups = new ChannelGroups(conv.outputChannels()).count();
    int pairs = pooling.pairs();
    int patch = 2 * blocks.unrolling().total();
    int largest = pairs > 1 ? ChannelGroups.SIZE * groups : 0;
    KernelCode code =
        KernelCode.of(pooling.stem(""), "cmsis-nn/dsp/conv2d_max_pool.c.vm")
            .with("storedHeight", pool.outputHeight())
            .with("storedWidth", pool.outputWidth())
            .with("lastPlaces", pooling.lastPairs())
            .with("at", pooling.placeOfPair())
            .with("patchWords", patch);
    return DspConv2d.with(
            WindowCode.pooled(code, conv.window(), pool, conv.inputZeroPoint()),
            conv,
            channels,
            blocks)
        .leadingBy(RowOrder.lead(pooling.firsts(), 1, conv.outputChannels(), 0))
        .withScratch(new Scratch("patch", CType.UINT32, patch + largest))
        .costing(
            cost(pooling, channels, blocks, pairs),
            "4 channels x 2 positions, weights as " + width.lower());
  }

  private static Cost cost(
      MaxPooling pooling, Channels channels, ConvolutionBlocks blocks, int pairs) {
    long positions = pooling.pool().outputPositions();
    long outputs = positions * channels.groups().count() * ChannelGroups.SIZE;
    long maxima = outputs * (pairs * (long) LARGER + (pairs - 1L) * LARGER_IN_MEMORY);
    return channels.cost(blocks.cost(pooling.conv(), positions * pairs), outputs).plus(maxima);
  }
}
