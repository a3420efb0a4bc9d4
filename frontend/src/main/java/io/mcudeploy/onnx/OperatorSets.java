package io.mcudeploy.onnx;

import io.mcudeploy.onnx.proto.OperatorSetIdProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Operator domains and the versions of their operator sets. */
final class OperatorSets {
  private OperatorSets() {}

  /** The standard domain may be written {@code ""} or {@code ai.onnx}. */
  static String canonical(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  /** The imported version of each domain; the highest where one is imported twice. */
  static Map<String, Integer> versions(List<OperatorSetIdProto> imports) {
    Map<String, Integer> versions = new HashMap<>();
    for (OperatorSetIdProto opset : imports) {
      int version = (int) Math.max(0, Math.min(Integer.MAX_VALUE, opset.getVersion()));
      versions.merge(canonical(opset.getDomain()), version, Math::max);
    }
    return Map.copyOf(versions);
  }
}
