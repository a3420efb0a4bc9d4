package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.Blocks;
import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.PrimaryCapsulesCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.kernels.WindowCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.PrimaryCapsules;
import java.util.List;

/**
 * Primary capsules: the blocks of {@link MveConv2d}, whose sums of two positions are kept for the
 * squash: of one capsule type at a time where its channels fill whole blocks, else of all.
 */
public final class MvePrimaryCapsules implements Kernel<PrimaryCapsules> {
  @Override
  public Class<PrimaryCapsules> operator() {
    return PrimaryCapsules.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(PrimaryCapsules layer) {
    return layer.groups() > 1 || layer.window().outputPositions() == 1
        ? List.of()
        : List.of(code(layer));
  }

  private static KernelCode code(PrimaryCapsules layer) {
    Steps steps = Steps.padded(layer.convolution().weightsPerOutput());
    int patch = steps.count() * Steps.SIZE;
    ChannelGroups groups = new ChannelGroups(layer.outputChannels(), Lanes.SIZE);
    int dimension = layer.table().dimension();
    int section = dimension % Lanes.SIZE == 0 ? dimension : layer.outputChannels();
    int sumStride = Math.max(Lanes.SIZE, section);
    ChannelGroups sectionGroups = new ChannelGroups(section, Lanes.SIZE);
    KernelCode code =
        PrimaryCapsulesCode.arguments(
                KernelCode.of(
                    PrimaryCapsulesCode.stem(layer), "cmsis-nn/mve/primary_capsules.c.vm"),
                layer)
            .with("groups", groups.count())
            .with("sections", layer.outputChannels() / section)
            .with("sectionChannels", section)
            .with("sectionGroups", sectionGroups.count())
            .with("sectionTypes", section / dimension)
            .with("sumStride", sumStride)
            .with("channel", sectionGroups.first())
            .with("patchBytes", patch)
            .with("rectified", layer.relu() ? "vmaxq_s32(vdupq_n_s32(0), " : "")
            .with("rectifiedEnd", layer.relu() ? ")" : "")
            .with(steps.pack(layer.weights(), groups))
            .with(
                ConstantArray.int32(
                    "bias", biases(layer, groups), "the input's zero point folded in"));
    long pairs = (layer.window().outputPositions() + 1L) / 2;
    return PrimaryCapsulesCode.constants(
            steps.with(WindowCode.with(code, layer.window(), layer.inputZeroPoint()), "MVE_BLOCK"),
            layer)
        .withScratch(new Scratch("scratch", CType.INT32, 2 * sumStride + 2 * patch / 4))
        .costing(
            pairs * groups.count() * (steps.cost(MveConv2d.STEP_COST) + 20)
                + PrimaryCapsulesCode.squashCost(layer),
            "4 channels x 2 positions");
  }

  private static Int32Array biases(PrimaryCapsules layer, ChannelGroups groups) {
    Int32Array folded =
        Blocks.fold(
            layer.bias(),
            layer.weights(),
            layer.convolution().weightsPerOutput(),
            layer.inputZeroPoint());
    int[] values = new int[groups.count() * Lanes.SIZE];
    int at = 0;
    for (int first : groups.firsts()) {
      for (int lane = 0; lane < Lanes.SIZE; lane++) {
        values[at++] = first + lane < folded.length() ? folded.get(first + lane) : 0;
      }
    }
    return Int32Array.of(values);
  }
}
