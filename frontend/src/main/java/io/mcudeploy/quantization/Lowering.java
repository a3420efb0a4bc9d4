package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;

/** How one float operator becomes integer layers. */
interface Lowering {
  /** Whether the layer can also compute a node that directly follows, its only consumer. */
  default boolean absorbs(Node follower, Graph graph) {
    return false;
  }

  /** Whether inputs and output may hold integers or truth values instead of real numbers. */
  default boolean takesIntegers() {
    return false;
  }

  /**
   * Whether inputs and output may be int16. Around other layers, values that are int16 elsewhere
   * become int8.
   */
  default boolean takesInt16() {
    return false;
  }

  /**
   * Whether the layer is exact through any number of followers; others end with the first that
   * rounds.
   */
  default boolean roundsOften() {
    return false;
  }

  /** Whether the layer needs to know what calibration saw, whatever the scales. */
  default boolean needsCalibration() {
    return false;
  }

  /** Says what the operator demands of the scales of its inputs and output. */
  default void constrain(Step step, Scales.Rules rules) {}

  /** Adds the layers, and with them the tensor of the step's output. */
  void lower(Step step, Assembly assembly);
}
