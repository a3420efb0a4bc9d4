package io.mcudeploy.capsules;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.MatMul;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Unary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Follows through a region which values are linear in the value at its start, and with which
 * coefficients. A factor that depends on the start in another way, such as a coupling coefficient
 * that comes out of a softmax, counts as the number that it is for one given start: routing is
 * linear in the predictions as long as the coupling coefficients stand still.
 */
final class LinearTrace {
  private final Region region;
  private final Map<String, Tensor> values;
  private final Map<String, LinearForms> forms = new HashMap<>();
  private final Set<String> others = new HashSet<>();
  private final int sourceElements;

  private LinearTrace(Region region, Map<String, Tensor> values) {
    this.region = region;
    this.values = values;
    Shape source = region.graph().type(region.from()).shape();
    sourceElements = source.elements();
    forms.put(region.from(), LinearForms.identity(source));
  }

  /**
   * Follows a region.
   *
   * @param values all values of the region for one start, as {@link Region#run} gives them
   */
  static LinearTrace of(Region region, Map<String, Tensor> values) {
    LinearTrace trace = new LinearTrace(region, values);
    region.nodes().forEach(trace::follow);
    return trace;
  }

  /** Whether all operators of a region are such as can be linear; cheap, to narrow down. */
  static boolean mayFollow(Region region) {
    return region.graph().type(region.from()).element().isFloat()
        && region.nodes().stream().map(Node::operator).allMatch(LinearTrace::mayBeLinear);
  }

  private static boolean mayBeLinear(Operator operator) {
    return ElementMaps.moves(operator)
        || operator instanceof Binary
        || operator instanceof MatMul
        || operator instanceof FullyConnected
        || operator instanceof Reduce
        || (operator instanceof Unary unary && unary.function() == ElementaryFunction.NEG);
  }

  /** What a value is in terms of the start; empty if it is not linear, or a constant. */
  Optional<LinearForms> forms(String value) {
    return Optional.ofNullable(forms.get(value));
  }

  private void follow(Node node) {
    Optional<LinearForms> result =
        node.outputs().size() == 1 ? result(node) : Optional.<LinearForms>empty();
    if (result.isPresent()) {
      forms.put(node.output(), result.get());
    } else {
      others.addAll(node.outputs());
    }
  }

  private Optional<LinearForms> result(Node node) {
    Operator operator = node.operator();
    Shape shape = region.graph().type(node.output()).shape();
    List<String> inputs = node.inputs();
    if (inputs.stream().noneMatch(forms::containsKey)) {
      return Optional.empty();
    }
    if (ElementMaps.moves(operator)) {
      return moved(operator, inputs, shape);
    }
    if (operator instanceof Binary binary) {
      return combined(binary.function(), inputs.get(0), inputs.get(1), shape);
    }
    if (operator instanceof MatMul) {
      return multiplied(inputs.get(0), inputs.get(1), shape);
    }
    if (operator instanceof FullyConnected layer && layer.activation().equals(Activation.NONE)) {
      return connected(inputs, shape);
    }
    if (operator instanceof Reduce reduce) {
      return reduced(reduce, inputs.get(0), shape);
    }
    if (operator instanceof Unary unary && unary.function() == ElementaryFunction.NEG) {
      int[] inPlace = new int[shape.elements()];
      Arrays.setAll(inPlace, i -> i);
      return Optional.of(scaled(inputs.get(0), inPlace, factors(-1, shape), shape));
    }
    return Optional.empty();
  }

  private Optional<LinearForms> moved(Operator mover, List<String> inputs, Shape shape) {
    if (inputs.stream().anyMatch(others::contains)) {
      return Optional.empty();
    }
    List<Shape> shapes = inputs.stream().map(this::shape).toList();
    List<Integer> firsts = new ArrayList<>();
    int first = 0;
    for (Shape input : shapes) {
      firsts.add(first);
      first += input.elements();
    }
    LinearForms.Builder builder = new LinearForms.Builder(shape, sourceElements);
    for (int element : ElementMaps.of(mover, shapes)) {
      int operand = firsts.size() - 1;
      while (firsts.get(operand) > element) {
        operand--;
      }
      add(builder, inputs.get(operand), element - firsts.get(operand), 1);
      builder.next();
    }
    return Optional.of(builder.build());
  }

  private Optional<LinearForms> combined(
      BinaryFunction function, String left, String right, Shape shape) {
    int[] leftElements = ElementMaps.broadcast(shape(left), shape);
    int[] rightElements = ElementMaps.broadcast(shape(right), shape);
    boolean bothLinear = forms.containsKey(left) && forms.containsKey(right);
    switch (function) {
      case ADD, SUB -> {
        if (others.contains(left) || others.contains(right)) {
          return Optional.empty();
        }
        LinearForms.Builder builder = new LinearForms.Builder(shape, sourceElements);
        for (int i = 0; i < leftElements.length; i++) {
          add(builder, left, leftElements[i], 1);
          add(builder, right, rightElements[i], function == BinaryFunction.ADD ? 1 : -1);
          builder.next();
        }
        return Optional.of(builder.build());
      }
      case MUL -> {
        if (bothLinear) {
          return Optional.empty();
        }
        return Optional.of(
            forms.containsKey(left)
                ? scaled(left, leftElements, picked(right, rightElements), shape)
                : scaled(right, rightElements, picked(left, leftElements), shape));
      }
      case DIV -> {
        if (forms.containsKey(right)) {
          return Optional.empty();
        }
        double[] factors = picked(right, rightElements);
        for (int i = 0; i < factors.length; i++) {
          factors[i] = 1 / factors[i];
        }
        return Optional.of(scaled(left, leftElements, factors, shape));
      }
      default -> {
        return Optional.empty();
      }
    }
  }

  private Optional<LinearForms> multiplied(String left, String right, Shape shape) {
    if (forms.containsKey(left) && forms.containsKey(right)) {
      return Optional.empty();
    }
    int rows = shape.extent(-2);
    int columns = shape.extent(-1);
    int depth = shape(left).extent(-1);
    int[] leftElements = ElementMaps.broadcast(shape(left), shape.with(-1, depth));
    int[] rightElements = ElementMaps.broadcast(shape(right), shape.with(-2, depth));
    boolean leftIsLinear = forms.containsKey(left);
    float[] numbers = numbers(leftIsLinear ? right : left);
    LinearForms.Builder builder = new LinearForms.Builder(shape, sourceElements);
    for (int i = 0; i < shape.elements(); i++) {
      int matrix = i / (rows * columns);
      int row = i / columns;
      int column = i % columns;
      for (int k = 0; k < depth; k++) {
        int leftElement = leftElements[row * depth + k];
        int rightElement = rightElements[(matrix * depth + k) * columns + column];
        if (leftIsLinear) {
          builder.add(forms.get(left), leftElement, numbers[rightElement]);
        } else {
          builder.add(forms.get(right), rightElement, numbers[leftElement]);
        }
      }
      builder.next();
    }
    return Optional.of(builder.build());
  }

  private Optional<LinearForms> connected(List<String> inputs, Shape shape) {
    if (inputs.subList(1, inputs.size()).stream().anyMatch(forms::containsKey)) {
      return Optional.empty();
    }
    LinearForms input = forms.get(inputs.get(0));
    float[] weights = numbers(inputs.get(1));
    int outputs = shape.extent(-1);
    int depth = input.shape().extent(-1);
    LinearForms.Builder builder = new LinearForms.Builder(shape, sourceElements);
    for (int i = 0; i < shape.elements(); i++) {
      for (int k = 0; k < depth; k++) {
        builder.add(input, i / outputs * depth + k, weights[i % outputs * depth + k]);
      }
      if (inputs.size() > 2) {
        builder.add(numbers(inputs.get(2))[i % outputs]);
      }
      builder.next();
    }
    return Optional.of(builder.build());
  }

  private Optional<LinearForms> reduced(Reduce reduce, String input, Shape shape) {
    boolean mean = reduce.function() == ReduceFunction.MEAN;
    if (!mean && reduce.function() != ReduceFunction.SUM) {
      return Optional.empty();
    }
    Shape from = shape(input);
    Shape kept = from;
    for (int axis : reduce.axes()) {
      kept = kept.with(axis, 1);
    }
    int[] results = ElementMaps.broadcast(kept, from);
    int count = results.length / Math.max(1, shape.elements());
    int[] members = new int[results.length];
    int[] filled = new int[shape.elements()];
    for (int i = 0; i < results.length; i++) {
      members[results[i] * count + filled[results[i]]++] = i;
    }
    LinearForms.Builder builder = new LinearForms.Builder(shape, sourceElements);
    for (int result = 0; result < filled.length; result++) {
      for (int i = 0; i < count; i++) {
        builder.add(forms.get(input), members[result * count + i], mean ? 1.0 / count : 1);
      }
      builder.next();
    }
    return Optional.of(builder.build());
  }

  private LinearForms scaled(String linear, int[] elements, double[] factors, Shape shape) {
    LinearForms.Builder builder = new LinearForms.Builder(shape, sourceElements);
    for (int i = 0; i < elements.length; i++) {
      builder.add(forms.get(linear), elements[i], factors[i]);
      builder.next();
    }
    return builder.build();
  }

  /** Adds an element of a linear value or of a constant. */
  private void add(LinearForms.Builder builder, String value, int element, double factor) {
    LinearForms linear = forms.get(value);
    if (linear == null) {
      builder.add(factor * numbers(value)[element]);
    } else {
      builder.add(linear, element, factor);
    }
  }

  private double[] picked(String value, int[] elements) {
    float[] numbers = numbers(value);
    return Arrays.stream(elements).mapToDouble(element -> numbers[element]).toArray();
  }

  private static double[] factors(double factor, Shape shape) {
    double[] factors = new double[shape.elements()];
    Arrays.fill(factors, factor);
    return factors;
  }

  private float[] numbers(String value) {
    return ((Tensor.Floats) values.get(value)).values();
  }

  private Shape shape(String value) {
    return region.graph().type(value).shape();
  }
}
