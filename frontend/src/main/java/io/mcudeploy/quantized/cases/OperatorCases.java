package io.mcudeploy.quantized.cases;

import java.util.List;
import java.util.stream.Stream;

/** All cases of all integer operators. */
public final class OperatorCases {
  private OperatorCases() {}

  /** In a fixed order; every id is unique. */
  public static List<OperatorCase> all() {
    return Stream.of(
            ConvolutionCases.all(),
            PlainCases.all(),
            Int16Cases.all(),
            ImageCases.all(),
            NormalizationCases.all(),
            SelectionCases.all(),
            IndexCases.all(),
            CapsuleCases.all(),
            RecurrentCases.all())
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Cases of pairs of operators, for the cores with kernels for both at once; ids and order as
   * above.
   */
  public static List<OperatorCase> fused() {
    return FusedCases.all();
  }
}
