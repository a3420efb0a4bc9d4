package io.mcudeploy.network;

/** What can be done to a network so that it loses less in integers; see docs/quantization.md. */
public enum Repair {
  /** Equally large weights on both sides of a channel. */
  EQUALIZE,
  /** Outliers of activations moved into weights. */
  MIGRATE,
  /** Weights rounded for the least error of the sums instead of to nearest. */
  ROUND,
  /** The expected error of each sum taken out of its bias. */
  CORRECT
}
