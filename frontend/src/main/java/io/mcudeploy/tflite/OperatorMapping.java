package io.mcudeploy.tflite;

/**
 * What one TFLite operator means in our operators. Mappings are listed in {@link OperatorMappings}.
 *
 * <p>A mapping reads the operator from its context and must define every output.
 */
@FunctionalInterface
public interface OperatorMapping {
  /**
   * Adds the operator's meaning to the graph.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException if it asks for what is not supported
   */
  void map(OperatorContext operator);
}
