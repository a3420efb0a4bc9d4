package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.Pick;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Copy by a list of places, portable: loops only where there is more than one turn. */
final class PickKernel implements Kernel<Pick> {
  @Override
  public Class<Pick> operator() {
    return Pick.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Pick operator) {
    int unit = operator.unit();
    List<Map<String, Object>> axes = new ArrayList<>();
    StringBuilder place = new StringBuilder();
    if (operator.outer() > 1) {
      axes.add(Map.of("name", "i", "extent", operator.outer()));
      place.append("i * ").append(operator.outerStride()).append(" + ");
    }
    axes.add(Map.of("name", "k", "extent", operator.starts().length()));
    place.append("start[k]").append(unit > 1 ? " * " + unit : "");
    if (operator.run() > 1) {
      axes.add(Map.of("name", "j", "extent", operator.run()));
      place.append(" + j");
    }
    int[] multiples =
        Arrays.stream(operator.starts().toArray()).map(start -> start / unit).toArray();
    long elements = (long) operator.outer() * multiples.length * operator.run();
    return List.of(
        KernelCode.of(
                "pick_" + operator.outer() + "x" + multiples.length + "x" + operator.run(),
                "portable/pick.c.vm")
            .with("axes", axes)
            .with("place", place.toString())
            .with("inputElements", operator.inputElements())
            .with("elements", elements)
            .with("count", multiples.length)
            .with("type", operator.storage().name().toLowerCase(Locale.ROOT))
            .with(
                ConstantArray.indices(
                    "start", Int32Array.of(multiples), "places in x, in units of " + unit))
            .costing(7L * elements, ""));
  }
}
