package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.PrimaryCapsulesCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.PrimaryCapsules;
import java.util.Arrays;
import java.util.List;

/**
 * Primary capsules: the blocks of {@link DspConv2d}, whose sums of two positions are kept for the
 * squash: of one capsule type at a time where its channels fill whole blocks, else of all.
 */
public final class DspPrimaryCapsules implements Kernel<PrimaryCapsules> {
  @Override
  public Class<PrimaryCapsules> operator() {
    return PrimaryCapsules.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(PrimaryCapsules layer) {
    if (layer.groups() > 1 || layer.window().outputPositions() == 1) {
      return List.of();
    }
    return List.of(code(layer, WeightWidth.INT16), code(layer, WeightWidth.INT8));
  }

  private static KernelCode code(PrimaryCapsules layer, WeightWidth width) {
    Conv2d conv = layer.convolution();
    ConvolutionBlocks blocks = ConvolutionBlocks.of(conv, width);
    ChannelGroups groups = new ChannelGroups(layer.outputChannels());
    int dimension = layer.table().dimension();
    int section = dimension % ChannelGroups.SIZE == 0 ? dimension : layer.outputChannels();
    int patchWords = 2 * blocks.unrolling().total();
    KernelCode code =
        PrimaryCapsulesCode.arguments(
            KernelCode.of(PrimaryCapsulesCode.stem(layer), "cmsis-nn/dsp/primary_capsules.c.vm"),
            layer);
    code =
        WindowCode.with(code, layer.window(), layer.inputZeroPoint())
            .with("groups", groups.count())
            .with("sections", layer.outputChannels() / section)
            .with("sectionChannels", section)
            .with("sectionGroups", new ChannelGroups(section).count())
            .with("sectionTypes", section / dimension)
            .with("lastGroup", new ChannelGroups(section).last())
            .with("stores", groups.stores())
            .with("step", blocks.step())
            .with("steps", blocks.unrolling().body())
            .with("allSteps", blocks.unrolling().total())
            .with("rounds", blocks.unrolling().rounds())
            .with("patchWords", patchWords)
            .with(
                new ConstantArray(
                    "weights", CType.INT32, blocks.pack(conv), 8, blocks.layout(groups.count())))
            .with(ConstantArray.int32("bias", biases(layer), "the input's zero point folded in"));
    return PrimaryCapsulesCode.constants(code, layer)
        .withScratch(new Scratch("patch", CType.UINT32, patchWords + 2 * section))
        .costing(
            blocks.cost(conv).plus(PrimaryCapsulesCode.squashCost(layer)),
            "4 channels x 2 positions, weights as " + width.lower());
  }

  /** Of at least four channels. */
  private static Int32Array biases(PrimaryCapsules layer) {
    int channels = layer.outputChannels();
    Int32Array folded =
        Channels.fold(
            layer.bias(), Channels.rowSums(layer.weights(), channels), layer.inputZeroPoint());
    return Int32Array.of(Arrays.copyOf(folded.toArray(), Math.max(ChannelGroups.SIZE, channels)));
  }
}
