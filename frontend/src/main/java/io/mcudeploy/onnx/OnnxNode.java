package io.mcudeploy.onnx;

import java.util.List;
import java.util.Map;

/**
 * A node as the model file states it, decoded.
 *
 * @param name the node's name in the file, or empty
 * @param domain empty for the standard operators
 * @param inputs value names; an optional input that is absent is empty
 * @param outputs value names; an output that nobody wants is empty
 */
public record OnnxNode(
    String name,
    String opType,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes) {
  public OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Map.copyOf(attributes);
  }

  /** The operator as the user knows it, with its domain unless it is standard. */
  String operator() {
    return domain.isEmpty() ? opType : domain + "." + opType;
  }

  /** The node's name, or the name of its first named output where the file gives none. */
  public String displayName() {
    if (!name.isEmpty()) {
      return name;
    }
    return outputs.stream().filter(output -> !output.isEmpty()).findFirst().orElse(opType);
  }
}
