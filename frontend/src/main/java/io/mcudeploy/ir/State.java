package io.mcudeploy.ir;

/**
 * A value that lives on between inferences. It is zero before the first one.
 *
 * @param next the value of the graph that it is in the next inference; of the same type
 */
public record State(TensorType type, String next) {}
