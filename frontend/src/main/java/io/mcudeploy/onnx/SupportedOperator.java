package io.mcudeploy.onnx;

/**
 * A row of {@link NodeMappings}.
 *
 * @param domain empty for the standard operators
 * @param opType as in the domain's specification
 * @param limits what is not supported, for the user; empty if the whole operator is, from opset 9
 *     on
 */
public record SupportedOperator(String domain, String opType, NodeMapping mapping, String limits) {
  /** The operator as the user knows it, with its domain unless it is standard. */
  public String name() {
    return domain.isEmpty() ? opType : domain + "." + opType;
  }
}
