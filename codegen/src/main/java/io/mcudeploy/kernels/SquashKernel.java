package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.Squash;
import java.util.List;

/** Squash of int8 vectors, portable: one after another through a vector of int32. */
final class SquashKernel implements Kernel<Squash> {
  @Override
  public Class<Squash> operator() {
    return Squash.class;
  }

  @Override
  public String family() {
    return "portable";
  }

  @Override
  public List<KernelCode> variants(Squash operator) {
    int dimension = operator.table().dimension();
    int vectors = operator.outer() * operator.inner();
    KernelCode code =
        KernelCode.of(
                "squash_%dx%dx%d".formatted(operator.outer(), dimension, operator.inner()),
                "portable/squash.c.vm")
            .with("outer", operator.outer())
            .with("inner", operator.inner())
            .with("vectors", vectors)
            .with("dimension", dimension)
            .with("outerStep", dimension * operator.inner())
            .with("octaves", operator.table().octaves())
            .with("zeroPoint", operator.inputZeroPoint())
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()));
    return List.of(
        SquashCode.constants(SquashCode.arguments(code, operator.table()), operator.table())
            .withScratch(new Scratch("vector", CType.INT32, dimension))
            .inPlaceOf(0)
            .costing(vectors * (30L + 16L * dimension), "a vector at a time"));
  }
}
