package io.mcudeploy.kernels;

import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * How one family of cores computes one integer operator: chooses the template and its blocking,
 * packs weights in the order the template reads them, and computes every number the template names.
 *
 * @param <T> the operator
 */
public interface Kernel<T extends IntegerOperator> {
  /** The operator this kernel computes. */
  Class<T> operator();

  /**
   * The folder of templates this kernel uses, an entry of a core's chain: {@code portable}, {@code
   * cmsis-nn/dsp}, {@code cmsis-nn/mve}, {@code pulp-nn/...}.
   */
  String family();

  /**
   * The ways to compute this operator that give the golden model's bytes. Several where time can be
   * traded for scratch memory; the planner chooses. None if this family does not cover the geometry
   * of this operator: then the next family of the core's chain is asked.
   */
  List<KernelCode> variants(T operator);
}
