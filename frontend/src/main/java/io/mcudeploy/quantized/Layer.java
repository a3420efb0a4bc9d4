package io.mcudeploy.quantized;

import java.util.List;

/**
 * One step of a quantized network.
 *
 * @param name unique in its network, from the model file
 * @param inputs names of tensors, in the operator's order; a tensor may have another shape than the
 *     operator's input as long as the row-major elements are the same (a reshape costs nothing)
 * @param outputs names of the tensors this layer defines
 * @param origins names of the model file's layers that it computes, all of each or a part; none if
 *     it only moves elements
 */
public record Layer(
    String name,
    IntegerOperator operator,
    List<String> inputs,
    List<String> outputs,
    List<String> origins) {
  public Layer {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    origins = List.copyOf(origins);
  }

  /** A layer of the model file. */
  public Layer(String name, IntegerOperator operator, List<String> inputs, List<String> outputs) {
    this(name, operator, inputs, outputs, List.of(name));
  }

  @Override
  public String toString() {
    return String.join(", ", outputs)
        + " = "
        + operator.kind()
        + "("
        + String.join(", ", inputs)
        + ") "
        + operator.summary();
  }
}
