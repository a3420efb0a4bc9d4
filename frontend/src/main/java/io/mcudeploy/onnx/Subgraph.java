package io.mcudeploy.onnx;

import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A copy of a control-flow node's subgraph, its own values renamed so that they meet no other's.
 *
 * @param inputs names of the values it is given
 * @param initializers its own constants
 * @param outputs names of its results, which may be values from outside
 */
record Subgraph(
    List<String> inputs,
    List<ImportedNode> nodes,
    List<TensorProto> initializers,
    List<String> outputs) {
  Subgraph {
    inputs = List.copyOf(inputs);
    nodes = List.copyOf(nodes);
    initializers = List.copyOf(initializers);
    outputs = List.copyOf(outputs);
  }

  /**
   * A copy.
   *
   * @param owner the node whose attribute the graph is
   * @param serial distinguishes this copy from every other
   */
  static Subgraph copy(ImportedNode owner, GraphProto graph, int serial) {
    Set<String> inner = NodeOrder.definedIn(graph);
    String scope = owner.name() + "/" + serial + "/";
    UnaryOperator<String> names = name -> inner.contains(name) ? scope + name : name;
    NodeRewriter rewriter = new NodeRewriter(names, owner.name() + "/", Optional::of);
    return new Subgraph(
        names(graph.getInputList(), names),
        graph.getNodeList().stream()
            .map(node -> new ImportedNode(rewriter.rewrite(node), owner.opsets()))
            .toList(),
        graph.getInitializerList().stream()
            .map(tensor -> tensor.toBuilder().setName(scope + tensor.getName()).build())
            .toList(),
        names(graph.getOutputList(), names));
  }

  private static List<String> names(List<ValueInfoProto> values, UnaryOperator<String> names) {
    return values.stream().map(value -> names.apply(value.getName())).toList();
  }
}
