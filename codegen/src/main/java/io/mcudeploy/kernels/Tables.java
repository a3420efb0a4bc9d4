package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.List;

/** Functions of one int8 as tables of 256 bytes. */
final class Tables {
  private Tables() {}

  /** The outputs of a change of scale for the inputs -128..127. */
  static Int8Array of(Rescale rescale) {
    byte[] table = new byte[256];
    for (int i = 0; i < table.length; i++) {
      table[i] = (byte) rescale.apply(i - 128);
    }
    return Int8Array.of(table);
  }

  /** A change of scale as a C expression, where a table would be too large. */
  static String rescaled(Rescale rescale, String x) {
    String centred = x + OutputCode.plus(-rescale.inputZeroPoint());
    List<Multiplier> multiplier = List.of(rescale.multiplier());
    String scaled =
        rescale.multiplier().equals(Multiplier.of(1))
            ? centred
            : "%s(%s, %d, %d)"
                .formatted(
                    OutputCode.requantize(multiplier, rescale.accumulatorBound()),
                    centred,
                    rescale.multiplier().multiplier(),
                    OutputCode.shift(rescale.multiplier()));
    return "%s(%s%s, %d, %d)"
        .formatted(
            OutputCode.clamp(rescale.output()),
            scaled,
            OutputCode.plus(rescale.outputZeroPoint()),
            rescale.output().lowest(),
            rescale.output().highest());
  }

  /** The code that replaces each element by its table entry. */
  static KernelCode elementwise(int elements, Int8Array table) {
    return KernelCode.of("lookup_table_" + elements, "portable/lookup_table.c.vm")
        .with("elements", elements)
        .with(ConstantArray.int8("table", table, 16, "y for x = -128..127"))
        .inPlaceOf(0)
        .costing(5L * elements, "");
  }
}
