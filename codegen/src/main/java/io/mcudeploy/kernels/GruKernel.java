package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Gru;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gated recurrent units, portable. Where the reset comes after the product, the three gates of a
 * unit go together, so that an input is loaded once for three products; where it comes before, the
 * reset gate of all units goes first.
 */
final class GruKernel implements Kernel<Gru> {
  @Override
  public Class<Gru> operator() {
    return Gru.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Gru gru) {
    return List.of(gru.linearBeforeReset() ? together(gru) : oneByOne(gru));
  }

  private static KernelCode together(Gru gru) {
    return code(gru, "gru", GateCode.Order.BY_UNIT)
        .withScratch(new Scratch("before", CType.INT16, gru.sequence().units()))
        .costing(gru.macs() * 7 / 3 + overhead(gru), "3 gates at a time");
  }

  private static KernelCode oneByOne(Gru gru) {
    int units = gru.sequence().units();
    return code(gru, "gru_reset_first", GateCode.Order.BY_GATE)
        .with(
            "gates",
            List.of(
                gate(
                    units,
                    "before",
                    "reset_state[u] = (int16_t)multiply_q15(sigmoid16(sum, sigmoid), before[u]);"),
                gate(2 * units, "reset_state", "state[u] = (int16_t)tanh16(3 * sum, sigmoid);"),
                gate(
                    0,
                    "before",
                    "state[u] = (int16_t)(state[u] + multiply_q15(sigmoid16(sum, sigmoid),"
                        + " before[u] - state[u]));")))
        .withScratch(new Scratch("before", CType.INT16, 2 * units))
        .costing(gru.macs() * 4 + overhead(gru), "");
  }

  private static Map<String, Object> gate(int first, String state, String result) {
    Map<String, Object> gate = new LinkedHashMap<>();
    gate.put("first", first);
    gate.put("state", state);
    gate.put("result", result);
    return gate;
  }

  private static KernelCode code(Gru gru, String template, GateCode.Order order) {
    KernelCode code =
        KernelCode.of(
                template
                    + "_"
                    + gru.sequence().steps()
                    + "x"
                    + gru.sequence().inputs()
                    + "_"
                    + gru.sequence().units(),
                "portable/" + template + ".c.vm")
            .reading("x", "h")
            .writing("y", "h_out")
            .with("offset", OutputCode.plus(gru.outputZeroPoint()))
            .with("requantize", OutputCode.requantize(List.of(gru.output()), 32768));
    return GateCode.of(
        GateCode.multiplier(code, "output", gru.output()),
        gru.sequence(),
        gru.gates(),
        order,
        gru.inputZeroPoint(),
        0,
        gru.gateLimit());
  }

  private static long overhead(Gru gru) {
    return 300L * gru.sequence().steps() * gru.sequence().batches() * gru.sequence().units();
  }
}
