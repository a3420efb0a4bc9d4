package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Concat;
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
      String element = tables.at(operator.rescales().get(k), "x" + k + "[i]");
      names.add("x" + k);
      parts.add(
          Map.of(
              "type",
              OutputCode.typeName(operator.inputStorage(k)),
              "name",
              "x" + k,
              "length",
              operator.lengths().get(k),
              "start",
              start,
              "element",
              element));
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
        tables.addedTo(code).costing(5L * operator.outer() * operator.outputLength(), ""));
  }
}
