package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tensors side by side, portable: a copy where the scale stays, else by a table or, for int16, by
 * arithmetic.
 */
final class ConcatKernel implements Kernel<Concat> {
  @Override
  public Class<Concat> operator() {
    return Concat.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Concat operator) {
    List<String> names = new ArrayList<>();
    List<Map<String, Object>> parts = new ArrayList<>();
    RescaleTables tables = new RescaleTables();
    int start = 0;
    for (int k = 0; k < operator.lengths().size(); k++) {
      String name = "x" + k;
      names.add(name);
      parts.add(
          Map.of(
              "type",
              OutputCode.typeName(operator.inputStorage(k)),
              "name",
              name,
              "length",
              operator.lengths().get(k),
              "lines",
              lines(operator, k, start, tables)));
      start += operator.lengths().get(k);
    }
    KernelCode code =
        KernelCode.of(
                "concat_" + operator.outer() + "x" + operator.outputLength(),
                "portable/concat.c.vm")
            .with("outer", operator.outer())
            .with("outputType", OutputCode.typeName(operator.outputStorage(0)))
            .with("outputLength", operator.outputLength())
            .with("parts", parts)
            .reading(names.toArray(String[]::new));
    return List.of(
        tables.addedTo(code).costing(3L * operator.outer() * operator.outputLength(), ""));
  }

  /** What brings a row of one input to its place. */
  private static List<String> lines(Concat operator, int input, int start, RescaleTables tables) {
    String name = "x" + input;
    int length = operator.lengths().get(input);
    Rescale rescale = operator.rescales().get(input);
    if (rescale.isInt8() && rescale.isIdentity()) {
      return List.of("copy_bytes(&y[%d], %s, %d);".formatted(start, name, length));
    }
    if (rescale.isInt8()) {
      return List.of(
          "look_up(&y[%d], %s, %s, %d);".formatted(start, name, tables.name(rescale), length));
    }
    return List.of(
        "for (int32_t i = 0; i < " + length + "; i++)",
        "{",
        "y[%d + i] = %s;".formatted(start, tables.at(rescale, name + "[i]")),
        "}");
  }
}
