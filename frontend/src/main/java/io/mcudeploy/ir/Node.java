package io.mcudeploy.ir;

import java.util.List;

/**
 * One use of an operator.
 *
 * @param name unique in its graph; the model file's own name wherever there is one
 * @param inputs names of values or constants; optional inputs that are absent are left out, the
 *     operator record says which it takes
 * @param outputs names of the values this node defines
 */
public record Node(String name, Operator operator, List<String> inputs, List<String> outputs) {
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The only output of a node that has one. */
  public String output() {
    if (outputs.size() != 1) {
      throw new IllegalStateException(name + " has " + outputs.size() + " outputs");
    }
    return outputs.get(0);
  }

  @Override
  public String toString() {
    return String.join(", ", outputs) + " = " + operator + "(" + String.join(", ", inputs) + ")";
  }
}
