package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.NodeProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings nodes into an order in which they can run, and leaves out those that no output needs. Some
 * exporters write nodes unsorted. The file's order is kept where it is possible.
 */
final class NodeOrder {
  private final Path model;
  private final Set<String> given;
  private final Map<String, ImportedNode> producers = new HashMap<>();

  /**
   * @param given values that are defined before any node: inputs, initialisers, an outer graph's
   */
  NodeOrder(Path model, List<ImportedNode> nodes, Set<String> given) {
    this.model = model;
    this.given = given;
    for (ImportedNode node : nodes) {
      for (String output : node.proto().getOutputList()) {
        if (!output.isEmpty()
            && (given.contains(output) || producers.putIfAbsent(output, node) != null)) {
          throw damaged(node, "the value `" + output + "` is defined twice");
        }
      }
    }
  }

  /**
   * The nodes that the outputs need, each after those it uses.
   *
   * @throws DiagnosticException if a value is used that nothing defines, or nodes wait for each
   *     other
   */
  List<ImportedNode> sorted(List<ImportedNode> nodes, Collection<String> outputs) {
    Set<ImportedNode> needed = needed(outputs);
    Set<ImportedNode> entered = new HashSet<>();
    Set<ImportedNode> done = new LinkedHashSet<>();
    for (ImportedNode node : nodes) {
      if (needed.contains(node)) {
        visit(node, entered, done);
      }
    }
    return List.copyOf(done);
  }

  /** Whether anything, a node or what was given, defines the value. */
  boolean defines(String value) {
    return given.contains(value) || producers.containsKey(value);
  }

  private Set<ImportedNode> needed(Collection<String> outputs) {
    Set<ImportedNode> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(outputs);
    while (!open.isEmpty()) {
      ImportedNode producer = producers.get(open.pop());
      if (producer != null && needed.add(producer)) {
        open.addAll(uses(producer.proto()));
      }
    }
    return needed;
  }

  /** Depth first with its own stack: chains of nodes are longer than Java's stack is deep. */
  private void visit(ImportedNode root, Set<ImportedNode> entered, Set<ImportedNode> done) {
    Deque<ImportedNode> open = new ArrayDeque<>();
    open.push(root);
    while (!open.isEmpty()) {
      ImportedNode node = open.peek();
      if (!entered.add(node)) {
        open.pop();
        done.add(node);
        continue;
      }
      for (String value : uses(node.proto())) {
        ImportedNode producer = producers.get(value);
        if (producer == null) {
          requireGiven(value, node);
        } else if (!done.contains(producer)) {
          if (entered.contains(producer)) {
            throw damaged(node, "the node waits for its own result");
          }
          open.push(producer);
        }
      }
    }
  }

  private void requireGiven(String value, ImportedNode user) {
    if (!given.contains(value)) {
      throw damaged(user, "the node uses the value `" + value + "`, which nothing defines");
    }
  }

  /** The values a node reads, those that its subgraphs take from outside included. */
  static Set<String> uses(NodeProto node) {
    Set<String> uses = new LinkedHashSet<>(node.getInputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        uses.addAll(captured(attribute.getG()));
      }
      attribute.getGraphsList().forEach(graph -> uses.addAll(captured(graph)));
    }
    uses.remove("");
    return uses;
  }

  private static Set<String> captured(GraphProto graph) {
    Set<String> used = new LinkedHashSet<>();
    graph.getNodeList().forEach(node -> used.addAll(uses(node)));
    graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(used::add);
    used.removeAll(definedIn(graph));
    return used;
  }

  /** The values that a graph itself defines. */
  static Set<String> definedIn(GraphProto graph) {
    Set<String> defined = new HashSet<>();
    graph.getInputList().stream().map(ValueInfoProto::getName).forEach(defined::add);
    graph.getInitializerList().stream().map(TensorProto::getName).forEach(defined::add);
    graph.getNodeList().forEach(node -> defined.addAll(node.getOutputList()));
    return defined;
  }

  private DiagnosticException damaged(ImportedNode node, String what) {
    return Diagnostic.of(Code.E0102, node.location(model), what).asException();
  }
}
