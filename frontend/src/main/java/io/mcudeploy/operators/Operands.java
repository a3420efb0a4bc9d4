package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/** The checks that shape rules share. Each message is meant for the user. */
final class Operands {
  private Operands() {}

  static void checkCount(Operator operator, List<?> inputs, int least, int most) {
    if (inputs.size() < least || inputs.size() > most) {
      String expected = least == most ? Integer.toString(least) : least + " to " + most;
      throw new IllegalArgumentException(
          operator.kind() + " takes " + expected + " inputs, not " + inputs.size());
    }
  }

  /** The shape of an input that must hold real numbers. */
  static Shape floats(Operator operator, List<TensorType> inputs, int index, String role) {
    TensorType type = inputs.get(index);
    if (!type.element().isFloat()) {
      throw new IllegalArgumentException(
          operator.kind() + " needs real numbers for its " + role + ", not " + type);
    }
    return type.shape();
  }

  /** The shape of a float input that must have a certain number of dimensions. */
  static Shape floats(
      Operator operator, List<TensorType> inputs, int index, String role, int rank) {
    Shape shape = floats(operator, inputs, index, role);
    checkRank(operator, inputs.get(index), role, rank);
    return shape;
  }

  static void checkRank(Operator operator, TensorType type, String role, int rank) {
    Shape shape = type.shape();
    if (shape.rank() != rank) {
      throw new IllegalArgumentException(
          operator.kind() + " needs " + rank + " dimensions for its " + role + ", not " + shape);
    }
  }

  /** Checks an optional bias: one real number for each of so many channels. */
  static void checkBias(Operator operator, List<TensorType> inputs, int index, int channels) {
    if (inputs.size() > index) {
      Shape bias = floats(operator, inputs, index, "bias", 1);
      if (bias.extent(0) != channels) {
        throw new IllegalArgumentException(
            operator.kind() + " of " + channels + " channels has a bias of " + bias.extent(0));
      }
    }
  }

  static void checkElement(Operator operator, TensorType type, ElementType expected, String role) {
    if (type.element() != expected) {
      throw new IllegalArgumentException(
          operator.kind() + " needs " + expected + " for its " + role + ", not " + type);
    }
  }

  static void checkAxis(Operator operator, int axis, Shape shape) {
    if (axis < 0 || axis >= shape.rank()) {
      throw new IllegalArgumentException(
          operator.kind() + " has no axis " + axis + " in an input of shape " + shape);
    }
  }

  /** The numbers of a tensor that the shape rule let through as real numbers. */
  static float[] values(Tensor tensor) {
    return ((Tensor.Floats) tensor).values();
  }
}
