package io.mcudeploy.onnx;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every ONNX operator that can be imported, and what it is imported as. */
public final class NodeMappings {
  private static final List<SupportedOperator> TABLE =
      List.of(row("Reshape", ShapeMappings::reshape, "the new shape must be a constant"));

  private static final Map<String, SupportedOperator> BY_OP_TYPE =
      TABLE.stream().collect(Collectors.toMap(SupportedOperator::opType, Function.identity()));

  private NodeMappings() {}

  /** All of them, in alphabetical order. */
  public static List<SupportedOperator> all() {
    return TABLE;
  }

  /** The mapping of an operator of the standard domain. */
  public static Optional<SupportedOperator> find(String opType) {
    return Optional.ofNullable(BY_OP_TYPE.get(opType));
  }

  private static SupportedOperator row(String opType, NodeMapping mapping, String limits) {
    return new SupportedOperator(opType, mapping, limits);
  }
}
