package io.mcudeploy.quantized;

import java.util.List;

/**
 * What a layer computes, in integers, exactly: the golden model is {@link #run}, and every
 * generated kernel gives the same bytes. A record holds all that the arithmetic needs (geometry,
 * weights, biases, multipliers, zero points, tables), so two layers that are equal compute the
 * same. Implementations live in {@code io.mcudeploy.quantized.operators}; docs/SPEC.md is the
 * prose.
 */
public interface IntegerOperator {
  /** Room for the zero point that is added to a requantized 32-bit accumulator. */
  long LARGEST_INT32_ACCUMULATOR = (1L << 31) - (1L << 16);

  /** The operator's name in listings, and the stem of its templates, such as {@code conv2d}. */
  String kind();

  /** One line for listings and comments, such as {@code 7x7 stride 2, 16 -> 64 channels, ReLU}. */
  String summary();

  /** Kind and summary, such as {@code conv2d 3x3, 16 -> 32 channels}. */
  default String title() {
    return kind() + " " + summary();
  }

  /**
   * The golden meaning.
   *
   * @param inputs memory images of the input tensors, row-major, little endian
   * @return memory images of the outputs
   */
  List<byte[]> run(List<byte[]> inputs);

  /** How an input lies in memory; int8 unless the operator says otherwise. */
  default StorageType inputStorage(int input) {
    return StorageType.INT8;
  }

  /** How an output lies in memory; int8 unless the operator says otherwise. */
  default StorageType outputStorage(int output) {
    return StorageType.INT8;
  }

  /**
   * Whether an output is what becomes of an input that is a state, so that every kernel lets both
   * lie at the same place.
   */
  default boolean updates(int input, int output) {
    return false;
  }

  /** Multiply-accumulate operations of one inference; 0 for operators without any. */
  long macs();

  /** Bytes of weights, biases and tables in flash, before any packing. */
  long parameterBytes();

  /**
   * The largest absolute value any accumulator can reach with the real weights; 0 for operators
   * without accumulators.
   */
  default long accumulatorBound() {
    return 0;
  }

  /** What an accumulator may reach at most; above it the layer cannot be computed exactly. */
  default long accumulatorLimit() {
    return LARGEST_INT32_ACCUMULATOR;
  }
}
