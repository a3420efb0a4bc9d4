package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Lstm;
import java.util.List;

/**
 * Long short-term memory, portable: the four gates of a unit at a time, so that an input is loaded
 * once for four products. The hidden state of the step before is the last row of the output.
 */
final class LstmKernel implements Kernel<Lstm> {
  @Override
  public Class<Lstm> operator() {
    return Lstm.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Lstm lstm) {
    KernelCode code =
        KernelCode.of(
                "lstm_"
                    + lstm.sequence().steps()
                    + "x"
                    + lstm.sequence().inputs()
                    + "_"
                    + lstm.sequence().units(),
                "portable/lstm.c.vm")
            .reading("x", "h", "c")
            .writing("y", "h_out", "c_out")
            .with("offset", OutputCode.plus(lstm.hiddenZeroPoint()))
            .with("cellLowest", -lstm.cellLimit())
            .with("cellHighest", Math.min(lstm.cellLimit(), 32767))
            .with("cellScale", "2^" + lstm.cellPower())
            .with("thirdOfCell", thirdOfCell(lstm.cellPower() + 12))
            .with("requantize", OutputCode.requantize(List.of(lstm.hidden()), (1L << 30) - 1));
    code = GateCode.multiplier(code, "kept", Lstm.KEPT);
    code = GateCode.multiplier(code, "fresh", lstm.fresh());
    code = GateCode.multiplier(code, "hidden", lstm.hidden());
    return List.of(
        GateCode.of(
                code,
                lstm.sequence(),
                lstm.gates(),
                GateCode.Order.BY_UNIT,
                lstm.inputZeroPoint(),
                lstm.hiddenZeroPoint(),
                lstm.gateLimit())
            .costing(
                lstm.macs() * 9 / 4
                    + 400L
                        * lstm.sequence().steps()
                        * lstm.sequence().batches()
                        * lstm.sequence().units(),
                "4 gates at a time"));
  }

  /** Three times the cell state in Q3.12. */
  private static String thirdOfCell(int left) {
    return left >= 0
        ? "cell * " + (3 << left)
        : "shift_right(3 * cell + " + (1 << (-left - 1)) + ", " + -left + ")";
  }
}
