package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Compares or combines two tensors element by element into truth values. Both have the same element
 * type; axes of extent 1 and missing leading axes are repeated.
 */
public record Comparison(Relation relation) implements Operator {
  /** When the result is true. The last three take truth values only. */
  public enum Relation {
    EQUAL("Equal"),
    GREATER("Greater"),
    GREATER_OR_EQUAL("GreaterOrEqual"),
    LESS("Less"),
    LESS_OR_EQUAL("LessOrEqual"),
    AND("And"),
    OR("Or"),
    XOR("Xor");

    private final String kind;

    Relation(String kind) {
      this.kind = kind;
    }

    private boolean isLogical() {
      return compareTo(AND) >= 0;
    }

    private boolean holds(double left, double right) {
      return switch (this) {
        case EQUAL -> left == right;
        case GREATER -> left > right;
        case GREATER_OR_EQUAL -> left >= right;
        case LESS -> left < right;
        case LESS_OR_EQUAL -> left <= right;
        case AND, OR, XOR -> throw new IllegalStateException(this + " of real numbers");
      };
    }

    private boolean holds(long left, long right) {
      return switch (this) {
        case EQUAL -> left == right;
        case GREATER -> left > right;
        case GREATER_OR_EQUAL -> left >= right;
        case LESS -> left < right;
        case LESS_OR_EQUAL -> left <= right;
        case AND -> (left & right) != 0;
        case OR -> (left | right) != 0;
        case XOR -> left != right;
      };
    }
  }

  @Override
  public String kind() {
    return relation.kind;
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 2, 2);
    TensorType left = inputs.get(0);
    TensorType right = inputs.get(1);
    if (left.element() != right.element()
        || (relation.isLogical() && left.element() != ElementType.BOOL)) {
      throw new IllegalArgumentException(kind() + " cannot compare " + left + " and " + right);
    }
    return List.of(
        new TensorType(ElementType.BOOL, Broadcast.shape(this, left.shape(), right.shape())));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape shape = Broadcast.shape(this, inputs.get(0).shape(), inputs.get(1).shape());
    Tensor left = StridedView.broadcast(inputs.get(0).shape(), shape).read(inputs.get(0));
    Tensor right = StridedView.broadcast(inputs.get(1).shape(), shape).read(inputs.get(1));
    long[] truths = new long[shape.elements()];
    for (int i = 0; i < truths.length; i++) {
      boolean holds =
          left instanceof Tensor.Floats floats
              ? relation.holds(floats.values()[i], Operands.values(right)[i])
              : relation.holds(
                  ((Tensor.Integers) left).values()[i], ((Tensor.Integers) right).values()[i]);
      truths[i] = holds ? 1 : 0;
    }
    return List.of(new Tensor.Integers(ElementType.BOOL, shape, truths));
  }
}
