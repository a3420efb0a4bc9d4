package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.FullyConnected;
import java.util.List;

/**
 * Fully connected, portable: four outputs at a time, so that an input is loaded once for four
 * products; weights interleaved in that order. Several rows are several pixels of a 1x1
 * convolution.
 */
final class FullyConnectedKernel implements Kernel<FullyConnected> {
  private static final int OUTPUTS = 4;
  private static final int UNROLLED = 4;

  @Override
  public Class<FullyConnected> operator() {
    return FullyConnected.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(FullyConnected operator) {
    int inputs = operator.inputs();
    int outputs = operator.outputs();
    if (operator.rows() > 1) {
      return List.of(
          PointwiseCode.of(
              Blocking.PORTABLE,
              "fully_connected_" + operator.rows() + "x" + inputs + "_" + outputs,
              operator.rows(),
              inputs,
              operator.input(),
              operator.inputZeroPoint(),
              operator.weights(),
              operator.bias(),
              operator.output(),
              operator.accumulatorBound()));
    }
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
                    operator.bias(),
                    operator.weights(),
                    inputs,
                    operator.input(),
                    operator.inputZeroPoint()));
    return List.of(
        OutputCode.perChannel(
                code, operator.output(), operator.accumulatorBound(), operator.input())
            .costing(operator.macs() * 9 / 4 + 20L * outputs, "4 outputs at a time"));
  }
}
