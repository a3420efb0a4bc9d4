package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.PrimaryCapsules;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/**
 * Primary capsules, portable: the sums of a few pixels, a few channels at a time, then the squash
 * of their capsules. Padding, dilation and groups have a template of their own.
 */
final class PrimaryCapsulesKernel implements Kernel<PrimaryCapsules> {
  private static final int UNROLLED = 4;

  private final Blocking blocking;

  PrimaryCapsulesKernel(Blocking blocking) {
    this.blocking = blocking;
  }

  @Override
  public Class<PrimaryCapsules> operator() {
    return PrimaryCapsules.class;
  }

  @Override
  public String family() {
    return blocking.family();
  }

  @Override
  public List<KernelCode> variants(PrimaryCapsules layer) {
    Window window = layer.window();
    boolean dense =
        layer.groups() == 1
            && window.dilationHeight() == 1
            && window.dilationWidth() == 1
            && !window.isPadded();
    return List.of(dense ? dense(layer) : general(layer));
  }

  private KernelCode dense(PrimaryCapsules layer) {
    Window window = layer.window();
    Conv2d convolution = layer.convolution();
    int run = window.kernelWidth() * window.inputChannels();
    int inputRow = window.inputWidth() * window.inputChannels();
    int pixels = Math.min(blocking.pixels(), window.outputWidth());
    KernelCode code =
        geometry(layer, "portable/primary_capsules.c.vm")
            .with("inputRow", inputRow)
            .with("rowStep", window.strideHeight() * inputRow)
            .with("columnStep", window.strideWidth() * window.inputChannels())
            .with("columns", Blocks.of(window.outputWidth(), blocking.pixels()))
            .with("blocks", Blocks.of(layer.outputChannels(), blocking.outputs()))
            .with("blockPixels", pixels)
            .with("blockOutputs", blocking.outputs())
            .with("stretches", Blocks.of(run, UNROLLED))
            .with(
                ConstantArray.int8(
                    "weights",
                    Blocks.interleave(
                        layer.weights(),
                        layer.outputChannels(),
                        convolution.weightsPerOutput(),
                        blocking.outputs()),
                    blocking.outputs() * 8,
                    "for each %d of %d channels: [%d][%d][%d][%1$d]"
                        .formatted(
                            blocking.outputs(),
                            layer.outputChannels(),
                            window.kernelHeight(),
                            window.kernelWidth(),
                            window.inputChannels())))
            .with(
                ConstantArray.int32(
                    "bias",
                    Blocks.fold(
                        layer.bias(),
                        layer.weights(),
                        convolution.weightsPerOutput(),
                        layer.inputZeroPoint()),
                    "at input scale * weight scale, the input's zero point folded in"));
    return PrimaryCapsulesCode.constants(code, layer)
        .withScratch(new Scratch("sums", CType.INT32, pixels * layer.outputChannels()))
        .costing(
            layer.macs() * 9 / 4 + PrimaryCapsulesCode.squashCost(layer), blocking.note("channel"));
  }

  private static KernelCode general(PrimaryCapsules layer) {
    Window window = layer.window();
    int groupInputs = window.inputChannels() / layer.groups();
    KernelCode code =
        geometry(layer, "portable/primary_capsules_general.c.vm")
            .with("strideHeight", window.strideHeight())
            .with("strideWidth", window.strideWidth())
            .with("dilationHeight", window.dilationHeight())
            .with("dilationWidth", window.dilationWidth())
            .with("top", OutputCode.plus(-window.paddingTop()))
            .with("left", OutputCode.plus(-window.paddingLeft()))
            .with("centre", OutputCode.plus(-layer.inputZeroPoint()))
            .with("groupInputs", groupInputs)
            .with("groupOutputs", layer.outputChannels() / layer.groups())
            .with(
                ConstantArray.int8(
                    "weights",
                    layer.weights(),
                    16,
                    "[%d channels][%d][%d][%d]"
                        .formatted(
                            layer.outputChannels(),
                            window.kernelHeight(),
                            window.kernelWidth(),
                            groupInputs)))
            .with(ConstantArray.int32("bias", layer.bias(), "at input scale * weight scale"));
    return PrimaryCapsulesCode.constants(code, layer)
        .withScratch(new Scratch("sums", CType.INT32, layer.outputChannels()))
        .costing(
            layer.macs() * 4 + PrimaryCapsulesCode.squashCost(layer),
            "padding, groups or dilation");
  }

  private static KernelCode geometry(PrimaryCapsules layer, String template) {
    Window window = layer.window();
    return PrimaryCapsulesCode.arguments(
            KernelCode.of(PrimaryCapsulesCode.stem(layer), template), layer)
        .with("inputHeight", window.inputHeight())
        .with("inputWidth", window.inputWidth())
        .with("inputChannels", window.inputChannels())
        .with("outputHeight", window.outputHeight())
        .with("outputWidth", window.outputWidth())
        .with("kernelHeight", window.kernelHeight())
        .with("kernelWidth", window.kernelWidth());
  }
}
