package io.mcudeploy.onnx;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Cast;
import io.mcudeploy.operators.CumulativeSum;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.GatherElements;
import io.mcudeploy.operators.GatherRows;
import io.mcudeploy.operators.OneHot;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Scatter;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.TopIndices;
import io.mcudeploy.operators.Where;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Operators that address elements by indices. Constant indices become moves of rows of a matrix,
 * whatever the operator; computed ones stay operators of their own.
 */
final class IndexMappings {
  private IndexMappings() {}

  static void gather(NodeContext node) {
    Shape data = node.shape(0);
    int axis = node.axis(node.intAttribute("axis", 0), data.rank());
    if (!node.isConstant(1)) {
      node.define(0, new GatherRows(axis), node.input(0), node.input(1));
      return;
    }
    Operator pick = pick(data, axis, axes(node, node.constantInts(1), data.extent(axis)));
    int[] extents =
        IntStream.concat(
                IntStream.concat(
                    Arrays.stream(data.extents()).limit(axis),
                    Arrays.stream(node.shape(1).extents())),
                Arrays.stream(data.extents()).skip(axis + 1L))
            .toArray();
    if (node.shape(1).rank() == 1) {
      node.define(0, pick, node.input(0));
    } else {
      String picked = node.emitPrincipal(pick, node.input(0));
      node.define(0, new Reshape(Shape.of(extents)), picked);
    }
  }

  static void gatherElements(NodeContext node) {
    Shape data = node.shape(0);
    Shape indices = node.shape(1);
    int axis = node.axis(node.intAttribute("axis", 0), data.rank());
    if (indices.rank() != data.rank()) {
      throw node.reject("indices of shape " + indices + " for data of shape " + data);
    }
    if (node.isConstant(1)) {
      List<Integer> places = elementPlaces(node, axis);
      String flat = node.emit("flat", new Reshape(Shape.of(data.elements())), node.input(0));
      String picked = node.emitPrincipal(new Gather(0, places), flat);
      node.define(0, new Reshape(indices), picked);
      return;
    }
    String cropped = node.input(0);
    if (!indices.with(axis, 0).equals(data.with(axis, 0))) {
      List<Integer> zeros = Collections.nCopies(data.rank(), 0);
      List<Integer> ones = Collections.nCopies(data.rank(), 1);
      Shape part = indices.with(axis, data.extent(axis));
      List<Integer> extents = Arrays.stream(part.extents()).boxed().toList();
      cropped = node.emit("crop", new Slice(zeros, extents, ones), node.input(0));
    }
    node.define(0, new GatherElements(axis), cropped, node.input(1));
  }

  static void gatherNd(NodeContext node) {
    Shape data = node.shape(0);
    Shape indices = node.shape(1);
    int batches = node.axis(node.intAttribute("batch_dims", 0), data.rank());
    int tuple = tupleLength(node, batches);
    int length = product(data, batches + tuple, data.rank());
    List<Integer> rows = rows(node, batches);
    Shape matrix = Shape.of(data.elements() / Math.max(1, length), length);
    int[] extents =
        IntStream.concat(
                Arrays.stream(indices.extents()).limit(indices.rank() - 1L),
                Arrays.stream(data.extents()).skip((long) batches + tuple))
            .toArray();
    String flat = node.emit("rows", new Reshape(matrix), node.input(0));
    String picked = node.emitPrincipal(pick(matrix, 0, rows), flat);
    node.define(0, new Reshape(Shape.of(extents)), picked);
  }

  static void scatterElements(NodeContext node) {
    int axis = node.axis(node.intAttribute("axis", 0), node.shape(0).rank());
    scatter(node, elementPlaces(node, axis), 1);
  }

  static void scatterNd(NodeContext node) {
    Shape data = node.shape(0);
    int length = product(data, tupleLength(node, 0), data.rank());
    scatter(node, rows(node, 0), length);
  }

  private static void scatter(NodeContext node, List<Integer> targets, int length) {
    Shape data = node.shape(0);
    String name = node.stringAttribute("reduction", "none");
    Scatter.Reduction reduction =
        Arrays.stream(Scatter.Reduction.values())
            .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(name))
            .findFirst()
            .orElseThrow(() -> node.reject(node.opType() + " has no reduction `" + name + "`"));
    Shape rows = Shape.of(data.elements() / Math.max(1, length), length);
    String flat = node.emit("rows", new Reshape(rows), node.input(0));
    String updates =
        node.emit("updates", new Reshape(Shape.of(targets.size(), length)), node.input(2));
    String written = node.emitPrincipal(new Scatter(targets, reduction), flat, updates);
    node.define(0, new Reshape(data), written);
  }

  /** Where the elements that constant indices along an axis name lie in the data. */
  private static List<Integer> elementPlaces(NodeContext node, int axis) {
    Shape data = node.shape(0);
    Shape shape = node.shape(1);
    List<Long> indices = node.constantInts(1);
    int[] strides = data.strides();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < indices.size(); i++) {
      int place = 0;
      for (int a = 0; a < shape.rank(); a++) {
        int coordinate = i / shape.strides()[a] % shape.extent(a);
        place += (a == axis ? node.axis(indices.get(i), data.extent(a)) : coordinate) * strides[a];
      }
      places.add(place);
    }
    return places;
  }

  /** Coordinates in each of the constant index tuples. */
  private static int tupleLength(NodeContext node, int batches) {
    Shape indices = node.shape(1);
    int length = indices.rank() == 0 ? 0 : indices.extent(-1);
    if (length < 1 || batches + length > node.shape(0).rank()) {
      throw node.reject("index tuples of shape " + indices + " for data of " + node.shape(0));
    }
    return length;
  }

  /** The rows that constant index tuples name, of the data as a matrix of what they address. */
  private static List<Integer> rows(NodeContext node, int batches) {
    Shape data = node.shape(0);
    int tuple = tupleLength(node, batches);
    List<Long> indices = node.constantInts(1);
    int tuples = indices.size() / tuple;
    int perBatch = tuples / Math.max(1, product(data, 0, batches));
    List<Integer> rows = new ArrayList<>();
    for (int t = 0; t < tuples; t++) {
      int row = batches == 0 ? 0 : t / perBatch;
      for (int k = 0; k < tuple; k++) {
        int extent = data.extent(batches + k);
        row = row * extent + node.axis(indices.get(t * tuple + k), extent);
      }
      rows.add(row);
    }
    return rows;
  }

  static void topK(NodeContext node) {
    Shape input = node.shape(0);
    int axis = node.axis(node.intAttribute("axis", -1), input.rank());
    long count = node.opset() >= 10 ? (long) node.constantNumber(1) : node.intAttribute("k", -1);
    TopIndices top = new TopIndices(axis, Math.toIntExact(count), node.flag("largest", true));
    String indices = node.emitPrincipal(top, node.input(0));
    node.define(0, new GatherElements(axis), node.input(0), indices);
    node.define(1, indices);
  }

  static void oneHot(NodeContext node) {
    int rank = node.shape(0).rank();
    int axis = node.axis(node.intAttribute("axis", -1), rank + 1);
    int depth = (int) node.constantNumber(1);
    Tensor values = node.constant(2);
    if (values.shape().elements() != 2) {
      throw node.reject("OneHot needs two values, not " + values.shape());
    }
    float[] offAndOn = new float[2];
    for (int i = 0; i < 2; i++) {
      offAndOn[i] =
          values instanceof Tensor.Floats floats
              ? floats.values()[i]
              : ((Tensor.Integers) values).values()[i];
    }
    String indices = node.input(0);
    if (node.type(0).element().isFloat()) {
      indices = node.emit("indices", new Cast(ElementType.INT64), indices);
    }
    OneHot oneHot = new OneHot(axis, depth, offAndOn[0], offAndOn[1]);
    if (values instanceof Tensor.Floats) {
      node.define(0, oneHot, indices);
    } else {
      String real = node.emitPrincipal(oneHot, indices);
      node.define(0, new Cast(values.type().element()), real);
    }
  }

  static void cumSum(NodeContext node) {
    int axis = node.axis((long) node.constantNumber(1), node.shape(0).rank());
    CumulativeSum sum =
        new CumulativeSum(axis, node.flag("exclusive", false), node.flag("reverse", false));
    node.define(0, sum, node.input(0));
  }

  /** A triangle of each matrix, the rest 0. */
  static void trilu(NodeContext node) {
    Shape input = node.shape(0);
    if (input.rank() < 2) {
      throw node.reject("Trilu needs matrices, not " + input);
    }
    boolean upper = node.flag("upper", true);
    long diagonal = node.hasInput(1) ? (long) node.constantNumber(1) : 0;
    int rows = input.extent(-2);
    int columns = input.extent(-1);
    long[] kept = new long[rows * columns];
    for (int i = 0; i < kept.length; i++) {
      long distance = (long) (i % columns) - i / columns;
      kept[i] = (upper ? distance >= diagonal : distance <= diagonal) ? 1 : 0;
    }
    Tensor mask = new Tensor.Integers(ElementType.BOOL, Shape.of(rows, columns), kept);
    ElementType element = node.type(0).element();
    Tensor zero =
        element.isFloat()
            ? new Tensor.Floats(Shape.of(), new float[1])
            : new Tensor.Integers(element, Shape.of(), new long[1]);
    node.define(
        0,
        new Where(),
        node.addConstant("mask", mask),
        node.input(0),
        node.addConstant("zero", zero));
  }

  static void compress(NodeContext node) {
    boolean flat = !node.hasAttribute("axis");
    Shape input = flat ? Shape.of(node.shape(0).elements()) : node.shape(0);
    String data = flat ? node.emit("flat", new Reshape(input), node.input(0)) : node.input(0);
    int axis = flat ? 0 : node.axis(node.intAttribute("axis", 0), input.rank());
    List<Long> condition = node.constantInts(1);
    if (condition.size() > input.extent(axis)) {
      throw node.reject(condition.size() + " conditions for axis " + axis + " of " + input);
    }
    List<Integer> kept =
        IntStream.range(0, condition.size()).filter(i -> condition.get(i) != 0).boxed().toList();
    node.define(0, pick(input, axis, kept), data);
  }

  private static Operator pick(Shape data, int axis, List<Integer> indices) {
    return isRun(indices)
        ? Slice.along(data, axis, indices.get(0), indices.size())
        : new Gather(axis, indices);
  }

  private static boolean isRun(List<Integer> indices) {
    return !indices.isEmpty()
        && IntStream.range(0, indices.size()).allMatch(i -> indices.get(i) == indices.get(0) + i);
  }

  private static List<Integer> axes(NodeContext node, List<Long> indices, int extent) {
    return indices.stream().map(index -> node.axis(index, extent)).toList();
  }

  private static int product(Shape shape, int from, int to) {
    return IntStream.range(from, to).map(shape::extent).reduce(1, (a, b) -> a * b);
  }
}
