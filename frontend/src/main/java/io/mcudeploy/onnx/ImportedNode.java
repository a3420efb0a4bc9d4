package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.NodeProto;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A node on its way into the graph. Compared by identity: two nodes of a file are never the same.
 */
final class ImportedNode {
  private final NodeProto proto;
  private final Map<String, Integer> opsets;

  /**
   * @param proto the node, its values named as in the graph that results
   * @param opsets the operator set versions its meaning follows, by domain; nodes of a function
   *     follow the function's
   */
  ImportedNode(NodeProto proto, Map<String, Integer> opsets) {
    this.proto = proto;
    this.opsets = opsets;
  }

  NodeProto proto() {
    return proto;
  }

  Map<String, Integer> opsets() {
    return opsets;
  }

  /** The node's name, or its first output's where it has none. */
  String name() {
    if (!proto.getName().isEmpty()) {
      return proto.getName();
    }
    return proto.getOutputList().stream()
        .filter(output -> !output.isEmpty())
        .findFirst()
        .orElse(proto.getOpType());
  }

  /** The domain, {@code ""} for the standard operators under either of their names. */
  String domain() {
    return OperatorSets.canonical(proto.getDomain());
  }

  /** The operator as the user knows it, with its domain unless it is standard. */
  String operator() {
    return domain().isEmpty() ? proto.getOpType() : domain() + "." + proto.getOpType();
  }

  /** The subgraph that is the node's attribute of this name. */
  Optional<GraphProto> subgraph(String attribute) {
    return proto.getAttributeList().stream()
        .filter(each -> each.getName().equals(attribute) && each.hasG())
        .map(AttributeProto::getG)
        .findFirst();
  }

  Location location(Path model) {
    return new Location.Node(model.toString(), name(), operator());
  }
}
