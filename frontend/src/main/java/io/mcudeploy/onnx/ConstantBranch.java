package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.NodeProto;
import io.mcudeploy.onnx.proto.TensorProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The branch that an If node takes when its condition is known at import; exporters write such
 * nodes to decide over shapes, which are fixed here.
 *
 * @param nodes the branch's nodes, in file order, then one per output that passes it on under the
 *     If node's name for it
 * @param initializers the branch's own constants
 */
record ConstantBranch(List<ImportedNode> nodes, List<TensorProto> initializers) {
  static final String OPERATOR = "If";

  ConstantBranch {
    nodes = List.copyOf(nodes);
    initializers = List.copyOf(initializers);
  }

  /**
   * The branch of an If node, its values renamed so that they meet no other's.
   *
   * @param condition the condition, if it is known
   * @param serial distinguishes this branch from every other that is taken
   * @throws DiagnosticException if the condition is not known, or the branch does not fit the node
   */
  static ConstantBranch of(Path model, ImportedNode node, Optional<Tensor> condition, int serial) {
    boolean holds = holds(model, node, condition);
    GraphProto graph = branch(model, node, holds ? "then_branch" : "else_branch");
    if (node.proto().getOutputCount() != graph.getOutputCount()) {
      throw damaged(model, node, "the branch and the node have different numbers of outputs");
    }
    Subgraph copy = Subgraph.copy(node, graph, serial);
    List<ImportedNode> nodes = new ArrayList<>(copy.nodes());
    for (int i = 0; i < copy.outputs().size(); i++) {
      NodeProto passOn =
          NodeProto.newBuilder()
              .setOpType("Identity")
              .addInput(copy.outputs().get(i))
              .addOutput(node.proto().getOutput(i))
              .build();
      nodes.add(new ImportedNode(passOn, node.opsets()));
    }
    return new ConstantBranch(nodes, copy.initializers());
  }

  private static boolean holds(Path model, ImportedNode node, Optional<Tensor> condition) {
    if (condition.isEmpty()) {
      throw Diagnostic.of(
              Code.E0202,
              node.location(model),
              "the condition of the If node depends on the network's input")
          .note("only a branch that is the same for every input can be generated")
          .asException();
    }
    if (condition.get() instanceof Tensor.Integers integers && integers.values().length == 1) {
      return integers.values()[0] != 0;
    }
    throw damaged(model, node, "the condition of the If node is not one truth value");
  }

  private static GraphProto branch(Path model, ImportedNode node, String name) {
    return node.subgraph(name)
        .orElseThrow(() -> damaged(model, node, "the If node has no " + name));
  }

  private static DiagnosticException damaged(Path model, ImportedNode node, String what) {
    return Diagnostic.of(Code.E0102, node.location(model), what).asException();
  }
}
