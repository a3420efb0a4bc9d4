package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * Product of two tensors, element by element, as TFLite's MUL: {@code y = output((left −
 * leftZeroPoint) · (right − rightZeroPoint))}. Products of asymmetric int16 numbers take 64 bits.
 *
 * @param input storage of both operands
 * @param output with a single multiplier, leftScale · rightScale / outputScale
 */
public record Multiply(
    Broadcast operands,
    StorageType input,
    int leftZeroPoint,
    int rightZeroPoint,
    OutputStage output)
    implements RowElements {

  public Multiply {
    Checks.integer("left zero point", leftZeroPoint, input);
    Checks.integer("right zero point", rightZeroPoint, input);
    Checks.count("multipliers", 1, output.multipliers().size());
  }

  /** The product of int8 tensors. */
  public Multiply(Broadcast operands, int leftZeroPoint, int rightZeroPoint, OutputStage output) {
    this(operands, StorageType.INT8, leftZeroPoint, rightZeroPoint, output);
  }

  /** Whether the products are requantized in 64 bits. */
  public boolean isWide() {
    return input == StorageType.INT16 && (leftZeroPoint != 0 || rightZeroPoint != 0);
  }

  @Override
  public int parts() {
    return operands.parts();
  }

  @Override
  public Multiply ofParts(int parts) {
    return new Multiply(Broadcast.ofParts(parts), input, leftZeroPoint, rightZeroPoint, output);
  }

  @Override
  public StorageType inputStorage(int position) {
    return input;
  }

  @Override
  public StorageType outputStorage(int position) {
    return output.storage();
  }

  @Override
  public String kind() {
    return "multiply";
  }

  @Override
  public String summary() {
    return operands + output.summary();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    int[] left = Images.centred(inputs.get(0), input, operands.left().elements(), leftZeroPoint);
    int[] right = Images.centred(inputs.get(1), input, operands.right().elements(), rightZeroPoint);
    StorageType arithmetic = isWide() ? StorageType.INT16 : StorageType.INT8;
    int[] leftIndices = operands.leftIndices();
    int[] rightIndices = operands.rightIndices();
    byte[] y = output.storage().image(leftIndices.length);
    for (int i = 0; i < leftIndices.length; i++) {
      long product = (long) left[leftIndices[i]] * right[rightIndices[i]];
      output.store(y, i, 0, product, arithmetic);
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return operands.output().elements();
  }

  @Override
  public long parameterBytes() {
    return 0;
  }

  @Override
  public long accumulatorBound() {
    long product =
        (long) Accumulators.largestDistance(input, leftZeroPoint)
            * Accumulators.largestDistance(input, rightZeroPoint);
    return isWide() ? product : Accumulators.shifted(product, output.multipliers().get(0));
  }

  @Override
  public long accumulatorLimit() {
    return isWide() ? Accumulators.WIDE_LIMIT : LARGEST_INT32_ACCUMULATOR;
  }
}
