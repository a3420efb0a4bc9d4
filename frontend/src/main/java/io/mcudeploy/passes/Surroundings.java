package io.mcudeploy.passes;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The graph as a rule sees it while it is being rewritten from front to back: what lies before the
 * current node is rewritten already, what lies behind it is not.
 */
final class Surroundings {
  private final Map<String, TensorType> types;
  private final Map<String, Tensor> constants;
  private final Map<String, Node> producers;
  private final Map<String, Integer> uses = new HashMap<>();
  private final Set<String> inputs;
  private final Set<String> outputs;
  private final Set<String> nodeNames = new HashSet<>();
  private final Map<String, String> aliases = new HashMap<>();
  private final Map<String, String> renamed = new HashMap<>();

  Surroundings(Graph graph) {
    types = new HashMap<>(graph.types());
    constants = new LinkedHashMap<>(graph.constants());
    producers = graph.producers();
    inputs = new HashSet<>(graph.inputs().keySet());
    inputs.addAll(graph.states().keySet());
    outputs = new HashSet<>(graph.results());
    for (Node node : graph.nodes()) {
      node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum));
      nodeNames.add(node.name());
    }
  }

  // What rules ask

  TensorType type(String value) {
    return types.get(value);
  }

  Shape shape(String value) {
    return type(value).shape();
  }

  Optional<Tensor> constant(String value) {
    return Optional.ofNullable(constants.get(value));
  }

  /** The numbers of a constant of real numbers. */
  Optional<Tensor.Floats> floats(String value) {
    return constants.get(value) instanceof Tensor.Floats floats
        ? Optional.of(floats)
        : Optional.empty();
  }

  /** The node that computes a value, if it is of this kind. */
  Optional<Node> producer(String value, Class<? extends Operator> kind) {
    return Optional.ofNullable(producers.get(value))
        .filter(node -> kind.isInstance(node.operator()));
  }

  /** Whether one operand of one node is all that a value is for. */
  boolean isUsedOnce(String value) {
    return uses.getOrDefault(value, 0) == 1 && !outputs.contains(value);
  }

  /** Whether a value can be replaced by another everywhere, and outputs keep their names. */
  boolean canAlias(String value, String by) {
    return !outputs.contains(value)
        || (!outputs.contains(by) && !inputs.contains(by) && !constants.containsKey(by));
  }

  // What rules make

  /** Adds a constant, under a name like this one. */
  String addConstant(String preferredName, Tensor tensor) {
    String name = newValue(preferredName, tensor.type());
    constants.put(name, tensor);
    return name;
  }

  /** A new node whose only output is a new value of which its name is the base. */
  Node newNode(String preferredName, Operator operator, String... operands) {
    return newNode(preferredName, operator, List.of(operands));
  }

  /** As above. */
  Node newNode(String preferredName, Operator operator, List<String> operands) {
    String output =
        newValue(
            preferredName, operator.outputTypes(operands.stream().map(this::type).toList()).get(0));
    return new Node(newName(preferredName), operator, operands, List.of(output));
  }

  /** A node at another place: it keeps its name, but computes a new value. */
  Node moved(Node node, Operator operator, List<String> operands) {
    TensorType type = operator.outputTypes(operands.stream().map(this::type).toList()).get(0);
    return new Node(node.name(), operator, operands, List.of(newValue(node.name(), type)));
  }

  /** A new node that computes a value that was computed otherwise so far. */
  Node newNodeFor(String output, String preferredName, Operator operator, String... operands) {
    return newNodeFor(output, preferredName, operator, List.of(operands));
  }

  /** As above. */
  Node newNodeFor(String output, String preferredName, Operator operator, List<String> operands) {
    return new Node(newName(preferredName), operator, operands, List.of(output));
  }

  private String newName(String preferred) {
    String name = free(preferred, nodeNames);
    nodeNames.add(name);
    return name;
  }

  private String newValue(String preferred, TensorType type) {
    String name = free(preferred, types.keySet());
    types.put(name, type);
    return name;
  }

  private static String free(String preferred, Set<String> taken) {
    String name = preferred;
    for (int i = 1; taken.contains(name); i++) {
      name = preferred + "_" + i;
    }
    return name;
  }

  // How the rewriting proceeds

  /** The node with operands that were replaced in the meantime. */
  Node resolve(Node node) {
    if (node.inputs().stream().noneMatch(aliases::containsKey)) {
      return node;
    }
    List<String> operands =
        node.inputs().stream().map(input -> aliases.getOrDefault(input, input)).toList();
    Node resolved = new Node(node.name(), node.operator(), operands, node.outputs());
    node.outputs().forEach(output -> producers.put(output, resolved));
    return resolved;
  }

  boolean isDead(Node node) {
    return node.outputs().stream()
        .allMatch(output -> uses.getOrDefault(output, 0) == 0 && !outputs.contains(output));
  }

  void replace(Node node, Rewrite rewrite) {
    for (Node added : rewrite.nodes()) {
      List<TensorType> results =
          added.operator().outputTypes(added.inputs().stream().map(this::type).toList());
      for (int i = 0; i < results.size(); i++) {
        types.put(added.outputs().get(i), results.get(i));
        producers.put(added.outputs().get(i), added);
      }
      added.inputs().forEach(input -> uses.merge(input, 1, Integer::sum));
    }
    rewrite
        .constants()
        .forEach(
            (output, tensor) -> {
              constants.put(output, tensor);
              producers.remove(output);
            });
    rewrite.aliases().forEach(this::alias);
    node.inputs().forEach(this::release);
  }

  private void alias(String value, String by) {
    aliases.put(value, by);
    aliases.replaceAll((from, to) -> to.equals(value) ? by : to);
    uses.merge(by, uses.getOrDefault(value, 0), Integer::sum);
    uses.remove(value);
    if (outputs.remove(value)) {
      outputs.add(by);
      renamed.put(by, value);
    }
  }

  private void release(String value) {
    int left = uses.merge(value, -1, Integer::sum);
    Node producer = producers.get(value);
    if (left == 0 && producer != null && isDead(producer)) {
      producer.inputs().forEach(this::release);
    }
  }

  /** The graph of the rewritten nodes, without those that nothing needs any more. */
  Graph finish(Graph graph, List<Node> nodes) {
    List<Node> alive = nodes.stream().filter(node -> !isDead(node)).map(this::rename).toList();
    return graph.with(alive, constants);
  }

  private Node rename(Node node) {
    if (renamed.isEmpty()) {
      return node;
    }
    return new Node(
        node.name(),
        node.operator(),
        node.inputs().stream().map(input -> renamed.getOrDefault(input, input)).toList(),
        node.outputs().stream().map(output -> renamed.getOrDefault(output, output)).toList());
  }
}
