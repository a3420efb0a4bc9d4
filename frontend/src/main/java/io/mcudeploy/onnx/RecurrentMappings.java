package io.mcudeploy.onnx;

import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Gru;
import io.mcudeploy.operators.Lstm;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Rnn;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.UnaryFunction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** LSTM, GRU and RNN. A layer in both directions becomes two layers, one of them backwards. */
final class RecurrentMappings {
  static final String LIMITS = "sequences of full length; no Affine or ScaledTanh";

  private static final List<Integer> SWAP_BATCH = List.of(1, 0, 2);

  private final NodeContext node;
  private final int gates;
  private final boolean batchFirst;
  private final List<Boolean> reverse;
  private final List<UnaryFunction> activations;
  private final String sequence;
  private final int units;

  /**
   * Reads what the three operators share.
   *
   * @param gates matrices stacked in the weights
   * @param defaults activations of one direction where the file names none
   */
  private RecurrentMappings(NodeContext node, int gates, List<String> defaults) {
    this.node = node;
    this.gates = gates;
    this.batchFirst = node.intAttribute("layout", 0) == 1;
    this.reverse = directions();
    this.activations = activations(defaults);
    if (node.shape(0).rank() != 3 || node.shape(2).rank() != 3) {
      throw node.reject(
          node.opType() + " needs 3 dimensions, not " + node.shape(0) + " and " + node.shape(2));
    }
    this.sequence =
        batchFirst
            ? node.emit("sequence", new Transpose(SWAP_BATCH), node.input(0))
            : node.input(0);
    this.units = node.shape(2).extent(2);
    checkLengths();
  }

  static void lstm(NodeContext node) {
    RecurrentMappings layer = new RecurrentMappings(node, 4, List.of("Sigmoid", "Tanh", "Tanh"));
    List<List<String>> results = new ArrayList<>();
    for (int d = 0; d < layer.reverse.size(); d++) {
      Lstm operator =
          new Lstm(
              layer.reverse.get(d),
              layer.activations.get(3 * d),
              layer.activations.get(3 * d + 1),
              layer.activations.get(3 * d + 2),
              layer.clip(),
              Double.POSITIVE_INFINITY,
              Optional.empty(),
              node.flag("input_forget", false));
      List<String> operands = layer.operands(d);
      operands.add(layer.bias(d));
      String hidden = layer.initial(5, d, "h");
      String cell = layer.initial(6, d, "c");
      operands.add(hidden);
      operands.add(cell);
      if (node.hasInput(7)) {
        operands.add(layer.ofDirection(7, d, Shape.of(3 * layer.units)));
      }
      List<String> outputs = layer.emit(operator, List.of("y", "h", "c", "cells"), operands);
      layer.carry(5, hidden, outputs.get(1));
      layer.carry(6, cell, outputs.get(2));
      results.add(outputs);
    }
    layer.define(results, 3);
  }

  static void gru(NodeContext node) {
    RecurrentMappings layer = new RecurrentMappings(node, 3, List.of("Sigmoid", "Tanh"));
    List<List<String>> results = new ArrayList<>();
    for (int d = 0; d < layer.reverse.size(); d++) {
      Gru operator =
          new Gru(
              layer.reverse.get(d),
              layer.activations.get(2 * d),
              layer.activations.get(2 * d + 1),
              layer.clip(),
              node.flag("linear_before_reset", false));
      List<String> operands = layer.operands(d);
      operands.add(layer.halfOfBias(d, 0));
      operands.add(layer.halfOfBias(d, 1));
      results.add(layer.emitSimple(operator, operands, d));
    }
    layer.define(results, 2);
  }

  static void rnn(NodeContext node) {
    RecurrentMappings layer = new RecurrentMappings(node, 1, List.of("Tanh"));
    List<List<String>> results = new ArrayList<>();
    for (int d = 0; d < layer.reverse.size(); d++) {
      Rnn operator = new Rnn(layer.reverse.get(d), layer.activations.get(d), layer.clip());
      List<String> operands = layer.operands(d);
      operands.add(layer.bias(d));
      results.add(layer.emitSimple(operator, operands, d));
    }
    layer.define(results, 2);
  }

  // Attributes

  private List<Boolean> directions() {
    String direction = node.stringAttribute("direction", "forward");
    return switch (direction) {
      case "forward" -> List.of(false);
      case "reverse" -> List.of(true);
      case "bidirectional" -> List.of(false, true);
      default -> throw node.reject(node.opType() + " has no direction `" + direction + "`");
    };
  }

  private double clip() {
    return node.hasAttribute("clip") ? node.floatAttribute("clip", 0) : Double.POSITIVE_INFINITY;
  }

  /** The activation functions of one direction after the other. */
  private List<UnaryFunction> activations(List<String> defaults) {
    int count = defaults.size() * reverse.size();
    List<String> names = node.stringsAttribute("activations").orElse(List.of());
    if (names.isEmpty()) {
      names = reverse.size() == 1 ? defaults : twice(defaults);
    }
    if (names.size() != count) {
      throw node.reject(
          node.opType() + " needs " + count + " activation functions, not " + names.size());
    }
    Deque<Float> alphas =
        new ArrayDeque<>(node.floatsAttribute("activation_alpha").orElse(List.of()));
    Deque<Float> betas =
        new ArrayDeque<>(node.floatsAttribute("activation_beta").orElse(List.of()));
    return names.stream().map(name -> activation(name, alphas, betas)).toList();
  }

  /** The function of a name, which ONNX lets be written in any case, with its next parameters. */
  private UnaryFunction activation(String name, Deque<Float> alphas, Deque<Float> betas) {
    return switch (name.toLowerCase(java.util.Locale.ROOT)) {
      case "sigmoid" -> ElementaryFunction.SIGMOID;
      case "tanh" -> ElementaryFunction.TANH;
      case "relu" -> UnaryFunction.Clamp.RELU;
      case "softsign" -> ElementaryFunction.SOFTSIGN;
      case "softplus" -> ElementaryFunction.SOFTPLUS;
      case "leakyrelu" -> new UnaryFunction.LeakyRelu(next(alphas, 0.01f));
      case "thresholdedrelu" -> new UnaryFunction.ThresholdedRelu(next(alphas, 1));
      case "elu" -> new UnaryFunction.Elu(next(alphas, 1));
      case "hardsigmoid" -> new UnaryFunction.HardSigmoid(next(alphas, 0.2f), next(betas, 0.5f));
      default ->
          throw node.reject(
              "the activation `" + name + "` of " + node.opType() + " is not supported");
    };
  }

  private static float next(Deque<Float> parameters, float absent) {
    return parameters.isEmpty() ? absent : parameters.removeFirst();
  }

  private static List<String> twice(List<String> names) {
    List<String> both = new ArrayList<>(names);
    both.addAll(names);
    return both;
  }

  // Operands

  private void checkLengths() {
    if (!node.hasInput(4)) {
      return;
    }
    long steps = node.typeOf(sequence).shape().extent(0);
    if (node.constantInts(4).stream().anyMatch(length -> length != steps)) {
      throw node.reject(
          node.opType() + " with sequences shorter than the " + steps + " steps of its input");
    }
  }

  /** The sequence and the two weight matrices. */
  private List<String> operands(int direction) {
    List<String> operands = new ArrayList<>(List.of(sequence));
    int inputs = node.typeOf(sequence).shape().extent(2);
    operands.add(ofDirection(1, direction, Shape.of(gates * units, inputs)));
    operands.add(ofDirection(2, direction, Shape.of(gates * units, units)));
    return operands;
  }

  /** The part of an input [directions, ..] that belongs to a direction. */
  private String ofDirection(int input, int direction, Shape shape) {
    Shape whole = node.shape(input);
    if (whole.rank() == 0 || whole.extent(0) != reverse.size()) {
      throw node.reject("input " + input + " of " + node.opType() + " is " + whole);
    }
    String part =
        reverse.size() == 1
            ? node.input(input)
            : node.emit("part", Slice.along(whole, 0, direction, 1), node.input(input));
    return node.emit("weights", new Reshape(shape), part);
  }

  /** The biases of the input's products (half 0) or the state's (half 1); zeros without any. */
  private String halfOfBias(int direction, int half) {
    int length = gates * units;
    if (!node.hasInput(3)) {
      return zeros(Shape.of(length));
    }
    Shape both = Shape.of(2 * length);
    return node.emit(
        "bias", Slice.along(both, 0, half * length, length), ofDirection(3, direction, both));
  }

  /** The sum of both biases. */
  private String bias(int direction) {
    return node.emit(
        "bias", new Binary(BinaryFunction.ADD), halfOfBias(direction, 0), halfOfBias(direction, 1));
  }

  /** The initial state of a direction: the file's, the last inference's, or zeros. */
  private String initial(int input, int direction, String role) {
    int batches = node.typeOf(sequence).shape().extent(1);
    Shape shape = Shape.of(batches, units);
    if (carries(input)) {
      if (reverse.get(direction)) {
        throw node.reject(
            "a backward " + node.opType() + " cannot go on from the inference before");
      }
      return node.addState(role, shape);
    }
    if (node.hasInput(input)) {
      String states = node.input(input);
      if (batchFirst) {
        states = node.emit("initial", new Transpose(SWAP_BATCH), states);
      }
      if (reverse.size() > 1) {
        Shape whole = node.typeOf(states).shape();
        states = node.emit("initial", Slice.along(whole, 0, direction, 1), states);
      }
      return node.emit("initial_" + role, new Reshape(shape), states);
    }
    return zeros(shape);
  }

  /** Whether a state comes from the inference before: PyTorch writes zeros where it means none. */
  private boolean carries(int input) {
    return node.stateful()
        && (!node.hasInput(input)
            || (node.isConstant(input)
                && node.constant(input) instanceof Tensor.Floats floats
                && IntStream.range(0, floats.values().length)
                    .allMatch(i -> floats.values()[i] == 0)));
  }

  private void carry(int input, String state, String next) {
    if (carries(input)) {
      node.setNext(state, next);
    }
  }

  private String zeros(Shape shape) {
    if (shape.elements() > GraphBuilder.MOST_FOLDED_ELEMENTS) {
      throw node.reject("a state of shape " + shape);
    }
    return node.addConstant("zeros", new Tensor.Floats(shape, new float[shape.elements()]));
  }

  // Results

  private List<String> emit(Operator operator, List<String> roles, List<String> operands) {
    return node.emitPrincipal(operator, roles, operands.toArray(String[]::new));
  }

  /** Adds a layer whose only state is h, its last operand. */
  private List<String> emitSimple(Operator operator, List<String> operands, int direction) {
    String state = initial(5, direction, "h");
    operands.add(state);
    List<String> outputs = emit(operator, List.of("y", "h"), operands);
    carry(5, state, outputs.get(1));
    return outputs;
  }

  /**
   * Joins the directions' results: h of all steps to {@code [T, directions, B, H]}, the final
   * states to {@code [directions, B, H]}, with the batch in front where the file wants it.
   */
  private void define(List<List<String>> results, int count) {
    for (int output = 0; output < count; output++) {
      if (!node.hasOutput(output)) {
        continue;
      }
      boolean all = output == 0;
      List<String> parts = new ArrayList<>();
      for (List<String> ofDirection : results) {
        String value = ofDirection.get(output);
        Shape shape = node.typeOf(value).shape();
        Shape wider =
            all
                ? Shape.of(shape.extent(0), 1, shape.extent(1), shape.extent(2))
                : Shape.of(1, shape.extent(0), shape.extent(1));
        parts.add(node.emit("direction", new Reshape(wider), value));
      }
      String joined =
          parts.size() == 1
              ? parts.get(0)
              : node.emit("both", new Concat(all ? 1 : 0), parts.toArray(String[]::new));
      if (batchFirst) {
        List<Integer> order = all ? List.of(2, 0, 1, 3) : SWAP_BATCH;
        node.define(output, new Transpose(order), joined);
      } else {
        node.define(output, joined);
      }
    }
  }
}
