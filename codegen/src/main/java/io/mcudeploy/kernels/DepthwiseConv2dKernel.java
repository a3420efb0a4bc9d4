package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Depthwise convolution, portable: several neighbouring pixels of one channel at a time, so that
 * each weight of a kernel row is loaded once for all and each input column once for all windows
 * that cover it. Edges are computed apart, as for {@link Conv2dKernel}. With one input channel the
 * operator is a plain convolution.
 */
final class DepthwiseConv2dKernel implements Kernel<DepthwiseConv2d> {
  /** Weights of a kernel row that are loaded at once. */
  private static final int MOST_COLUMNS = 16;

  private final Blocking blocking;

  DepthwiseConv2dKernel(Blocking blocking) {
    this.blocking = blocking;
  }

  @Override
  public Class<DepthwiseConv2d> operator() {
    return DepthwiseConv2d.class;
  }

  @Override
  public String family() {
    return blocking.family();
  }

  @Override
  public List<KernelCode> variants(DepthwiseConv2d operator) {
    Window window = operator.window();
    if (window.inputChannels() == 1) {
      return new Conv2dKernel(blocking).variants(asConv2d(operator));
    }
    return ChannelOutputs.of(
            blocking, operator.output(), operator.accumulatorBound(), operator.input())
        .stream()
        .flatMap(
            outputs ->
                Stream.concat(pairs(operator, outputs), Stream.of(variant(operator, outputs))))
        .toList();
  }

  private Stream<KernelCode> pairs(DepthwiseConv2d operator, ChannelOutputs outputs) {
    return blocking.equals(Blocking.M0)
        ? PairDepthwiseCode.of(operator, byChannel(operator), outputs).stream()
        : Stream.empty();
  }

  private KernelCode variant(DepthwiseConv2d operator, ChannelOutputs outputs) {
    Window window = operator.window();
    boolean dense =
        operator.depthMultiplier() == 1
            && window.kernelWidth() <= MOST_COLUMNS
            && window.dilationHeight() == 1
            && window.dilationWidth() == 1;
    if (dense && !window.isPadded()) {
      return unpadded(operator, outputs);
    }
    if (dense && Interior.of(window).isPresent()) {
      return padded(operator, outputs);
    }
    return general(operator, outputs);
  }

  private static Conv2d asConv2d(DepthwiseConv2d operator) {
    return new Conv2d(
        operator.window(),
        operator.outputChannels(),
        1,
        operator.input(),
        operator.inputZeroPoint(),
        byChannel(operator),
        operator.bias(),
        operator.output());
  }

  /** The weights as [outputChannels][kernelHeight][kernelWidth]. */
  private static Int8Array byChannel(DepthwiseConv2d operator) {
    int channels = operator.outputChannels();
    int taps = operator.weights().length() / channels;
    byte[] transposed = new byte[operator.weights().length()];
    for (int channel = 0; channel < channels; channel++) {
      for (int tap = 0; tap < taps; tap++) {
        transposed[channel * taps + tap] = operator.weights().get(tap * channels + channel);
      }
    }
    return Int8Array.of(transposed);
  }

  private KernelCode unpadded(DepthwiseConv2d operator, ChannelOutputs outputs) {
    Window window = operator.window();
    int pixels = pixels(window);
    KernelCode code =
        dense(operator, outputs, "portable/depthwise_conv2d.c.vm")
            .with("columns", withInputs(Blocks.of(window.outputWidth(), pixels), window));
    return finish(code, operator, outputs, pixels + " pixels at a time");
  }

  private KernelCode padded(DepthwiseConv2d operator, ChannelOutputs outputs) {
    Window window = operator.window();
    int pixels = pixels(window);
    List<Map<String, Object>> bands = new ArrayList<>();
    for (Map<String, Object> band : Interior.of(window).orElseThrow().bands(pixels)) {
      Map<String, Object> changed = new LinkedHashMap<>(band);
      changed.put("columns", withInputs(stretches(band.get("columns")), window));
      bands.add(changed);
    }
    KernelCode code =
        dense(operator, outputs, "portable/depthwise_conv2d_padded.c.vm")
            .with("bands", bands)
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with(
                ConstantArray.int32(
                    "edge_bias",
                    outputs.biases(operator.bias()),
                    "for windows that reach into the padding: no zero point folded in"));
    return finish(code, operator, outputs, pixels + " pixels at a time, edges apart");
  }

  @SuppressWarnings("unchecked") // What Interior puts there.
  private static List<Map<String, Object>> stretches(Object columns) {
    return (List<Map<String, Object>>) columns;
  }

  /** Narrow kernels leave registers for four sums, wide ones for two. */
  private static int pixels(Window window) {
    return window.kernelWidth() <= 3 ? 4 : 2;
  }

  /**
   * Each stretch with {@code inputs}: the input columns its block covers, each with its {@code
   * offset} in elements and the {@code uses}, pairs of {@code pixel} and {@code kx}.
   */
  private static List<Map<String, Object>> withInputs(
      List<Map<String, Object>> stretches, Window window) {
    List<Map<String, Object>> extended = new ArrayList<>();
    for (Map<String, Object> stretch : stretches) {
      int pixels = (Integer) stretch.get("width");
      List<Map<String, Object>> inputs = new ArrayList<>();
      int reach = (pixels - 1) * window.strideWidth() + window.kernelWidth();
      for (int column = 0; column < reach; column++) {
        List<Map<String, Object>> uses = new ArrayList<>();
        for (int pixel = 0; pixel < pixels; pixel++) {
          int kx = column - pixel * window.strideWidth();
          if (kx >= 0 && kx < window.kernelWidth()) {
            uses.add(Map.of("pixel", pixel, "kx", kx));
          }
        }
        if (!uses.isEmpty()) {
          inputs.add(
              Map.of("name", column, "offset", column * window.inputChannels(), "uses", uses));
        }
      }
      Map<String, Object> changed = new LinkedHashMap<>(stretch);
      changed.put("inputs", inputs);
      extended.add(changed);
    }
    return extended;
  }

  private static KernelCode dense(
      DepthwiseConv2d operator, ChannelOutputs outputs, String template) {
    Int8Array weights = byChannel(operator);
    int taps = weights.length() / operator.outputChannels();
    return geometry(operator, template)
        .with(weights(operator, weights))
        .with(
            LinearCode.bias(
                outputs.biases(operator.bias()),
                weights,
                taps,
                operator.input(),
                operator.inputZeroPoint()));
  }

  private KernelCode general(DepthwiseConv2d operator, ChannelOutputs outputs) {
    KernelCode code =
        geometry(operator, "portable/depthwise_conv2d_general.c.vm")
            .with("depthMultiplier", operator.depthMultiplier())
            .with("outputChannels", operator.outputChannels())
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with(weights(operator, byChannel(operator)))
            .with(
                ConstantArray.int32(
                    "bias", outputs.biases(operator.bias()), "at input scale * weight scale"));
    return finish(code, operator, outputs, "depth multiplier or dilation");
  }

  private static KernelCode geometry(DepthwiseConv2d operator, String template) {
    KernelCode code =
        KernelCode.of(
            "depthwise_conv2d_"
                + Geometry.stem(operator.window())
                + "x"
                + operator.outputChannels(),
            template);
    for (Map.Entry<String, Object> number : Geometry.of(operator.window()).entrySet()) {
      code = code.with(number.getKey(), number.getValue());
    }
    int taps = operator.window().kernelHeight() * operator.window().kernelWidth();
    return LinearCode.of(
            code, operator.input(), operator.inputZeroPoint(), operator.accumulatorBound())
        .with("taps", taps)
        .with("kernelColumns", Blocks.of(operator.window().kernelWidth(), MOST_COLUMNS));
  }

  private static ConstantArray weights(DepthwiseConv2d operator, Int8Array weights) {
    Window window = operator.window();
    return ConstantArray.int8(
        "weights",
        weights,
        window.kernelHeight() * window.kernelWidth(),
        "["
            + operator.outputChannels()
            + " channels]["
            + window.kernelHeight()
            + "]["
            + window.kernelWidth()
            + "]");
  }

  private KernelCode finish(
      KernelCode code, DepthwiseConv2d operator, ChannelOutputs stage, String note) {
    long outputs = (long) operator.window().outputPositions() * operator.outputChannels();
    return stage
        .with(code)
        .costing(
            operator.macs() * blocking.depthwiseCost() / 10 + stage.cost() * outputs,
            note + stage.note());
  }
}
