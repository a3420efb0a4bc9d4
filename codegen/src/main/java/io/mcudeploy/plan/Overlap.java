package io.mcudeploy.plan;

/**
 * Two buffers of which one may lie partly over the other although both are in use during a layer:
 * the layer, or the chain of layers, writes the one from its first byte on and is done with what it
 * overwrites of the other.
 *
 * @param output written by the layer
 * @param input read by the layer, and by none after it
 * @param lead bytes by which the output has to begin before the input; not negative
 */
public record Overlap(Buffer output, Buffer input, int lead) {
  public Overlap {
    if (output.first() > input.last() || lead < 0) {
      throw new IllegalArgumentException(output + " over " + input + " by " + lead);
    }
  }

  /** Bytes that the two need together. */
  int bytes() {
    return Math.max(output.bytes(), lead + input.bytes());
  }

  /** Whether the places are such that the output never overtakes what is still to be read. */
  boolean allows(Placement written, Placement read) {
    return written.offset() + lead <= read.offset();
  }
}
