package io.mcudeploy.tflite;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What an {@link OperatorMapping} sees: one operator of the file, and the graph it adds to. Values
 * are real numbers wherever the file's integers stand for real numbers; a result is rounded to its
 * tensor's grid when it is defined.
 */
public final class OperatorContext {
  private final GraphBuilder graph;
  private final TensorValues values;
  private final String name;
  private final int[] inputs;
  private final int[] outputs;
  private final Optional<FlatBuffer.Table> options;
  private final Location.Node location;
  private int defined;
  private boolean nameUsed;

  /**
   * Looks at an operator all of whose inputs are bound.
   *
   * @param operatorName as in the schema
   * @param table the operator in the file
   * @param file as the user named it
   */
  OperatorContext(
      GraphBuilder graph,
      TensorValues values,
      String operatorName,
      FlatBuffer.Table table,
      String file) {
    this.graph = graph;
    this.values = values;
    this.inputs = table.vector(1, 4).int32s();
    this.outputs = table.vector(2, 4).int32s();
    this.options = table.table(4);
    this.name = outputs.length == 0 ? operatorName : values.tensor(outputs[0]).name();
    this.location = new Location.Node(file, name, operatorName);
  }

  /** Such as {@code CONV_2D}. */
  public String operatorName() {
    return location.operator();
  }

  // Options, by their field number in the schema's table for this operator

  int option(int field, int absent) {
    return options.map(table -> table.int32(field, absent)).orElse(absent);
  }

  float realOption(int field, float absent) {
    return options.map(table -> table.float32(field, absent)).orElse(absent);
  }

  boolean flag(int field) {
    return options.map(table -> table.bool(field)).orElse(false);
  }

  /** An enumeration of the schema. */
  int choice(int field) {
    return options.map(table -> table.int8(field, 0)).orElse(0);
  }

  List<Integer> optionList(int field) {
    return options
        .map(table -> Arrays.stream(table.vector(field, 4).int32s()).boxed().toList())
        .orElse(List.of());
  }

  // Inputs

  int inputCount() {
    return inputs.length;
  }

  boolean hasInput(int index) {
    return index < inputs.length && inputs[index] != TensorValues.ABSENT;
  }

  /** The value of an input. */
  String input(int index) {
    if (!hasInput(index)) {
      throw reject("input " + index + " is missing");
    }
    return values.value(inputs[index]);
  }

  Shape shape(int index) {
    return shapeOf(input(index));
  }

  /** The shape of a value that {@link #emit} returned. */
  Shape shapeOf(String value) {
    return graph.type(value).shape();
  }

  boolean isFloat(int index) {
    return graph.type(input(index)).element().isFloat();
  }

  boolean isConstant(int index) {
    return graph.constant(input(index)).isPresent();
  }

  /** The numbers of an input that must not depend on the network's inputs. */
  Tensor constant(int index) {
    return graph
        .constant(input(index))
        .orElseThrow(() -> reject("input " + index + " must be a constant"));
  }

  /** An input that must be constant integers, whatever its shape. */
  List<Integer> constantInts(int index) {
    if (constant(index) instanceof Tensor.Integers integers) {
      return Arrays.stream(integers.values())
          .mapToObj(value -> (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value)))
          .toList();
    }
    throw reject("input " + index + " must hold integers");
  }

  /** An input that must be a constant holding one number. */
  double constantNumber(int index) {
    Tensor tensor = constant(index);
    if (tensor.shape().elements() != 1) {
      throw reject("input " + index + " must hold one number");
    }
    return tensor instanceof Tensor.Floats floats
        ? floats.values()[0]
        : ((Tensor.Integers) tensor).values()[0];
  }

  /** An axis given by the file, counted from 0. */
  int axis(int axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw reject("axis " + axis + " is out of range for " + rank + " dimensions");
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** A shape computed from the file's numbers. */
  Shape shape(List<Integer> extents) {
    try {
      return Shape.of(extents);
    } catch (IllegalArgumentException e) {
      throw reject("no shape can be " + extents);
    }
  }

  // Outputs

  int outputCount() {
    return outputs.length;
  }

  /** How an output is stored. */
  StoredTensor output(int index) {
    if (index >= outputs.length) {
      throw reject("output " + index + " is missing");
    }
    return values.tensor(outputs[index]);
  }

  /**
   * Adds a node whose only output is not an output of the operator.
   *
   * @param role tells the nodes apart that one operator becomes; appended to its name
   * @return the new value
   */
  String emit(String role, Operator operator, String... operands) {
    String preferred = name + "/" + role;
    return add(preferred, operator, List.of(operands), preferred);
  }

  /** As above, for an operator with several outputs that does the operator's work. */
  List<String> emitAll(Operator operator, List<String> roles, String... operands) {
    nameUsed = true;
    return graph.addNode(
        name, operator, List.of(operands), roles.stream().map(role -> name + "/" + role).toList());
  }

  /** The value that a variable tensor has when an inference begins. */
  String addState(int input) {
    if (!hasInput(input) || !values.tensor(inputs[input]).variable()) {
      throw reject("input " + input + " is not a variable tensor");
    }
    StoredTensor tensor = values.tensor(inputs[input]);
    return graph.addState(tensor.name(), TensorType.floats(tensor.shape()));
  }

  /** The scale of a variable tensor of symmetric int16 integers. */
  Optional<Double> wideScale(int input) {
    StoredTensor tensor = values.tensor(inputs[input]);
    return tensor
        .grid()
        .filter(grid -> tensor.type().highest() == Short.MAX_VALUE && grid.zeroPoint() == 0)
        .map(Grid::scale);
  }

  /** Says what a variable tensor becomes, rounded to its grid if its operator does not do that. */
  void setNext(int input, String state, String value) {
    StoredTensor tensor = values.tensor(inputs[input]);
    String next = value;
    if (tensor.rounding().isPresent() && wideScale(input).isEmpty()) {
      Unary rounding = new Unary(tensor.rounding().get());
      next = emit(tensor.name() + "/next", rounding, value);
    }
    graph.setNext(state, next);
  }

  /** Adds the node that computes the first output. */
  void define(Operator operator, String... operands) {
    define(0, operator, operands);
  }

  /** Adds the node that computes an output. */
  void define(int index, Operator operator, String... operands) {
    StoredTensor output = output(index);
    String node = index == 0 && !nameUsed ? name : output.name() + "/" + operator.kind();
    nameUsed = true;
    List<String> inputsOfNode = List.of(operands);
    boolean rounded =
        output.rounding().isPresent()
            && !values.roundingOf(operator, inputsOfNode).equals(output.rounding());
    define(index, add(node, operator, inputsOfNode, output.name() + (rounded ? "/exact" : "")));
  }

  /** Lets an output be a value, rounded to the output's grid unless it lies on it. */
  void define(int index, String value) {
    StoredTensor output = output(index);
    boolean rounded =
        output.rounding().isPresent()
            && graph.type(value).element().isFloat()
            && graph.constant(value).isEmpty()
            && !values.roundingOf(value).equals(output.rounding());
    bind(
        index,
        rounded
            ? values.round(
                output.rounding().get(), value, output.name() + "/quantize", output.name())
            : value);
  }

  /** A value rounded to the first output's grid, if it has one. */
  String rounded(String role, String value) {
    Optional<UnaryFunction> rounding = output(0).rounding();
    if (rounding.isEmpty() || values.roundingOf(value).equals(rounding)) {
      return value;
    }
    return values.round(rounding.get(), value, name + "/" + role, name + "/" + role);
  }

  /** Lets an output be a constant. */
  void define(int index, Tensor tensor) {
    bind(index, graph.addConstant(output(index).name(), tensor));
  }

  /** Adds a constant that the mapping computed. */
  String addConstant(String role, Tensor tensor) {
    return graph.addConstant(name + "/" + role, tensor);
  }

  /** The clamp that the file fuses into the operator, from an option. */
  Activation activation(int field) {
    return switch (choice(field)) {
      case 0 -> Activation.NONE;
      case 1 -> Activation.RELU;
      case 2 -> new Activation(-1, 1);
      case 3 -> new Activation(0, 6);
      default -> throw reject("the fused activation " + choice(field) + " of the schema");
    };
  }

  /** Adds the node that computes the first output, and the clamp that is fused into it. */
  void defineClamped(int field, Operator operator, String... operands) {
    Activation activation = activation(field);
    if (activation.equals(Activation.NONE)) {
      define(operator, operands);
      return;
    }
    nameUsed = true;
    String value = add(name, operator, List.of(operands), name + "/unclamped");
    define(0, new Unary(new UnaryFunction.Clamp(activation)), value);
  }

  /**
   * Runs the operator's mapping, and checks that it defines every output.
   *
   * @throws DiagnosticException if it asks for what its operator or the tool does not have
   */
  void apply(OperatorMapping mapping) {
    try {
      mapping.map(this);
    } catch (IllegalArgumentException | ArithmeticException e) {
      // From the checks of an operator's attributes, which come from the file unseen.
      throw Diagnostic.of(Code.E0203, location, e.getMessage()).asException();
    }
    if (defined != outputs.length) {
      throw reject(outputs.length + " outputs are not supported");
    }
  }

  // Complaints

  /** What this operator asks for is not supported; to be thrown. */
  DiagnosticException reject(String message) {
    return Diagnostic.of(Code.E0202, location, message).asException();
  }

  private String add(String node, Operator operator, List<String> operands, String output) {
    String value = graph.addNode(node, operator, operands, List.of(output)).get(0);
    values.roundingOf(operator, operands).ifPresent(rounding -> values.lies(value, rounding));
    return value;
  }

  private void bind(int index, String value) {
    values.define(outputs[index], value);
    defined++;
  }
}
