package io.mcudeploy.kernels;

/**
 * How many sums a portable convolution keeps in registers, by the family of cores that compile it.
 * More sums share each load, until the compiler runs out of registers and spills them: measured
 * with GCC 12 at -O3, see the figures.
 *
 * @param family whose kernels are blocked so; their templates are the portable ones
 * @param pixels neighbouring output positions in a block
 * @param outputs output channels in a block
 * @param productCost tenths of an instruction that a product takes so
 * @param pairOutputs output channels in a block of {@link PairConv2dCode}, whose sums take two
 *     registers each; 0 where MLA makes single products cheaper
 * @param depthwiseCost tenths of an instruction that a product of a depthwise convolution takes
 * @param columnCost hundredths of an instruction that a product of a matrix and a vector takes
 * @param words how accumulators become outputs where flash allows
 * @param outputCost instructions of an output where it does not
 */
record Blocking(
    String family,
    int pixels,
    int outputs,
    int productCost,
    int pairOutputs,
    int depthwiseCost,
    int columnCost,
    Words words,
    int outputCost) {
  /** How accumulators become outputs where flash allows, see {@link ChannelOutputs}. */
  enum Words {
    PLAIN,
    /** A product of 64 bits. */
    LINES,
    /** Products of 32 bits. */
    RAMPS
  }

  /** Any core, and the host. */
  static final Blocking PORTABLE = new Blocking("portable", 2, 2, 25, 2, 25, 225, Words.PLAIN, 20);

  /** Eight low registers, byte loads without offsets: 4.8 to 5.6 instructions a product. */
  static final Blocking M0 = new Blocking("cmsis-nn/m0", 1, 4, 52, 2, 65, 530, Words.RAMPS, 60);

  /** Thirteen registers and MLA: 2.0 to 2.2 instructions a product. */
  static final Blocking M3 = new Blocking("cmsis-nn/m3", 2, 4, 21, 0, 29, 250, Words.LINES, 18);

  /** Thirty-one registers, multiply and add apart: 2.9 to 3.1 instructions a product. */
  static final Blocking RV32 = new Blocking("pulp-nn/rv32", 2, 4, 30, 4, 39, 345, Words.LINES, 24);

  /** As in the layer table. */
  String note(String what) {
    return "%d %s x %d %s"
        .formatted(
            pixels, pixels == 1 ? "pixel" : "pixels", outputs, outputs == 1 ? what : what + "s");
  }
}
