package io.mcudeploy.tflite;

/**
 * A row of {@link OperatorMappings}.
 *
 * @param name as in TFLite's schema
 * @param limits what is not supported, for the user; empty if the whole operator is
 */
public record SupportedOperator(String name, OperatorMapping mapping, String limits) {}
