package io.mcudeploy.plan;

/** Whose memory the network's inputs and outputs are. */
public enum Ports {
  /** The caller passes them. */
  CALLER,
  /**
   * They lie in the arena: the caller writes the inputs there before a call and reads the outputs
   * after it. Layers may take over the memory of an input that nobody reads later.
   */
  ARENA
}
