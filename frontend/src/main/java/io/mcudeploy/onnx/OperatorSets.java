package io.mcudeploy.onnx;

import io.mcudeploy.onnx.proto.OperatorSetIdProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Operator domains and the versions of their operator sets. */
final class OperatorSets {
  private OperatorSets() {}

  /** One name for each domain: the standard one and that of QONNX have several. */
  static String canonical(String domain) {
    return switch (domain) {
      case "ai.onnx" -> "";
      case "finn.custom_op.general", "onnx.brevitas" -> QonnxMappings.DOMAIN;
      default -> domain;
    };
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
