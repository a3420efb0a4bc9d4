package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Rescale;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tables by which a kernel brings its inputs to another scale; equal changes share one. Where
 * int16 is involved, arithmetic takes their place.
 */
final class RescaleTables {
  private final Map<Rescale, String> names = new LinkedHashMap<>();

  /** The C expression for an element at the other scale. */
  String at(Rescale rescale, String element) {
    if (rescale.isIdentity()) {
      return element;
    }
    if (!rescale.isInt8()) {
      return Tables.rescaled(rescale, element);
    }
    return name(rescale) + "[" + element + " + 128]";
  }

  /** The C name of the table of a change between int8 scales. */
  String name(Rescale rescale) {
    return names.computeIfAbsent(rescale, r -> "table" + names.size());
  }

  /** The code with the tables as constants. */
  KernelCode addedTo(KernelCode code) {
    KernelCode result = code;
    for (Map.Entry<Rescale, String> table : names.entrySet()) {
      result =
          result.with(
              ConstantArray.int8(
                  table.getValue(),
                  Tables.of(table.getKey()),
                  16,
                  "the output's integer for the input's -128..127"));
    }
    return result;
  }
}
