package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Kernels;
import io.mcudeploy.quantized.IntegerOperator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The kernels of a core, looked for once for each operator: plans of all goals ask for those of the
 * same layers, stripes have equal bands, and so have chains with other turns.
 */
final class CoreKernels {
  private final List<String> families;
  private final Map<IntegerOperator, List<KernelCode>> variants = new HashMap<>();

  /**
   * @param families of the core, the most special first
   */
  CoreKernels(List<String> families) {
    this.families = List.copyOf(families);
  }

  /**
   * The kernels of an operator, the fastest first.
   *
   * @throws IllegalArgumentException if there is none
   */
  List<KernelCode> variants(IntegerOperator operator) {
    List<KernelCode> variants = find(operator);
    if (variants.isEmpty()) {
      throw new IllegalArgumentException(
          "no kernel of " + families + " computes " + operator.title());
    }
    return variants;
  }

  /** As above; none for two layers at once that no kernel computes. */
  List<KernelCode> find(IntegerOperator operator) {
    return variants.computeIfAbsent(operator, key -> Kernels.find(key, families));
  }
}
