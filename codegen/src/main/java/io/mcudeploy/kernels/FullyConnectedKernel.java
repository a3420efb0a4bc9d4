package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.FullyConnected;
import java.util.List;
import java.util.stream.Stream;

/**
 * Fully connected, portable: four outputs at a time, so that an input is loaded once for four
 * products; weights interleaved in that order. Several rows are several pixels of a 1x1
 * convolution.
 */
final class FullyConnectedKernel implements Kernel<FullyConnected> {
  private static final int OUTPUTS = 4;
  private static final int UNROLLED = 4;

  private final Blocking blocking;

  FullyConnectedKernel(Blocking blocking) {
    this.blocking = blocking;
  }

  @Override
  public Class<FullyConnected> operator() {
    return FullyConnected.class;
  }

  @Override
  public String family() {
    return blocking.family();
  }

  @Override
  public List<KernelCode> variants(FullyConnected operator) {
    return ChannelOutputs.of(
            blocking, operator.output(), operator.accumulatorBound(), operator.input())
        .stream()
        .flatMap(
            outputs ->
                Stream.concat(
                    PairFullyConnectedCode.of(blocking, operator, outputs).stream(),
                    Stream.of(
                        operator.rows() > 1 ? rows(operator, outputs) : row(operator, outputs))))
        .toList();
  }

  private KernelCode rows(FullyConnected operator, ChannelOutputs outputs) {
    return PointwiseCode.of(
        blocking,
        "fully_connected_%dx%d_%d"
            .formatted(operator.rows(), operator.inputs(), operator.outputs()),
        operator.rows(),
        operator.inputs(),
        operator.input(),
        operator.inputZeroPoint(),
        operator.weights(),
        operator.bias(),
        outputs,
        operator.accumulatorBound());
  }

  private KernelCode row(FullyConnected operator, ChannelOutputs stage) {
    int inputs = operator.inputs();
    int outputs = operator.outputs();
    KernelCode code =
        LinearCode.of(
                KernelCode.of(
                    "fully_connected_" + inputs + "x" + outputs, "portable/fully_connected.c.vm"),
                operator.input(),
                operator.inputZeroPoint(),
                operator.accumulatorBound())
            .with("inputs", inputs)
            .with("outputs", outputs)
            .with("blocks", Blocks.of(outputs, OUTPUTS))
            .with("stretches", Blocks.of(inputs, UNROLLED))
            .with(
                ConstantArray.int8(
                    "weights",
                    Blocks.interleave(operator.weights(), outputs, inputs, OUTPUTS),
                    OUTPUTS * UNROLLED,
                    "for each 4 of " + outputs + " outputs: [" + inputs + " inputs][4]"))
            .with(
                LinearCode.bias(
                    stage.biases(operator.bias()),
                    operator.weights(),
                    inputs,
                    operator.input(),
                    operator.inputZeroPoint()));
    return stage
        .with(code)
        .costing(
            operator.macs() * blocking.columnCost() / 100 + (long) stage.cost() * outputs,
            "4 outputs at a time" + stage.note());
  }
}
