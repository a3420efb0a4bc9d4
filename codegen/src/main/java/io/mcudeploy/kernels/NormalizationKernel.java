package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Normalization;
import java.util.List;

/** Normalization of rows, portable: one pass for the statistics, one for the results. */
final class NormalizationKernel implements Kernel<Normalization> {
  @Override
  public Class<Normalization> operator() {
    return Normalization.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Normalization operator) {
    Normalization.Rows rows = operator.shape();
    String stem = operator.centred() ? "normalization" : "normalization_uncentred";
    KernelCode code =
        KernelCode.of(
                "%s_%dx%dx%d".formatted(stem, rows.outer(), rows.depth(), rows.inner()),
                "portable/" + stem + ".c.vm")
            .with("outer", rows.outer())
            .with("repeats", rows.repeats())
            .with("groups", rows.groups())
            .with("runs", rows.runs())
            .with("run", rows.run())
            .with("depth", rows.depth())
            .with("inner", rows.inner())
            .with("lanes", rows.lanes())
            .with("parameter", parameter(rows))
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with("epsilon", operator.epsilon())
            .with(
                new ConstantArray(
                    "scale", CType.INT16, operator.scale(), 0, "for each group, run and lane"))
            .with(
                ConstantArray.int32(
                    "bias", operator.bias(), "at the unit of a normalized element times scale"));
    long elements = (long) rows.outer() * rows.depth() * rows.inner();
    return List.of(
        OutputCode.single(code, operator.output(), operator.accumulatorBound())
            .inPlaceOf(0)
            .costing(30 * elements + 250L * rows.outer() * rows.inner(), ""));
  }

  /** The index of an element's scale; what has one scale for all has no part in it. */
  private static String parameter(Normalization.Rows rows) {
    String run = rows.groups() > 1 ? "(g * " + rows.runs() + " + r)" : "r";
    return rows.lanes() > 1 ? run + " * " + rows.lanes() + " + i" : run;
  }
}
