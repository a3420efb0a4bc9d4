package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Convolution, portable: two pixels to a word, see {@link PairConv2dCode}, or without scratch by
 * blocks of a few pixels and output channels, so that each load serves several products; the
 * window's rows are runs of {@code kernelWidth * channels} neighbouring bytes. Where a window
 * reaches outside the image a slower function computes one pixel with clipped bounds, so the inner
 * loops never test for padding. Groups and dilations have a template of their own.
 */
final class Conv2dKernel implements Kernel<Conv2d> {
  private static final int UNROLLED = 4;

  private final Blocking blocking;

  Conv2dKernel(Blocking blocking) {
    this.blocking = blocking;
  }

  @Override
  public Class<Conv2d> operator() {
    return Conv2d.class;
  }

  @Override
  public String family() {
    return blocking.family();
  }

  @Override
  public List<KernelCode> variants(Conv2d operator) {
    return ChannelOutputs.of(
            blocking, operator.output(), operator.accumulatorBound(), operator.input())
        .stream()
        .flatMap(
            outputs ->
                Stream.concat(
                    PairConv2dCode.of(blocking, operator, outputs).stream(),
                    Stream.of(byPixels(operator, outputs))))
        .toList();
  }

  private KernelCode byPixels(Conv2d operator, ChannelOutputs outputs) {
    Window window = operator.window();
    boolean dense =
        operator.groups() == 1 && window.dilationHeight() == 1 && window.dilationWidth() == 1;
    if (dense && isPointwise(window)) {
      return PointwiseCode.of(
              blocking,
              stem(operator),
              window.outputPositions(),
              window.inputChannels(),
              operator.input(),
              operator.inputZeroPoint(),
              operator.weights(),
              operator.bias(),
              outputs,
              operator.accumulatorBound())
          .leadingBy(lead(operator, blocking.pixels()));
    }
    if (dense && !window.isPadded()) {
      return unpadded(operator, outputs);
    }
    if (dense && Interior.of(window).isPresent()) {
      return padded(operator, outputs);
    }
    return general(operator, outputs);
  }

  private static boolean isPointwise(Window window) {
    return window.kernelHeight() == 1
        && window.kernelWidth() == 1
        && window.strideHeight() == 1
        && window.strideWidth() == 1
        && !window.isPadded();
  }

  private KernelCode unpadded(Conv2d operator, ChannelOutputs outputs) {
    Window window = operator.window();
    KernelCode code =
        dense(operator, outputs, "portable/conv2d.c.vm")
            .with("columns", Blocks.of(window.outputWidth(), blocking.pixels()));
    return finish(code, operator, outputs, blocking.note("channel"));
  }

  private KernelCode padded(Conv2d operator, ChannelOutputs outputs) {
    Window window = operator.window();
    Interior interior = Interior.of(window).orElseThrow();
    KernelCode code =
        dense(operator, outputs, "portable/conv2d_padded.c.vm")
            .with("bands", interior.bands(blocking.pixels()))
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with(
                ConstantArray.int32(
                    "edge_bias",
                    outputs.biases(operator.bias()),
                    "for windows that reach into the padding: no zero point folded in"));
    return finish(code, operator, outputs, blocking.note("channel") + ", edges apart");
  }

  /** What both dense templates need. */
  private KernelCode dense(Conv2d operator, ChannelOutputs outputs, String template) {
    Window window = operator.window();
    int run = window.kernelWidth() * window.inputChannels();
    return geometry(operator, template)
        .with("run", run)
        .with("blocks", Blocks.of(operator.outputChannels(), blocking.outputs()))
        .with("blockOutputs", blocking.outputs())
        .with("stretches", Blocks.of(run, UNROLLED))
        .with(
            weights(
                Blocks.interleave(
                    operator.weights(),
                    operator.outputChannels(),
                    operator.weightsPerOutput(),
                    blocking.outputs()),
                operator))
        .with(
            LinearCode.bias(
                outputs.biases(operator.bias()),
                operator.weights(),
                operator.weightsPerOutput(),
                operator.input(),
                operator.inputZeroPoint()));
  }

  private KernelCode general(Conv2d operator, ChannelOutputs outputs) {
    int channels = operator.outputChannels() / operator.groups();
    Int8Array packed =
        Blocks.interleaveGroups(
            operator.weights(), channels, operator.weightsPerOutput(), blocking.outputs());
    KernelCode code =
        geometry(operator, "portable/conv2d_general.c.vm")
            .with("groups", operator.groups())
            .with("groupInputs", operator.window().inputChannels() / operator.groups())
            .with("groupOutputs", channels)
            .with("blocks", Blocks.of(channels, blocking.outputs()))
            .with("blockOutputs", blocking.outputs())
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with(weights(packed, operator))
            .with(
                ConstantArray.int32(
                    "bias", outputs.biases(operator.bias()), "at input scale * weight scale"));
    return finish(code, operator, outputs, "groups or dilation");
  }

  private static KernelCode geometry(Conv2d operator, String template) {
    KernelCode code = KernelCode.of(stem(operator), template);
    for (Map.Entry<String, Object> number : Geometry.of(operator.window()).entrySet()) {
      code = code.with(number.getKey(), number.getValue());
    }
    return LinearCode.of(
            code, operator.input(), operator.inputZeroPoint(), operator.accumulatorBound())
        .with("outputChannels", operator.outputChannels())
        .with("weightsPerOutput", operator.weightsPerOutput());
  }

  private ConstantArray weights(Int8Array packed, Conv2d operator) {
    Window window = operator.window();
    return ConstantArray.int8(
        "weights",
        packed,
        blocking.outputs() * 8,
        "for each %d of %d channels: [%d][%d][%d][%d]"
            .formatted(
                blocking.outputs(),
                operator.outputChannels(),
                window.kernelHeight(),
                window.kernelWidth(),
                window.inputChannels() / operator.groups(),
                blocking.outputs()));
  }

  private KernelCode finish(KernelCode code, Conv2d operator, ChannelOutputs stage, String note) {
    long outputs = (long) operator.window().outputPositions() * operator.outputChannels();
    return stage
        .with(code)
        .leadingBy(lead(operator, 0))
        .costing(
            operator.macs() * blocking.productCost() / 10 + stage.cost() * outputs,
            note + stage.note());
  }

  private static OptionalInt lead(Conv2d operator, int ahead) {
    return RowOrder.lead(
        operator.window(),
        operator.input().bytes(),
        operator.outputChannels() * operator.output().storage().bytes(),
        ahead);
  }

  private static String stem(Conv2d operator) {
    return "conv2d_"
        + Geometry.stem(operator.window())
        + "x"
        + operator.outputChannels()
        + (operator.groups() > 1 ? "_g" + operator.groups() : "");
  }
}
