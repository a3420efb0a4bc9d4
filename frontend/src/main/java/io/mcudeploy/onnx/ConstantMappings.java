package io.mcudeploy.onnx;

import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Operators whose results are known at import, whatever the network is fed. */
final class ConstantMappings {
  private ConstantMappings() {}

  static void constant(NodeContext node) {
    node.define(0, value(node));
  }

  private static Tensor value(NodeContext node) {
    if (node.hasAttribute("value_float")) {
      return scalar(node.floatAttribute("value_float", 0));
    }
    if (node.hasAttribute("value_int")) {
      return integers(Shape.of(), node.intAttribute("value_int", 0));
    }
    if (node.hasAttribute("value_floats")) {
      List<Float> given = node.floatsAttribute("value_floats").orElseThrow();
      float[] values = new float[given.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = given.get(i);
      }
      return new Tensor.Floats(Shape.of(values.length), values);
    }
    if (node.hasAttribute("value_ints")) {
      List<Long> given = node.intsAttribute("value_ints").orElseThrow();
      long[] values = given.stream().mapToLong(Long::longValue).toArray();
      return integers(Shape.of(values.length), values);
    }
    return node.tensorAttribute("value")
        .orElseThrow(() -> node.reject("a Constant must hold numbers"));
  }

  static void constantOfShape(NodeContext node) {
    Shape shape =
        ShapeMappings.shape(
            node, node.constantInts(0).stream().mapToLong(Long::longValue).toArray());
    checkSize(node, shape.elements());
    Tensor value = node.tensorAttribute("value").orElse(scalar(0));
    if (value.shape().elements() != 1) {
      throw node.reject("the value must be one number");
    }
    if (value instanceof Tensor.Floats floats) {
      float[] values = new float[shape.elements()];
      Arrays.fill(values, floats.values()[0]);
      node.define(0, new Tensor.Floats(shape, values));
    } else if (value instanceof Tensor.Integers integers) {
      long[] values = new long[shape.elements()];
      Arrays.fill(values, integers.values()[0]);
      node.define(0, new Tensor.Integers(integers.element(), shape, values));
    }
  }

  static void shape(NodeContext node) {
    Shape input = node.shape(0);
    int start = end(node.intAttribute("start", 0), input.rank());
    int end = end(node.intAttribute("end", input.rank()), input.rank());
    long[] extents = IntStream.range(start, end).mapToLong(input::extent).toArray();
    node.define(0, integers(Shape.of(extents.length), extents));
  }

  private static int end(long given, int rank) {
    return (int) Math.max(0, Math.min(rank, given < 0 ? given + rank : given));
  }

  static void size(NodeContext node) {
    node.define(0, integers(Shape.of(), node.shape(0).elements()));
  }

  static void range(NodeContext node) {
    double start = node.constantNumber(0);
    double step = node.constantNumber(2);
    double steps = Math.ceil((node.constantNumber(1) - start) / step);
    checkSize(node, steps);
    int count = (int) Math.max(0, steps);
    ElementType element = node.type(0).element();
    if (element.isFloat()) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) (start + i * step);
      }
      node.define(0, new Tensor.Floats(Shape.of(count), values));
    } else {
      long[] values = new long[count];
      Arrays.setAll(values, i -> (long) start + i * (long) step);
      node.define(0, new Tensor.Integers(element, Shape.of(count), values));
    }
  }

  static void nonZero(NodeContext node) {
    Tensor input = node.constant(0);
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < input.shape().elements(); i++) {
      boolean zero =
          input instanceof Tensor.Floats floats
              ? floats.values()[i] == 0
              : ((Tensor.Integers) input).values()[i] == 0;
      if (!zero) {
        found.add(i);
      }
    }
    int[] strides = input.shape().strides();
    long[] indices = new long[strides.length * found.size()];
    for (int axis = 0; axis < strides.length; axis++) {
      for (int i = 0; i < found.size(); i++) {
        indices[axis * found.size() + i] =
            found.get(i) / strides[axis] % input.shape().extent(axis);
      }
    }
    node.define(0, integers(Shape.of(strides.length, found.size()), indices));
  }

  /** In inference a dropout does nothing, and its mask lets everything through. */
  static void dropout(NodeContext node) {
    if (node.hasInput(2) && node.constantNumber(2) != 0) {
      throw node.reject("Dropout in training mode is not supported");
    }
    node.define(0, node.input(0));
    if (node.hasOutput(1)) {
      checkSize(node, node.shape(0).elements());
      long[] mask = new long[node.shape(0).elements()];
      Arrays.fill(mask, 1);
      node.define(1, new Tensor.Integers(ElementType.BOOL, node.shape(0), mask));
    }
  }

  private static void checkSize(NodeContext node, double elements) {
    // Written so that NaN, from a step of 0, fails as well.
    if (!(elements <= GraphBuilder.MOST_FOLDED_ELEMENTS)) {
      throw node.reject(node.opType() + " of " + elements + " elements");
    }
  }

  private static Tensor scalar(float value) {
    return new Tensor.Floats(Shape.of(), new float[] {value});
  }

  private static Tensor integers(Shape shape, long... values) {
    return new Tensor.Integers(ElementType.INT64, shape, values);
  }
}
