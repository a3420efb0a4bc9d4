package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.GateFunction;
import io.mcudeploy.quantized.operators.Rnn;
import java.util.List;

/** Plain recurrent layers, portable. */
final class RnnKernel implements Kernel<Rnn> {
  @Override
  public Class<Rnn> operator() {
    return Rnn.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Rnn rnn) {
    KernelCode code =
        KernelCode.of(
                "rnn_"
                    + rnn.sequence().steps()
                    + "x"
                    + rnn.sequence().inputs()
                    + "_"
                    + rnn.sequence().units(),
                "portable/rnn.c.vm")
            .reading("x", "h")
            .writing("y", "h_out")
            .withScratch(new Scratch("before", CType.INT16, rnn.sequence().units()))
            .with(
                "activation",
                rnn.activation() == GateFunction.SIGMOID
                    ? "sigmoid16(sum, sigmoid)"
                    : "tanh16(3 * sum, sigmoid)")
            .with("offset", OutputCode.plus(rnn.outputZeroPoint()))
            .with("requantize", OutputCode.requantize(List.of(rnn.output()), 32768));
    return List.of(
        GateCode.of(
                GateCode.multiplier(code, "output", rnn.output()),
                rnn.sequence(),
                List.of(rnn.gate()),
                GateCode.Order.BY_GATE,
                rnn.inputZeroPoint(),
                0,
                rnn.gateLimit())
            .costing(
                rnn.macs() * 4
                    + 120L
                        * rnn.sequence().steps()
                        * rnn.sequence().batches()
                        * rnn.sequence().units(),
                ""));
  }
}
