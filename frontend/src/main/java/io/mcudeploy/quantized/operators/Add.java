package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Sum or difference of two tensors of different scales, as TFLite's ADD and SUB: both operands are
 * brought to a common scale 2^-s of twice the larger one, s being {@link #fractionBits},
 *
 * <pre>
 *   a = requantize((left − leftZeroPoint) · 2^s, leftMultiplier)
 *   b = requantize((right − rightZeroPoint) · 2^s, rightMultiplier)
 *   y = clamp(outputZeroPoint + requantize(a ± b, outputMultiplier))
 * </pre>
 *
 * @param storage of both operands and of the result
 * @param subtract whether the right operand is subtracted
 * @param leftMultiplier below 1: leftScale / (2 · larger scale)
 * @param rightMultiplier below 1: rightScale / (2 · larger scale)
 * @param outputMultiplier below 1: 2 · larger scale / (2^s · outputScale)
 * @param lowest lower clamp
 * @param highest upper clamp
 */
public record Add(
    Broadcast operands,
    StorageType storage,
    boolean subtract,
    int leftZeroPoint,
    Multiplier leftMultiplier,
    int rightZeroPoint,
    Multiplier rightMultiplier,
    Multiplier outputMultiplier,
    int outputZeroPoint,
    int lowest,
    int highest)
    implements RowElements {

  /** Of the common scale of int8 numbers: |x − z| ≤ 255 leaves room for them in an int32. */
  public static final int INT8_FRACTION_BITS = 20;

  public Add {
    Checks.integer("left zero point", leftZeroPoint, storage);
    Checks.integer("right zero point", rightZeroPoint, storage);
    Checks.integer("output zero point", outputZeroPoint, storage);
    Checks.clamp(lowest, highest, storage);
    Checks.require(
        leftMultiplier.shift() >= 0
            && rightMultiplier.shift() >= 0
            && outputMultiplier.shift() >= 0,
        "a multiplier is 1 or more");
  }

  /** The sum or difference for given real scales, all of one storage. */
  public static Add of(
      Broadcast operands,
      boolean subtract,
      Quantization left,
      Quantization right,
      Quantization output,
      int lowest,
      int highest) {
    Checks.require(
        left.storage() == output.storage() && right.storage() == output.storage(),
        "the storages differ");
    double common = 2 * Math.max(left.scale(), right.scale());
    int fractionBits = fractionBits(output.storage(), left.zeroPoint(), right.zeroPoint());
    return new Add(
        operands,
        output.storage(),
        subtract,
        left.zeroPoint(),
        Multiplier.of(left.scale() / common),
        right.zeroPoint(),
        Multiplier.of(right.scale() / common),
        Multiplier.of(common / ((1 << fractionBits) * output.scale())),
        output.zeroPoint(),
        lowest,
        highest);
  }

  /**
   * Fraction bits of the common scale, as many as leave |x − z| room in an int32: TFLite's 20 for
   * int8 and 15 for int16, one less for int16 that is not symmetric.
   */
  public int fractionBits() {
    return fractionBits(storage, leftZeroPoint, rightZeroPoint);
  }

  private static int fractionBits(StorageType storage, int leftZeroPoint, int rightZeroPoint) {
    if (storage == StorageType.INT8) {
      return INT8_FRACTION_BITS;
    }
    return leftZeroPoint == 0 && rightZeroPoint == 0 ? 15 : 14;
  }

  @Override
  public int parts() {
    return operands.parts();
  }

  @Override
  public Add ofParts(int parts) {
    return new Add(
        Broadcast.ofParts(parts),
        storage,
        subtract,
        leftZeroPoint,
        leftMultiplier,
        rightZeroPoint,
        rightMultiplier,
        outputMultiplier,
        outputZeroPoint,
        lowest,
        highest);
  }

  @Override
  public StorageType inputStorage(int input) {
    return storage;
  }

  @Override
  public StorageType outputStorage(int output) {
    return storage;
  }

  @Override
  public String kind() {
    return "add";
  }

  @Override
  public String summary() {
    return operands + (subtract ? ", difference" : "");
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] left = Images.integers(inputs.get(0), storage, operands.left().elements());
    int[] right = Images.integers(inputs.get(1), storage, operands.right().elements());
    int[] leftIndices = operands.leftIndices();
    int[] rightIndices = operands.rightIndices();
    byte[] y = storage.image(leftIndices.length);
    for (int i = 0; i < leftIndices.length; i++) {
      storage.put(y, i, apply(left[leftIndices[i]], right[rightIndices[i]]));
    }
    return List.of(y);
  }

  /** The result of two elements. */
  public int apply(int left, int right) {
    int a = leftMultiplier.apply((left - leftZeroPoint) << fractionBits());
    int b = rightMultiplier.apply((right - rightZeroPoint) << fractionBits());
    int sum = outputZeroPoint + outputMultiplier.apply(subtract ? a - b : a + b);
    return Math.max(lowest, Math.min(highest, sum));
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    return 0;
  }

  @Override
  public long accumulatorBound() {
    long left = (long) Accumulators.largestDistance(storage, leftZeroPoint) << fractionBits();
    long right = (long) Accumulators.largestDistance(storage, rightZeroPoint) << fractionBits();
    long sum =
        (long) Math.ceil(left * leftMultiplier.factor() + right * rightMultiplier.factor()) + 2;
    return Math.max(sum, Math.max(left, right));
  }
}
