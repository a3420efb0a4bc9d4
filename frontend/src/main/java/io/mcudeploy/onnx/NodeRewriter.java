package io.mcudeploy.onnx;

import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.NodeProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Copies nodes to another place in the network under other names, into their subgraphs.
 *
 * @param names the new name of a value; never asked about absent values
 * @param nodePrefix goes before the names of nodes
 * @param attributes what an attribute becomes; nothing drops it
 */
record NodeRewriter(
    UnaryOperator<String> names,
    String nodePrefix,
    Function<AttributeProto, Optional<AttributeProto>> attributes) {

  NodeProto rewrite(NodeProto node) {
    NodeProto.Builder copy = node.toBuilder().clearInput().clearOutput().clearAttribute();
    if (!node.getName().isEmpty()) {
      copy.setName(nodePrefix + node.getName());
    }
    node.getInputList().forEach(input -> copy.addInput(name(input)));
    node.getOutputList().forEach(output -> copy.addOutput(name(output)));
    for (AttributeProto attribute : node.getAttributeList()) {
      attributes.apply(attribute).map(this::inSubgraphs).ifPresent(copy::addAttribute);
    }
    return copy.build();
  }

  private AttributeProto inSubgraphs(AttributeProto attribute) {
    if (!attribute.hasG() && attribute.getGraphsCount() == 0) {
      return attribute;
    }
    AttributeProto.Builder copy = attribute.toBuilder().clearGraphs();
    if (attribute.hasG()) {
      copy.setG(rewrite(attribute.getG()));
    }
    attribute.getGraphsList().forEach(graph -> copy.addGraphs(rewrite(graph)));
    return copy.build();
  }

  private GraphProto rewrite(GraphProto graph) {
    GraphProto.Builder copy =
        graph.toBuilder().clearNode().clearInitializer().clearInput().clearOutput();
    graph.getNodeList().forEach(node -> copy.addNode(rewrite(node)));
    for (TensorProto initializer : graph.getInitializerList()) {
      copy.addInitializer(initializer.toBuilder().setName(name(initializer.getName())));
    }
    graph.getInputList().forEach(input -> copy.addInput(renamed(input)));
    graph.getOutputList().forEach(output -> copy.addOutput(renamed(output)));
    return copy.build();
  }

  private ValueInfoProto renamed(ValueInfoProto value) {
    return value.toBuilder().setName(name(value.getName())).build();
  }

  private String name(String value) {
    return value.isEmpty() ? value : names.apply(value);
  }
}
