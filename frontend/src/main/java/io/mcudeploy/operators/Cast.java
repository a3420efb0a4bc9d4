package io.mcudeploy.operators;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Converts to another element type: real numbers are cut to integers toward zero, integers too wide
 * for their new type keep their low bits, and every number but zero is true.
 *
 * @param bits how many low bits an integer keeps, where they are fewer than its element type has:
 *     four-bit integers are held in eight bits
 */
public record Cast(ElementType element, int bits) implements Operator {
  /** Keeps all bits of the element type. */
  public Cast(ElementType element) {
    this(element, Long.SIZE);
  }

  @Override
  public String kind() {
    return "Cast";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    return List.of(new TensorType(element, inputs.get(0).shape()));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor input = inputs.get(0);
    Shape shape = input.shape();
    if (input.type().element() == element) {
      return inputs;
    }
    if (input instanceof Tensor.Floats floats) {
      return List.of(new Tensor.Integers(element, shape, toIntegers(floats.values())));
    }
    long[] integers = ((Tensor.Integers) input).values();
    if (element.isFloat()) {
      float[] values = new float[integers.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = integers[i];
      }
      return List.of(new Tensor.Floats(shape, values));
    }
    long[] values = new long[integers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = wrap(integers[i]);
    }
    return List.of(new Tensor.Integers(element, shape, values));
  }

  private long[] toIntegers(float[] floats) {
    long[] values = new long[floats.length];
    for (int i = 0; i < values.length; i++) {
      boolean truth = element == ElementType.BOOL;
      values[i] = truth ? (floats[i] != 0 ? 1 : 0) : wrap((long) floats[i]);
    }
    return values;
  }

  private long wrap(long integer) {
    int dropped = Long.SIZE - bits;
    boolean signed = Elements.wrap(element, -1) < 0;
    long kept = integer << dropped;
    return Elements.wrap(element, signed ? kept >> dropped : kept >>> dropped);
  }
}
