package io.mcudeploy.tflite;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Lstm;
import io.mcudeploy.operators.Svdf;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Layers whose variable tensors live on between inferences. */
final class RecurrentMappings {
  private static final List<Integer> SWAP_BATCH = List.of(1, 0, 2);
  private static final int TANH = 4;

  private RecurrentMappings() {}

  /**
   * UnidirectionalSequenceLSTMOptions: activation, cell_clip, proj_clip, time_major. Inputs: the
   * sequence; input weights, recurrent weights and peepholes of i, f, c, o and i, f, o; biases of
   * i, f, c, o; projection; the states h and c; layer normalization.
   */
  static void unidirectionalSequenceLstm(OperatorContext operator) {
    for (int input = 1; input < operator.inputCount(); input++) {
      boolean usual = input < 9 || (input >= 12 && input < 16) || input == 18 || input == 19;
      if (operator.hasInput(input) != usual) {
        throw operator.reject(
            usual
                ? "input " + input + " is missing"
                : "peepholes, projections and layer normalization");
      }
    }
    if (operator.choice(0) != TANH) {
      throw operator.reject("the activation " + operator.choice(0) + " of the schema");
    }
    double clip = operator.realOption(1, 0);
    boolean timeFirst = operator.flag(3);
    String sequence =
        timeFirst
            ? operator.input(0)
            : operator.emit("sequence", new Transpose(SWAP_BATCH), operator.input(0));
    String h = operator.addState(18);
    String c = operator.addState(19);
    // Stacked as ONNX has them: i, o, f, c.
    List<String> outputs =
        operator.emitAll(
            new Lstm(
                false,
                ElementaryFunction.SIGMOID,
                ElementaryFunction.TANH,
                ElementaryFunction.TANH,
                Double.POSITIVE_INFINITY,
                clip > 0 ? clip : Double.POSITIVE_INFINITY,
                operator.wideScale(19),
                false),
            List.of("y", "h", "c", "cells"),
            sequence,
            operator.addConstant("weights", stacked(operator, 1, 4, 2, 3)),
            operator.addConstant("recurrent", stacked(operator, 5, 8, 6, 7)),
            operator.addConstant("bias", stacked(operator, 12, 15, 13, 14)),
            h,
            c);
    operator.setNext(18, h, outputs.get(1));
    operator.setNext(19, c, outputs.get(2));
    operator.define(
        0,
        timeFirst
            ? outputs.get(0)
            : operator.emit("batches", new Transpose(SWAP_BATCH), outputs.get(0)));
  }

  /**
   * SVDFOptions: rank, activation. Inputs: x, the weights of features and times, optionally a bias,
   * and the state.
   */
  static void svdf(OperatorContext operator) {
    int rank = operator.option(0, 0);
    Shape features = operator.shape(1);
    Shape times = operator.shape(2);
    if (rank < 1 || features.rank() != 2 || times.rank() != 2 || features.extent(0) % rank != 0) {
      throw operator.reject("weights " + features + " and " + times + " of rank " + rank);
    }
    int units = features.extent(0) / rank;
    String bias =
        operator.hasInput(3)
            ? operator.input(3)
            : operator.addConstant("bias", new Tensor.Floats(Shape.of(units), new float[units]));
    String state = operator.addState(4);
    List<String> outputs =
        operator.emitAll(
            new Svdf(rank, operator.activation(1), operator.wideScale(4)),
            List.of("y", "state"),
            operator.input(0),
            operator.input(1),
            operator.input(2),
            bias,
            state);
    operator.setNext(4, state, outputs.get(1));
    operator.define(0, outputs.get(0));
  }

  /** Constants one below the other, with their integers where all have some. */
  private static Tensor.Floats stacked(OperatorContext operator, int... inputs) {
    List<Tensor.Floats> parts = new ArrayList<>();
    for (int input : inputs) {
      if (!(operator.constant(input) instanceof Tensor.Floats floats)
          || floats.shape().rank() == 0
          || (!parts.isEmpty() && !parts.get(0).shape().equals(floats.shape()))) {
        throw operator.reject("weights of shape " + operator.shape(input));
      }
      parts.add(floats);
    }
    Shape one = parts.get(0).shape();
    Shape shape = one.with(0, inputs.length * one.extent(0));
    float[] values = new float[shape.elements()];
    long[] integers = new long[values.length];
    List<Double> scales = new ArrayList<>();
    List<Integer> zeroPoints = new ArrayList<>();
    ElementType element = ElementType.INT32;
    boolean encoded = true;
    for (int i = 0; i < parts.size(); i++) {
      Tensor.Floats part = parts.get(i);
      System.arraycopy(part.values(), 0, values, i * one.elements(), one.elements());
      Optional<Encoding> encoding = part.encoding().filter(given -> given.grid().isPerTensor());
      encoded &= encoding.isPresent();
      if (encoding.isPresent()) {
        Encoding given = encoding.get();
        element = given.integers().element();
        System.arraycopy(
            given.integers().values(), 0, integers, i * one.elements(), one.elements());
        scales.addAll(Collections.nCopies(one.extent(0), given.grid().scale()));
        zeroPoints.addAll(Collections.nCopies(one.extent(0), given.grid().zeroPoint()));
      }
    }
    return encoded
        ? new Tensor.Floats(
            shape,
            values,
            Optional.of(
                new Encoding(
                    new Tensor.Integers(element, shape, integers),
                    new Grid(scales, zeroPoints, 0))))
        : new Tensor.Floats(shape, values);
  }
}
