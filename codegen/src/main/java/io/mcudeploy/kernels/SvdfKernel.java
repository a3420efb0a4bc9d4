package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Svdf;
import java.util.List;

/** Filters of rank 1 in frequency and time, portable. */
final class SvdfKernel implements Kernel<Svdf> {
  @Override
  public Class<Svdf> operator() {
    return Svdf.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Svdf svdf) {
    boolean wide = svdf.storage() == StorageType.INT16;
    KernelCode code =
        KernelCode.of(
                "svdf_" + svdf.inputs() + "x" + svdf.filters() + "_" + svdf.units(),
                "portable/svdf.c.vm")
            .reading("x", "state")
            .writing("y", "state_out")
            .with("batches", svdf.batches())
            .with("inputs", svdf.inputs())
            .with("filters", svdf.filters())
            .with("units", svdf.units())
            .with("rank", svdf.rank())
            .with("memory", svdf.memory())
            .with("stateType", svdf.storage().cName())
            .with("saturate", wide ? "saturate16" : "saturate8")
            .with("stateOffset", OutputCode.plus(svdf.stateZeroPoint()))
            .with("stateCentre", OutputCode.plus(-svdf.stateZeroPoint()))
            .with("offset", OutputCode.plus(svdf.outputZeroPoint()))
            .with(
                "requantizeFeature",
                OutputCode.requantize(List.of(svdf.feature()), svdf.accumulatorBound()))
            .with(
                "requantize",
                wide
                    ? "requantize_any"
                    : OutputCode.requantize(List.of(svdf.output()), svdf.accumulatorBound()));
    code = GateCode.multiplier(code, "feature", svdf.feature());
    code = GateCode.multiplier(code, "output", svdf.output());
    return List.of(
        code.with(
                ConstantArray.int8(
                    "features",
                    svdf.features(),
                    0,
                    "[" + svdf.filters() + " filters][" + svdf.inputs() + "]"))
            .with(
                ConstantArray.int32(
                    "feature_bias",
                    Blocks.fold(
                        Int32Array.of(new int[svdf.filters()]),
                        svdf.features(),
                        svdf.inputs(),
                        svdf.inputZeroPoint()),
                    "the input's zero point"))
            .with(
                new ConstantArray(
                    "times",
                    CType.valueOf(svdf.storage().name()),
                    svdf.times(),
                    0,
                    "[" + svdf.filters() + " filters][" + svdf.memory() + " times]"))
            .with(ConstantArray.int32("bias", svdf.bias(), "at state scale * time scale"))
            .costing(5 * svdf.macs(), ""));
  }
}
