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
  /**
   * No network for a microcontroller has larger values, an image in full high definition among
   * them; a damaged file may ask for any size, and what is recognised by trying it must fit a small
   * heap.
   */
  private static final int MOST_ELEMENTS = 1 << 23;

  /** Nor does it compute larger constants. */
  public static final int MOST_FOLDED_ELEMENTS = 1 << 22;

  /** Nor does it compute more of them, or longer; a damaged file may fold without end. */
  private static final long MOST_FOLDED_WORK = 1L << 32;

  private static final long MOST_FOLDED_IN_ALL = 1L << 24;

  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, State> states = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final Map<String, TensorType> types = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final Map<String, String> valuesByName = new HashMap<>();
  private final Map<String, Integer> narrow = new HashMap<>();
  private final Map<String, Integer> suffixes = new HashMap<>();
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

  /** Adds a constant of the file under the file's name. */
  public void addInitializer(String name, Tensor tensor) {
    bind(name, define(name, tensor));
  }

  /** Says that the file stores a value in fewer bits than its element type has. */
  public void setBits(String value, int bits) {
    narrow.put(value, bits);
  }

  /** In how many bits the file stores a value, if they are fewer than its element type has. */
  public Optional<Integer> bits(String value) {
    return Optional.ofNullable(narrow.get(value));
  }

  /**
   * Adds a constant that was computed.
   *
   * @param preferredName the value's name if it is free, else a number is appended
   * @return the value
   */
  public String addConstant(String preferredName, Tensor tensor) {
    charge(tensor);
    return define(preferredName, tensor);
  }

  private String define(String preferredName, Tensor tensor) {
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
      checkFolding(operator, operands, results);
      List<Tensor> folded = operator.evaluate(operands.stream().map(constants::get).toList());
      for (int i = 0; i < folded.size(); i++) {
        outputs.add(addConstant(preferredOutputs.get(i), folded.get(i)));
      }
      return outputs;
    }
    for (int i = 0; i < results.size(); i++) {
      checkSize(results.get(i));
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

  /**
   * Refuses values that only a damaged file has.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static void checkSize(TensorType type) {
    if (type.shape().elements() > MOST_ELEMENTS) {
      throw new IllegalArgumentException(type + " is more than any microcontroller holds");
    }
  }

  /** A constant that grows beyond what it is made of must stay small. */
  private void checkFolding(Operator operator, List<String> operands, List<TensorType> results) {
    List<TensorType> given = operands.stream().map(this::type).toList();
    int largest = given.stream().mapToInt(type -> type.shape().elements()).max().orElse(0);
    for (TensorType result : results) {
      if (result.shape().elements() > Math.max(MOST_FOLDED_ELEMENTS, largest)) {
        throw tooLarge(result);
      }
    }
    foldingWork += operator.macs(given);
    if (foldingWork > MOST_FOLDED_WORK) {
      throw new IllegalArgumentException("the network's constant expressions take too long");
    }
  }

  private void charge(Tensor computed) {
    if (computed instanceof Tensor.Floats floats && floats.isDeferred()) {
      return;
    }
    foldedElements += computed.shape().elements();
    if (foldedElements > MOST_FOLDED_IN_ALL) {
      throw tooLarge(computed.type());
    }
  }

  private static IllegalArgumentException tooLarge(TensorType constant) {
    return new IllegalArgumentException("a constant expression makes a tensor of " + constant);
  }

  private String freeName(String preferred, Set<String> taken) {
    String name = preferred;
    while (taken.contains(name)) {
      name = preferred + "_" + suffixes.merge(preferred, 1, Integer::sum);
    }
    return name;
  }
}
