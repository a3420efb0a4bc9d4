package io.mcudeploy.onnx;

/**
 * A row of {@link NodeMappings}.
 *
 * @param opType as in the ONNX specification, standard domain
 * @param limits what is not supported, for the user; empty if the whole operator is, from opset 9
 *     on
 */
public record SupportedOperator(String opType, NodeMapping mapping, String limits) {}
