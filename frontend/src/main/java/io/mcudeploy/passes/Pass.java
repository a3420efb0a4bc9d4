package io.mcudeploy.passes;

import io.mcudeploy.ir.Graph;

/**
 * Rewrites a graph into another that computes the same: inputs, outputs, their names and types
 * stay, results change by no more than rounding.
 */
public interface Pass {
  /** The name in listings and dumps. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** The rewritten graph; the very same one if there was nothing to do. */
  Graph apply(Graph graph);
}
