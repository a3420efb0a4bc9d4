package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.importing.ValueNames;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a {@link NodeMapping} sees: one node of the model file, and the graph it adds to. Every
 * mistake of the file that shows here becomes a diagnostic that names the node.
 */
public final class NodeContext {
  /** The version of the standard operator set that mappings compose from. */
  private static final int COMPOSED_OPSET = 13;

  private final GraphBuilder graph;
  private final ValueNames names;
  private final OnnxNode node;
  private final int opset;
  private final Location location;
  private final boolean stateful;
  private final Set<Integer> defined = new HashSet<>();
  private boolean nameUsed;

  /**
   * Looks at a node all of whose inputs are bound in the graph.
   *
   * @param file the model file as the user named it, for diagnostics
   * @param opset the version of the node's domain that the file imports
   * @param stateful whether recurrent layers carry their state from inference to inference
   */
  NodeContext(GraphBuilder graph, OnnxNode node, int opset, String file, boolean stateful) {
    this(
        graph,
        graph,
        node,
        opset,
        new Location.Node(file, node.displayName(), node.operator()),
        stateful);
  }

  private NodeContext(
      GraphBuilder graph,
      ValueNames names,
      OnnxNode node,
      int opset,
      Location location,
      boolean stateful) {
    this.graph = graph;
    this.names = names;
    this.node = node;
    this.opset = opset;
    this.location = location;
    this.stateful = stateful;
  }

  /** Such as {@code Conv}. */
  public String opType() {
    return node.opType();
  }

  /** The version of the operator set the file imports for this node's domain. */
  public int opset() {
    return opset;
  }

  // Attributes

  public boolean hasAttribute(String name) {
    return node.attributes().containsKey(name);
  }

  public long intAttribute(String name, long absent) {
    return attribute(name, Attribute.OfInt.class).map(Attribute.OfInt::value).orElse(absent);
  }

  /** An attribute that the specification types as an integer and uses as a truth value. */
  public boolean flag(String name, boolean absent) {
    return intAttribute(name, absent ? 1 : 0) != 0;
  }

  public float floatAttribute(String name, float absent) {
    return attribute(name, Attribute.OfFloat.class).map(Attribute.OfFloat::value).orElse(absent);
  }

  public String stringAttribute(String name, String absent) {
    return attribute(name, Attribute.OfString.class).map(Attribute.OfString::value).orElse(absent);
  }

  /** All attributes, as the file states them. */
  public Map<String, Attribute> attributes() {
    return node.attributes();
  }

  public Optional<Tensor> tensorAttribute(String name) {
    return attribute(name, Attribute.OfTensor.class).map(Attribute.OfTensor::value);
  }

  public Optional<List<Long>> intsAttribute(String name) {
    return attribute(name, Attribute.OfInts.class).map(Attribute.OfInts::values);
  }

  public Optional<List<Float>> floatsAttribute(String name) {
    return attribute(name, Attribute.OfFloats.class).map(Attribute.OfFloats::values);
  }

  public Optional<List<String>> stringsAttribute(String name) {
    return attribute(name, Attribute.OfStrings.class).map(Attribute.OfStrings::values);
  }

  // Inputs

  /** The number of inputs as written, trailing absent ones included. */
  public int inputCount() {
    return node.inputs().size();
  }

  public boolean hasInput(int index) {
    return index < inputCount() && !node.inputs().get(index).isEmpty();
  }

  /** The value of an input. */
  public String input(int index) {
    if (!hasInput(index)) {
      throw reject("input " + index + " of " + opType() + " is missing");
    }
    return names.value(node.inputs().get(index)).orElseThrow();
  }

  public TensorType type(int index) {
    return graph.type(input(index));
  }

  /** In how many bits the file stores an input, if they are fewer than its element type has. */
  Optional<Integer> bits(int index) {
    return graph.bits(input(index));
  }

  public Shape shape(int index) {
    return type(index).shape();
  }

  /** The type of a value that {@link #emit} returned. */
  public TensorType typeOf(String value) {
    return graph.type(value);
  }

  public boolean isConstant(int index) {
    return isConstantValue(input(index));
  }

  /** Whether a value that {@link #emit} returned does not depend on the network's inputs. */
  public boolean isConstantValue(String value) {
    return graph.constant(value).isPresent();
  }

  /** The numbers of an input that must not depend on the network's inputs. */
  public Tensor constant(int index) {
    return graph
        .constant(input(index))
        .orElseThrow(
            () ->
                reject(
                    "input "
                        + index
                        + " of "
                        + opType()
                        + " (`"
                        + node.inputs().get(index)
                        + "`) must be a constant"));
  }

  /** An input that must be constant integers, whatever its shape. */
  public List<Long> constantInts(int index) {
    if (constant(index) instanceof Tensor.Integers integers) {
      return Arrays.stream(integers.values()).boxed().toList();
    }
    throw reject("input " + index + " of " + opType() + " must hold integers");
  }

  /** An input that must be a constant holding one number. */
  public double constantNumber(int index) {
    Tensor tensor = constant(index);
    if (tensor.shape().elements() != 1) {
      throw reject("input " + index + " of " + opType() + " must hold one number");
    }
    return tensor instanceof Tensor.Floats floats
        ? floats.values()[0]
        : ((Tensor.Integers) tensor).values()[0];
  }

  /** The numbers of an input that must be constant, whatever its shape and type. */
  public List<Double> constantReals(int index) {
    if (constant(index) instanceof Tensor.Floats floats) {
      float[] values = floats.values();
      return IntStream.range(0, values.length).mapToObj(i -> (double) values[i]).toList();
    }
    return constantInts(index).stream().map(Long::doubleValue).toList();
  }

  /** An axis given by the file, counted from 0. */
  public int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw reject("axis " + axis + " is out of range for " + rank + " dimensions");
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  // Outputs

  public int outputCount() {
    return node.outputs().size();
  }

  /** Whether the file gives an output a name, so that a later node may use it. */
  public boolean hasOutput(int index) {
    return index < outputCount() && !node.outputs().get(index).isEmpty();
  }

  /**
   * Adds a node whose only output is not an output of the ONNX node.
   *
   * @param role tells the nodes apart that one ONNX node becomes; appended to its name
   * @return the new value
   */
  public String emit(String role, Operator operator, String... inputs) {
    String name = node.displayName() + "/" + role;
    return add(name, operator, List.of(inputs), List.of(name)).get(0);
  }

  /**
   * As {@link #emit}, for the node that does the ONNX node's work: it keeps the ONNX node's name.
   */
  public String emitPrincipal(Operator operator, String... inputs) {
    nameUsed = true;
    String name = node.displayName();
    return add(name, operator, List.of(inputs), List.of(name + "/" + operator.kind())).get(0);
  }

  /**
   * As above, for an operator with several outputs.
   *
   * @param roles tell the outputs apart
   */
  public List<String> emitPrincipal(Operator operator, List<String> roles, String... inputs) {
    String name = node.displayName() + (nameUsed ? "/" + operator.kind() : "");
    nameUsed = true;
    List<String> outputs = roles.stream().map(role -> name + "/" + role).toList();
    return add(name, operator, List.of(inputs), outputs);
  }

  /** Whether recurrent layers carry their state from inference to inference. */
  public boolean stateful() {
    return stateful;
  }

  /**
   * Adds a value that is zero in the first inference, and in every other what {@link #setNext} says
   * it became in the one before.
   */
  public String addState(String role, Shape shape) {
    return graph.addState(node.displayName() + "/" + role, TensorType.floats(shape));
  }

  /** Says which value a state is in the next inference. */
  public void setNext(String state, String value) {
    graph.setNext(state, value);
  }

  /** Adds a node that computes an output; a no-op if the file gives the output no name. */
  public void define(int outputIndex, Operator operator, String... inputs) {
    if (!hasOutput(outputIndex)) {
      return;
    }
    String name = node.displayName() + (nameUsed ? "/" + operator.kind() : "");
    nameUsed = true;
    String output = node.outputs().get(outputIndex);
    define(outputIndex, add(name, operator, List.of(inputs), List.of(output)).get(0));
  }

  /** Lets an output be a value that exists; a no-op if the file gives the output no name. */
  public void define(int outputIndex, String value) {
    if (hasOutput(outputIndex)) {
      if (!defined.add(outputIndex)) {
        throw new IllegalStateException(opType() + " defines output " + outputIndex + " twice");
      }
      String output = node.outputs().get(outputIndex);
      if (names.value(output).isPresent()) {
        throw Diagnostic.of(Code.E0102, location, "value `" + output + "` is defined twice")
            .asException();
      }
      names.bind(output, value);
    }
  }

  /** Lets an output be a constant; a no-op if the file gives the output no name. */
  public void define(int outputIndex, Tensor tensor) {
    if (hasOutput(outputIndex)) {
      define(outputIndex, graph.addConstant(node.outputs().get(outputIndex), tensor));
    }
  }

  /** Adds a constant that the mapping computed. */
  public String addConstant(String role, Tensor tensor) {
    return graph.addConstant(node.displayName() + "/" + role, tensor);
  }

  /**
   * What a standard operator makes of values: for operators that are several others in one. Its
   * attributes are those of version 13.
   *
   * @param role tells the operators apart; empty for the one that does the node's work, which keeps
   *     the node's name
   * @return the value of its only output
   */
  public String compose(
      String role, String opType, Map<String, Attribute> attributes, String... values) {
    String name = role.isEmpty() ? node.displayName() : node.displayName() + "/" + role;
    return compose(name, opType, attributes, List.of(values), name + "/" + opType);
  }

  /** As {@link #compose}, for the operator that computes an output. */
  public void defineComposed(
      int outputIndex, String opType, Map<String, Attribute> attributes, String... values) {
    if (hasOutput(outputIndex)) {
      String name = node.displayName() + "/" + opType;
      String output = node.outputs().get(outputIndex);
      define(outputIndex, compose(name, opType, attributes, List.of(values), output));
    }
  }

  private String compose(
      String name,
      String opType,
      Map<String, Attribute> attributes,
      List<String> values,
      String result) {
    OnnxNode part = new OnnxNode(name, opType, "", values, List.of(result), attributes);
    LocalNames local = new LocalNames(result);
    NodeMapping mapping =
        NodeMappings.find("", opType)
            .orElseThrow(() -> new IllegalArgumentException("no operator " + opType))
            .mapping();
    new NodeContext(graph, local, part, COMPOSED_OPSET, location, stateful).apply(mapping);
    return local.value(result).orElseThrow();
  }

  /** Values under their own names, and one result. */
  private static final class LocalNames implements ValueNames {
    private final String result;
    private Optional<String> value = Optional.empty();

    LocalNames(String result) {
      this.result = result;
    }

    @Override
    public Optional<String> value(String name) {
      return name.equals(result) ? value : Optional.of(name);
    }

    @Override
    public void bind(String name, String bound) {
      value = Optional.of(bound);
    }
  }

  /**
   * Runs the node's mapping, and checks that it defines every output that the file names.
   *
   * @throws DiagnosticException if the node asks for what its operator or the tool does not have
   */
  void apply(NodeMapping mapping) {
    try {
      mapping.map(this);
    } catch (IllegalArgumentException e) {
      // From the checks of an operator's attributes, which come from the file unseen.
      throw Diagnostic.of(Code.E0203, location, e.getMessage()).asException();
    }
    for (int index = 0; index < outputCount(); index++) {
      if (hasOutput(index) && !defined.contains(index)) {
        throw reject("output " + index + " of " + opType() + " is not supported");
      }
    }
  }

  // Complaints

  /** What this node asks for is not supported; to be thrown. */
  public DiagnosticException reject(String message) {
    return diagnostic(message).asException();
  }

  /** As {@link #reject}, to be completed by notes and helps. */
  public Diagnostic diagnostic(String message) {
    return Diagnostic.of(Code.E0202, location, message);
  }

  private List<String> add(
      String name, Operator operator, List<String> inputs, List<String> outputs) {
    return graph.addNode(name, operator, inputs, outputs);
  }

  private <A extends Attribute> Optional<A> attribute(String name, Class<A> type) {
    Attribute attribute = node.attributes().get(name);
    if (attribute == null) {
      return Optional.empty();
    }
    if (!type.isInstance(attribute)) {
      throw Diagnostic.of(
              Code.E0102, location, "attribute `" + name + "` of " + opType() + " has a wrong type")
          .asException();
    }
    return Optional.of(type.cast(attribute));
  }
}
