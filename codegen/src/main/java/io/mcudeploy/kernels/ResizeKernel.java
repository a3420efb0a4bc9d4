package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Resize;
import java.util.List;

/** Interpolation, portable: where each row and column comes from is in tables. */
final class ResizeKernel implements Kernel<Resize> {
  @Override
  public Class<Resize> operator() {
    return Resize.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Resize operator) {
    KernelCode code =
        geometry(operator)
            .with(positions("row", operator.rows()))
            .with(positions("column", operator.columns()));
    long outputs =
        (long) operator.outer()
            * operator.rows().outputs()
            * operator.columns().outputs()
            * operator.inner();
    if (operator.picks()) {
      return List.of(code.costing(6 * outputs, "nearest"));
    }
    int taps = operator.rows().taps() * operator.columns().taps();
    return List.of(
        code.with("rowTaps", operator.rows().taps())
            .with("columnTaps", operator.columns().taps())
            .with("taps", taps)
            .with(weights("row", operator.rows()))
            .with(weights("column", operator.columns()))
            .costing((5L * taps + 12) * outputs, taps + " taps"));
  }

  private static KernelCode geometry(Resize operator) {
    String stem = operator.picks() ? "resize_nearest" : "resize";
    return KernelCode.of(
            "%s_%dx%dx%d_%dx%d"
                .formatted(
                    stem,
                    operator.rows().extent(),
                    operator.columns().extent(),
                    operator.inner(),
                    operator.rows().outputs(),
                    operator.columns().outputs()),
            "portable/" + stem + ".c.vm")
        .with("outer", operator.outer())
        .with("inputHeight", operator.rows().extent())
        .with("inputWidth", operator.columns().extent())
        .with("outputHeight", operator.rows().outputs())
        .with("outputWidth", operator.columns().outputs())
        .with("inner", operator.inner());
  }

  private static ConstantArray positions(String what, Resize.Axis axis) {
    return new ConstantArray(
        what,
        CType.UINT16,
        axis.first(),
        0,
        "the first input %s of each output %s".formatted(what, what));
  }

  private static ConstantArray weights(String what, Resize.Axis axis) {
    return new ConstantArray(
        what + "_weight",
        CType.INT16,
        axis.weights(),
        axis.taps(),
        "of the %d input %ss of each output %s, 10 fraction bits"
            .formatted(axis.taps(), what, what));
  }
}
