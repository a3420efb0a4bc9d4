package io.mcudeploy.quantized.cases;

import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * One operator with inputs to run it on.
 *
 * @param id unique, lower case, such as {@code conv2d/odd_channels}; the seed of all random numbers
 *     in it
 * @param inputs memory images in the operator's order
 */
public record OperatorCase(String id, IntegerOperator operator, List<Int8Array> inputs) {
  public OperatorCase {
    inputs = List.copyOf(inputs);
  }

  /** The outputs that every implementation must give. */
  public List<byte[]> expected() {
    return operator.run(inputs.stream().map(Int8Array::toArray).toList());
  }

  @Override
  public String toString() {
    return id;
  }
}
