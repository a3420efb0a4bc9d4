package io.mcudeploy.onnx;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.MatMul;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.ReduceFunction;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An Einstein summation such as {@code ij,jk->ik}: each letter is an axis, and letters that the
 * result lacks are summed over.
 *
 * @param terms the letters of each operand
 * @param result the letters of the result
 */
record Einsum(List<String> terms, String result) {
  /** Stand for the axes of an ellipsis, the last axis last; no equation may write them. */
  private static final String ELLIPSIS_AXES = "0123456789";

  Einsum {
    terms = List.copyOf(terms);
  }

  /**
   * Reads an equation.
   *
   * @throws IllegalArgumentException if it is malformed, does not fit the operands or needs the
   *     diagonal of an operand
   */
  static Einsum parse(String equation, List<Shape> operands) {
    String compact = equation.replace(" ", "");
    int arrow = compact.indexOf("->");
    String left = arrow < 0 ? compact : compact.substring(0, arrow);
    List<String> written = Arrays.asList(left.split(",", -1));
    if (written.size() != operands.size()) {
      throw new IllegalArgumentException(
          "equation `" + equation + "` for " + operands.size() + " operands");
    }
    List<String> terms = new ArrayList<>();
    int ellipsis = 0;
    for (int i = 0; i < operands.size(); i++) {
      int axes = operands.get(i).rank() - written.get(i).replace("...", "").length();
      boolean dots = written.get(i).contains("...");
      if (axes < 0 || axes > ELLIPSIS_AXES.length() || (axes > 0 && !dots)) {
        throw new IllegalArgumentException(
            "equation `" + equation + "` does not fit the shape " + operands.get(i));
      }
      terms.add(written.get(i).replace("...", lastAxes(axes)));
      ellipsis = Math.max(ellipsis, axes);
    }
    String result =
        arrow < 0
            ? implicitResult(terms, ellipsis)
            : compact.substring(arrow + 2).replace("...", lastAxes(ellipsis));
    Einsum parsed = new Einsum(terms, result);
    parsed.check(equation);
    return parsed;
  }

  private static String lastAxes(int count) {
    return ELLIPSIS_AXES.substring(ELLIPSIS_AXES.length() - count);
  }

  /** Without an arrow: the ellipsis, then the letters that occur once, in alphabetical order. */
  private static String implicitResult(List<String> terms, int ellipsis) {
    String all = String.join("", terms);
    return lastAxes(ellipsis)
        + letters(all)
            .filter(letter -> Character.isLetter(letter.charAt(0)))
            .filter(letter -> all.indexOf(letter) == all.lastIndexOf(letter))
            .sorted()
            .collect(Collectors.joining());
  }

  private void check(String equation) {
    for (String term : Stream.concat(terms.stream(), Stream.of(result)).toList()) {
      if (letters(term).distinct().count() != term.length()) {
        throw new IllegalArgumentException(
            "equation `" + equation + "` uses a letter twice in one operand");
      }
      if (!letters(term).allMatch(l -> Character.isLetterOrDigit(l.charAt(0)))) {
        throw new IllegalArgumentException("equation `" + equation + "` is malformed");
      }
    }
    String all = String.join("", terms);
    if (!letters(result).allMatch(all::contains)) {
      throw new IllegalArgumentException(
          "equation `" + equation + "` has a letter in its result that no operand has");
    }
  }

  /** Adds nodes that compute the summation, two operands at a time; returns the result. */
  String lower(NodeContext node, List<String> operands) {
    Operand product = new Operand(terms.get(0), operands.get(0));
    for (int i = 1; i < operands.size(); i++) {
      String later = String.join("", terms.subList(i + 1, terms.size())) + result;
      product = multiply(node, product, new Operand(terms.get(i), operands.get(i)), later);
    }
    return product.summed(node, result).ordered(node, result).value;
  }

  /** A value of the graph and the letters of its axes. */
  private record Operand(String axes, String value) {
    /** Without the letters that nobody needs. */
    Operand summed(NodeContext node, String needed) {
      List<Integer> dropped =
          IntStream.range(0, axes.length())
              .filter(axis -> needed.indexOf(axes.charAt(axis)) < 0)
              .boxed()
              .toList();
      if (dropped.isEmpty()) {
        return this;
      }
      Reduce sum = new Reduce(ReduceFunction.SUM, dropped, false);
      String kept = letters(axes).filter(needed::contains).collect(Collectors.joining());
      return new Operand(kept, node.emit("sum", sum, value));
    }

    Operand ordered(NodeContext node, String order) {
      if (axes.equals(order)) {
        return this;
      }
      List<Integer> permutation = letters(order).map(axes::indexOf).toList();
      return new Operand(order, node.emit("transpose", new Transpose(permutation), value));
    }

    /** The value in a shape of as many elements. */
    String reshaped(NodeContext node, Shape shape) {
      if (node.typeOf(value).shape().equals(shape)) {
        return value;
      }
      return node.emit("reshape", new Reshape(shape), value);
    }
  }

  private static Operand multiply(NodeContext node, Operand left, Operand right, String later) {
    Operand a = left.summed(node, right.axes + later);
    Operand b = right.summed(node, left.axes + later);
    String shared = common(a.axes, b.axes);
    String batch = common(shared, later);
    String summed = without(shared, batch);
    String rows = without(a.axes, shared);
    String columns = without(b.axes, shared);
    Map<Character, Integer> extents = new LinkedHashMap<>();
    extents(node, a, extents);
    extents(node, b, extents);

    Operand matrixA = a.ordered(node, batch + rows + summed);
    int m = elements(extents, rows);
    int k = elements(extents, summed);
    int n = elements(extents, columns);
    String matrices = matrixA.reshaped(node, shape(extents, batch, m, k));
    String product;
    if (batch.isEmpty() && node.isConstantValue(b.value)) {
      String weights = b.ordered(node, columns + summed).reshaped(node, Shape.of(n, k));
      product = node.emitPrincipal(new FullyConnected(Activation.NONE), matrices, weights);
    } else {
      Operand matrixB = b.ordered(node, batch + summed + columns);
      String others = matrixB.reshaped(node, shape(extents, batch, k, n));
      product = node.emitPrincipal(new MatMul(), matrices, others);
    }
    String letters = batch + rows + columns;
    Shape full = Shape.of(letters(letters).map(l -> extents.get(l.charAt(0))).toList());
    return new Operand(letters, new Operand(letters, product).reshaped(node, full));
  }

  private static void extents(NodeContext node, Operand operand, Map<Character, Integer> extents) {
    Shape shape = node.typeOf(operand.value).shape();
    for (int axis = 0; axis < shape.rank(); axis++) {
      Integer other = extents.putIfAbsent(operand.axes.charAt(axis), shape.extent(axis));
      if (other != null && other != shape.extent(axis)) {
        throw node.reject(
            "two operands of Einsum have "
                + other
                + " and "
                + shape.extent(axis)
                + " elements along an axis of one name");
      }
    }
  }

  private static Shape shape(Map<Character, Integer> extents, String batch, int rows, int columns) {
    return Shape.of(
        IntStream.concat(
                batch.chars().map(letter -> extents.get((char) letter)),
                IntStream.of(rows, columns))
            .toArray());
  }

  private static int elements(Map<Character, Integer> extents, String letters) {
    return letters.chars().map(letter -> extents.get((char) letter)).reduce(1, (a, b) -> a * b);
  }

  private static String common(String first, String second) {
    return letters(first).filter(second::contains).collect(Collectors.joining());
  }

  private static String without(String all, String dropped) {
    return letters(all).filter(l -> !dropped.contains(l)).collect(Collectors.joining());
  }

  private static Stream<String> letters(String text) {
    return text.chars().mapToObj(Character::toString);
  }
}
