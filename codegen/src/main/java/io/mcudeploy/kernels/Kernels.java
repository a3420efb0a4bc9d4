package io.mcudeploy.kernels;

import io.mcudeploy.kernels.dsp.DspAdd;
import io.mcudeploy.kernels.dsp.DspAveragePool2d;
import io.mcudeploy.kernels.dsp.DspCapsuleRouting;
import io.mcudeploy.kernels.dsp.DspConv2d;
import io.mcudeploy.kernels.dsp.DspConv2dAdd;
import io.mcudeploy.kernels.dsp.DspConv2dMaxPool;
import io.mcudeploy.kernels.dsp.DspDepthwiseConv2d;
import io.mcudeploy.kernels.dsp.DspFullyConnected;
import io.mcudeploy.kernels.dsp.DspMaxPool2d;
import io.mcudeploy.kernels.dsp.DspPrimaryCapsules;
import io.mcudeploy.kernels.mve.MveAdd;
import io.mcudeploy.kernels.mve.MveAveragePool2d;
import io.mcudeploy.kernels.mve.MveCapsuleRouting;
import io.mcudeploy.kernels.mve.MveConv2d;
import io.mcudeploy.kernels.mve.MveConv2dMaxPool;
import io.mcudeploy.kernels.mve.MveDepthwiseConv2d;
import io.mcudeploy.kernels.mve.MveFullyConnected;
import io.mcudeploy.kernels.mve.MveMaxPool2d;
import io.mcudeploy.kernels.mve.MveMultiply;
import io.mcudeploy.kernels.mve.MvePrimaryCapsules;
import io.mcudeploy.quantized.IntegerOperator;
import java.util.Comparator;
import java.util.List;

/** The kernels that exist, and which of them a core uses for an operator. */
public final class Kernels {
  /** Every kernel, one line each, by family. A new operator or a faster family is a new line. */
  private static final List<Kernel<?>> ALL =
      List.of(
          new Conv2dKernel(Blocking.PORTABLE),
          new Conv2dKernel(Blocking.M0),
          new Conv2dKernel(Blocking.M3),
          new Conv2dKernel(Blocking.RV32),
          new ConvTranspose2dKernel(Blocking.PORTABLE),
          new ConvTranspose2dKernel(Blocking.M0),
          new ConvTranspose2dKernel(Blocking.M3),
          new ConvTranspose2dKernel(Blocking.RV32),
          new DepthwiseConv2dKernel(Blocking.PORTABLE),
          new DepthwiseConv2dKernel(Blocking.M0),
          new DepthwiseConv2dKernel(Blocking.M3),
          new DepthwiseConv2dKernel(Blocking.RV32),
          new FullyConnectedKernel(Blocking.PORTABLE),
          new FullyConnectedKernel(Blocking.M0),
          new FullyConnectedKernel(Blocking.M3),
          new FullyConnectedKernel(Blocking.RV32),
          new MatMulKernel(),
          new MaxPool2dKernel(),
          new AveragePool2dKernel(),
          new AddKernel(),
          new MultiplyKernel(),
          new DivideKernel(),
          new ExtremeKernel(),
          new SelectKernel(),
          new CompareKernel(),
          new ParametricReluKernel(),
          new PickKernel(),
          new GatherRowsKernel(),
          new GatherElementsKernel(),
          new ScatterKernel(),
          new TopIndicesKernel(),
          new OneHotKernel(),
          new CumulativeSumKernel(),
          new LookupTableKernel(),
          new InterpolatedTableKernel(),
          new Int16SoftmaxKernel(),
          new RequantizeKernel(),
          new SoftmaxKernel(),
          new LogSoftmaxKernel(),
          new ReduceKernel(),
          new ReduceProductKernel(),
          new NormalizationKernel(),
          new ResizeKernel(),
          new CopyKernel(),
          new PadKernel(),
          new ConcatKernel(),
          new LstmKernel(),
          new GruKernel(),
          new RnnKernel(),
          new SvdfKernel(),
          new SquashKernel(),
          new PrimaryCapsulesKernel(Blocking.PORTABLE),
          new PrimaryCapsulesKernel(Blocking.M0),
          new PrimaryCapsulesKernel(Blocking.M3),
          new PrimaryCapsulesKernel(Blocking.RV32),
          new CapsuleRoutingKernel(),
          new DspAdd(),
          new DspConv2d(),
          new DspConv2dAdd(),
          new DspConv2dMaxPool(),
          new DspCapsuleRouting(),
          new DspDepthwiseConv2d(),
          new DspFullyConnected(),
          new DspMaxPool2d(),
          new DspAveragePool2d(),
          new DspPrimaryCapsules(),
          new MveAdd(),
          new MveAveragePool2d(),
          new MveCapsuleRouting(),
          new MveMaxPool2d(),
          new MveMultiply(),
          new MveConv2d(),
          new MveConv2dMaxPool(),
          new MveDepthwiseConv2d(),
          new MveFullyConnected(),
          new MvePrimaryCapsules());

  private Kernels() {}

  /** Every kernel of every family. */
  public static List<Kernel<?>> all() {
    return ALL;
  }

  /**
   * The ways a core computes an operator, the fastest first.
   *
   * @param chain families, the most special first, such as {@code [cmsis-nn/dsp, portable]}
   * @throws IllegalArgumentException if no family of the chain computes it
   */
  public static List<KernelCode> variants(IntegerOperator operator, List<String> chain) {
    List<KernelCode> variants = find(operator, chain);
    if (variants.isEmpty()) {
      throw new IllegalArgumentException("no kernel of " + chain + " computes " + operator.title());
    }
    return variants;
  }

  /** As above; none if no family of the chain computes the operator, as may be with two at once. */
  public static List<KernelCode> find(IntegerOperator operator, List<String> chain) {
    for (String family : chain) {
      for (Kernel<?> kernel : ALL) {
        if (kernel.family().equals(family) && kernel.operator().isInstance(operator)) {
          List<KernelCode> variants = variants(kernel, operator);
          if (!variants.isEmpty()) {
            return variants;
          }
        }
      }
    }
    return List.of();
  }

  private static <T extends IntegerOperator> List<KernelCode> variants(
      Kernel<T> kernel, IntegerOperator operator) {
    return kernel.variants(kernel.operator().cast(operator)).stream()
        .sorted(Comparator.comparingLong(KernelCode::cost))
        .toList();
  }
}
