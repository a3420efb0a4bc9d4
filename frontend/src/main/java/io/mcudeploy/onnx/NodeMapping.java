package io.mcudeploy.onnx;

/**
 * What one ONNX operator means in our operators. Mappings are listed in {@link NodeMappings}.
 *
 * <p>A mapping reads the node from its context and must {@linkplain NodeContext#define define}
 * every output that the node names.
 */
@FunctionalInterface
public interface NodeMapping {
  /**
   * Adds the node's meaning to the graph.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException if the node asks for what is not supported
   */
  void map(NodeContext node);
}
