package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tensors side by side, portable: a copy where the scale stays, else by a table. */
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
    Map<Rescale, String> tables = new LinkedHashMap<>();
    int start = 0;
    for (int k = 0; k < operator.lengths().size(); k++) {
      Rescale rescale = operator.rescales().get(k);
      String element = "x" + k + "[i]";
      if (!rescale.isIdentity()) {
        String table = tables.computeIfAbsent(rescale, r -> "table" + tables.size());
        element = table + "[" + element + " + 128]";
      }
      names.add("x" + k);
      parts.add(
          Map.of(
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
            .with("outputLength", operator.outputLength())
            .with("parts", parts)
            .reading(names.toArray(String[]::new));
    for (Map.Entry<Rescale, String> table : tables.entrySet()) {
      code =
          code.with(
              ConstantArray.int8(
                  table.getValue(),
                  Tables.of(table.getKey()),
                  16,
                  "the output's integer for the input's -128..127"));
    }
    return List.of(code.costing(5L * operator.outer() * operator.outputLength(), ""));
  }
}
