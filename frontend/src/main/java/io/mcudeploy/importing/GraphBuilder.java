package io.mcudeploy.importing;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.State;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Reshape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The graph while nodes are added to it. Types are derived at once, and a node whose inputs are all
 * constants is evaluated at once, so that shape arithmetic never reaches the graph.
 *
 * <p>Two kinds of names meet here. The <em>file's names</em> of values are bound to <em>values</em>
 * of the graph; several names may share a value (an Identity node adds none), and a value made by a
 * mapping may have no name in the file.
 */
public final class GraphBuilder implements ValueNames {
  /** No network computes larger constants; a damaged file may ask for any size. */
  public static final int MOST_FOLDED_ELEMENTS = 1 << 24;

  /** Nor does it compute more of them, or longer; a damaged file may fold without end. */
  private static final long MOST_FOLDED_WORK = 1L << 32;

  private static final long MOST_FOLDED_IN_ALL = 1L << 26;

  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, State> states = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final Map<String, TensorType> types = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final Map<String, String> valuesByName = new HashMap<>();
  private long foldedElements;
  private long foldingWork;

  /** Adds an input of the network under the file's name. */
  public void addInput(String name, TensorType type) {
    inputs.put(name, type);
    types.put(name, type);
    bind(name, name);
  }

  /**
   * Adds a state, zero before the first inference; {@link #setNext} must follow.
   *
   * @param preferredName the value's name if it is free, else a number is appended
   * @return the value
   */
  public String addState(String preferredName, TensorType type) {
    String value = freeName(preferredName, types.keySet());
    types.put(value, type);
    return value;
  }

  /** Says what a state is in the next inference. */
  public void setNext(String state, String next) {
    states.put(state, new State(type(state), next));
  }

  /**
   * Adds a constant.
   *
   * @param preferredName the value's name if it is free, else a number is appended
   * @return the value
   */
  public String addConstant(String preferredName, Tensor tensor) {
    String value = freeName(preferredName, types.keySet());
    constants.put(value, tensor);
    types.put(value, tensor.type());
    return value;
  }

  /** Lets a name of the file stand for a value. */
  @Override
  public void bind(String name, String value) {
    if (valuesByName.putIfAbsent(name, value) != null) {
      throw new IllegalArgumentException("value " + name + " is defined twice");
    }
  }

  /**
   * The value a name of the file is bound to; absent if no input, initialiser or node defines it.
   */
  @Override
  public Optional<String> value(String name) {
    return Optional.ofNullable(valuesByName.get(name));
  }

  /** The type of a value. */
  public TensorType type(String value) {
    TensorType type = types.get(value);
    if (type == null) {
      throw new IllegalArgumentException("no value " + value);
    }
    return type;
  }

  /** The numbers of a value that does not depend on the network's inputs. */
  public Optional<Tensor> constant(String value) {
    return Optional.ofNullable(constants.get(value));
  }

  /**
   * Adds a node, or just its results if all its inputs are constants.
   *
   * @param nodeName made unique by a number if it is taken
   * @param preferredOutputs one name for each output, made unique likewise
   * @return the values of the outputs
   * @throws IllegalArgumentException if the inputs do not fit; the message tells the user why
   */
  public List<String> addNode(
      String nodeName, Operator operator, List<String> operands, List<String> preferredOutputs) {
    List<TensorType> results = operator.outputTypes(operands.stream().map(this::type).toList());
    if (results.size() != preferredOutputs.size()) {
      throw new IllegalStateException(
          operator.kind() + " has " + results.size() + " outputs, not " + preferredOutputs.size());
    }
    List<String> outputs = new ArrayList<>();
    if (operands.stream().allMatch(constants::containsKey)) {
      chargeForFolding(operator, operands, results);
      List<Tensor> folded = operator.evaluate(operands.stream().map(constants::get).toList());
      for (int i = 0; i < folded.size(); i++) {
        outputs.add(addConstant(preferredOutputs.get(i), folded.get(i)));
      }
      return outputs;
    }
    for (int i = 0; i < results.size(); i++) {
      String output = freeName(preferredOutputs.get(i), types.keySet());
      types.put(output, results.get(i));
      outputs.add(output);
    }
    String uniqueName = freeName(nodeName, nodeNames);
    nodeNames.add(uniqueName);
    nodes.add(new Node(uniqueName, operator, operands, outputs));
    return outputs;
  }

  /**
   * The finished graph. Constants that nothing uses are left out.
   *
   * @param outputs names of the file; each is the name of a value in the result, even where it was
   *     bound to another's value
   */
  public Graph build(String name, List<String> outputs) {
    List<String> outputValues = new ArrayList<>();
    for (String output : outputs) {
      String value = valuesByName.get(output);
      if (!value.equals(output) && !types.containsKey(output)) {
        Shape shape = type(value).shape();
        value = addNode(output, new Reshape(shape), List.of(value), List.of(output)).get(0);
      }
      outputValues.add(value);
    }
    Set<String> used = new HashSet<>(outputValues);
    nodes.forEach(node -> used.addAll(node.inputs()));
    states.values().forEach(state -> used.add(state.next()));
    Map<String, Tensor> usedConstants = new LinkedHashMap<>(constants);
    usedConstants.keySet().retainAll(used);
    return Graph.of(name, inputs, outputValues, nodes, usedConstants, states);
  }

  private void chargeForFolding(
      Operator operator, List<String> operands, List<TensorType> results) {
    for (TensorType result : results) {
      foldedElements += result.shape().elements();
      if (result.shape().elements() > MOST_FOLDED_ELEMENTS || foldedElements > MOST_FOLDED_IN_ALL) {
        throw new IllegalArgumentException("a constant expression makes a tensor of " + result);
      }
    }
    foldingWork += operator.macs(operands.stream().map(this::type).toList());
    if (foldingWork > MOST_FOLDED_WORK) {
      throw new IllegalArgumentException("the network's constant expressions take too long");
    }
  }

  private static String freeName(String preferred, Set<String> taken) {
    String name = preferred;
    for (int i = 1; taken.contains(name); i++) {
      name = preferred + "_" + i;
    }
    return name;
  }
}
