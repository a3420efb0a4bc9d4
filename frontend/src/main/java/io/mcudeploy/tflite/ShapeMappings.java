package io.mcudeploy.tflite;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Resize;
import io.mcudeploy.operators.Sampling;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.TfliteSampling;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Operators that change how numbers are laid out, not the numbers. */
final class ShapeMappings {
  private ShapeMappings() {}

  /** The shape is the second input, or in ReshapeOptions: new_shape. */
  static void reshape(OperatorContext operator) {
    Shape input = operator.shape(0);
    List<Integer> extents =
        new ArrayList<>(operator.hasInput(1) ? operator.constantInts(1) : operator.optionList(0));
    int inferred = extents.indexOf(-1);
    if (inferred >= 0) {
      extents.set(inferred, 1);
      int known = operator.shape(extents).elements();
      extents.set(inferred, known == 0 ? 0 : input.elements() / known);
    }
    moved(operator, operator.shape(extents));
  }

  /** SqueezeOptions: squeeze_dims. Without any, every axis of extent 1 goes. */
  static void squeeze(OperatorContext operator) {
    Shape input = operator.shape(0);
    TreeSet<Integer> axes = new TreeSet<>();
    for (int axis : operator.optionList(0)) {
      axes.add(operator.axis(axis, input.rank()));
    }
    if (axes.isEmpty()) {
      IntStream.range(0, input.rank()).filter(axis -> input.extent(axis) == 1).forEach(axes::add);
    }
    int[] kept =
        IntStream.range(0, input.rank())
            .filter(axis -> !axes.contains(axis))
            .map(input::extent)
            .toArray();
    moved(operator, Shape.of(kept));
  }

  static void expandDims(OperatorContext operator) {
    Shape input = operator.shape(0);
    int axis = operator.axis((int) operator.constantNumber(1), input.rank() + 1);
    moved(operator, Shape.of(inserted(input, axis)));
  }

  static void transpose(OperatorContext operator) {
    operator.define(new Transpose(operator.constantInts(1)), operator.input(0));
  }

  /** ConcatenationOptions: axis, activation. */
  static void concatenation(OperatorContext operator) {
    int axis = operator.axis(operator.option(0, 0), operator.shape(0).rank());
    operator.defineClamped(1, new Concat(axis), roundedInputs(operator));
  }

  /** PackOptions: values_count, axis. */
  static void pack(OperatorContext operator) {
    int axis = operator.axis(operator.option(1, 0), operator.shape(0).rank() + 1);
    String[] parts = roundedInputs(operator);
    for (int i = 0; i < parts.length; i++) {
      parts[i] =
          operator.emit(
              "part", new Reshape(Shape.of(inserted(operator.shapeOf(parts[i]), axis))), parts[i]);
    }
    operator.define(new Concat(axis), parts);
  }

  /** UnpackOptions: num, axis. */
  static void unpack(OperatorContext operator) {
    Shape input = operator.shape(0);
    int axis = operator.axis(operator.option(1, 0), input.rank());
    if (operator.outputCount() != input.extent(axis)) {
      throw operator.reject(operator.outputCount() + " parts of a tensor of shape " + input);
    }
    int[] rest =
        IntStream.range(0, input.rank()).filter(a -> a != axis).map(input::extent).toArray();
    for (int i = 0; i < operator.outputCount(); i++) {
      String part = operator.emit("part", Slice.along(input, axis, i, 1), operator.input(0));
      operator.define(i, new Reshape(Shape.of(rest)), part);
    }
  }

  /** Inputs: the axis, and what is split into equal parts. */
  static void split(OperatorContext operator) {
    Shape input = operator.shape(1);
    int axis = operator.axis((int) operator.constantNumber(0), input.rank());
    int parts = operator.outputCount();
    if (parts == 0 || input.extent(axis) % parts != 0) {
      throw operator.reject(parts + " parts of axis " + axis + " of shape " + input);
    }
    split(operator, 1, axis, Collections.nCopies(parts, input.extent(axis) / parts));
  }

  /** Inputs: what is split, the sizes of the parts, the axis. */
  static void splitV(OperatorContext operator) {
    Shape input = operator.shape(0);
    List<Integer> sizes = new ArrayList<>(operator.constantInts(1));
    int axis = operator.axis((int) operator.constantNumber(2), input.rank());
    int inferred = sizes.indexOf(-1);
    if (inferred >= 0) {
      sizes.set(inferred, 0);
      int known = sizes.stream().mapToInt(Integer::intValue).sum();
      sizes.set(inferred, input.extent(axis) - known);
    }
    if (sizes.size() != operator.outputCount()) {
      throw operator.reject(sizes.size() + " sizes for " + operator.outputCount() + " outputs");
    }
    split(operator, 0, axis, sizes);
  }

  private static void split(OperatorContext operator, int input, int axis, List<Integer> sizes) {
    int start = 0;
    for (int i = 0; i < sizes.size(); i++) {
      operator.define(
          i, Slice.along(operator.shape(input), axis, start, sizes.get(i)), operator.input(input));
      start += sizes.get(i);
    }
  }

  /** Inputs: the tensor, where to begin, and how much, -1 for all. */
  static void slice(OperatorContext operator) {
    Shape input = operator.shape(0);
    List<Integer> starts = operator.constantInts(1);
    List<Integer> extents = new ArrayList<>(operator.constantInts(2));
    requireRank(operator, starts, input);
    requireRank(operator, extents, input);
    for (int axis = 0; axis < extents.size(); axis++) {
      if (extents.get(axis) == -1) {
        extents.set(axis, input.extent(axis) - starts.get(axis));
      }
    }
    operator.shape(extents);
    operator.define(
        new Slice(starts, extents, Collections.nCopies(input.rank(), 1)), operator.input(0));
  }

  /**
   * StridedSliceOptions: begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask; a
   * bit for each axis.
   */
  static void stridedSlice(OperatorContext operator) {
    Shape input = operator.shape(0);
    List<Integer> begin = operator.constantInts(1);
    List<Integer> end = operator.constantInts(2);
    List<Integer> steps = new ArrayList<>(operator.constantInts(3));
    if (operator.option(2, 0) != 0 || operator.option(3, 0) != 0) {
      throw operator.reject("an ellipsis or a new axis");
    }
    if (begin.size() > input.rank()
        || begin.size() != end.size()
        || begin.size() != steps.size()
        || steps.contains(0)) {
      throw operator.reject("from " + begin + " to " + end + " by " + steps + " of " + input);
    }
    List<Integer> starts = new ArrayList<>();
    List<Integer> extents = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      if (axis >= begin.size()) {
        starts.add(0);
        extents.add(input.extent(axis));
        steps.add(1);
        kept.add(input.extent(axis));
        continue;
      }
      int bit = 1 << axis;
      int step = steps.get(axis);
      int first = step > 0 ? 0 : input.extent(axis) - 1;
      int start =
          (operator.option(0, 0) & bit) != 0
              ? first
              : position(begin.get(axis), input.extent(axis), step);
      if ((operator.option(4, 0) & bit) != 0) {
        starts.add(start);
        extents.add(1);
        steps.set(axis, 1);
        continue;
      }
      int stop =
          (operator.option(1, 0) & bit) != 0
              ? (step > 0 ? input.extent(axis) : -1)
              : position(end.get(axis), input.extent(axis), step);
      long count = (stop - (long) start + step - Integer.signum(step)) / step;
      starts.add(start);
      extents.add((int) Math.max(0, count));
      kept.add((int) Math.max(0, count));
    }
    Slice slice = new Slice(starts, extents, steps);
    if (kept.equals(extents)) {
      operator.define(slice, operator.input(0));
    } else {
      operator.define(
          new Reshape(Shape.of(kept)), operator.emit("slice", slice, operator.input(0)));
    }
  }

  /** A limit of a strided slice; negative ones count from the end. */
  private static int position(int given, int extent, int step) {
    long position = given < 0 ? (long) given + extent : given;
    long lowest = step > 0 ? 0 : -1;
    long highest = step > 0 ? extent : extent - 1;
    return (int) Math.max(lowest, Math.min(highest, position));
  }

  /** PAD and PADV2: amounts {@code [rank, 2]}, and for PADV2 the value. */
  static void pad(OperatorContext operator) {
    double value = operator.hasInput(2) ? operator.constantNumber(2) : 0;
    operator.define(pad(operator, Pad.Mode.CONSTANT, value), operator.input(0));
  }

  /** MirrorPadOptions: mode. Symmetric mirrors repeat the border, reflecting ones do not. */
  static void mirrorPad(OperatorContext operator) {
    Pad amounts = pad(operator, Pad.Mode.REFLECT, 0);
    int skipped = operator.choice(0) == 0 ? 1 : 0;
    String value = operator.input(0);
    for (int axis = 0; axis < amounts.before().size(); axis++) {
      int before = amounts.before().get(axis);
      int after = amounts.after().get(axis);
      if (before + after > 0) {
        Shape shape = operator.shapeOf(value);
        List<String> parts = new ArrayList<>();
        if (before > 0) {
          parts.add(mirrored(operator, value, axis, before - 1 + skipped, before));
        }
        parts.add(value);
        if (after > 0) {
          parts.add(mirrored(operator, value, axis, shape.extent(axis) - 1 - skipped, after));
        }
        value = operator.emit("mirrored", new Concat(axis), parts.toArray(String[]::new));
      }
    }
    operator.define(0, value);
  }

  /** The elements from {@code start} backwards along an axis. */
  private static String mirrored(
      OperatorContext operator, String value, int axis, int start, int count) {
    Slice forwards = Slice.along(operator.shapeOf(value), axis, start, count);
    List<Integer> steps = new ArrayList<>(forwards.steps());
    steps.set(axis, -1);
    return operator.emit("mirror", new Slice(forwards.starts(), forwards.extents(), steps), value);
  }

  private static Pad pad(OperatorContext operator, Pad.Mode mode, double value) {
    List<Integer> amounts = operator.constantInts(1);
    if (amounts.size() != 2 * operator.shape(0).rank()) {
      throw operator.reject("amounts " + amounts + " for " + operator.shape(0));
    }
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int i = 0; i < amounts.size(); i += 2) {
      before.add(amounts.get(i));
      after.add(amounts.get(i + 1));
    }
    return new Pad(before, after, mode, value);
  }

  /** GatherOptions: axis, batch_dims. */
  static void gather(OperatorContext operator) {
    Shape input = operator.shape(0);
    int axis = operator.axis(operator.option(0, 0), input.rank());
    if (operator.option(1, 0) != 0) {
      throw operator.reject("batch dimensions");
    }
    String picked =
        operator.emit("picked", new Gather(axis, operator.constantInts(1)), operator.input(0));
    List<Integer> extents = new ArrayList<>();
    IntStream.range(0, axis).forEach(a -> extents.add(input.extent(a)));
    Arrays.stream(operator.shape(1).extents()).forEach(extents::add);
    IntStream.range(axis + 1, input.rank()).forEach(a -> extents.add(input.extent(a)));
    operator.define(new Reshape(operator.shape(extents)), picked);
  }

  static void tile(OperatorContext operator) {
    operator.define(new Tile(operator.constantInts(1)), operator.input(0));
  }

  static void broadcastTo(OperatorContext operator) {
    operator.define(new Expand(operator.shape(operator.constantInts(1))), operator.input(0));
  }

  /** Backwards along the axes of the second input. */
  static void reverse(OperatorContext operator) {
    Shape input = operator.shape(0);
    List<Integer> starts = new ArrayList<>(Collections.nCopies(input.rank(), 0));
    List<Integer> steps = new ArrayList<>(Collections.nCopies(input.rank(), 1));
    for (int given : operator.constantInts(1)) {
      int axis = operator.axis(given, input.rank());
      starts.set(axis, input.extent(axis) - 1);
      steps.set(axis, -1);
    }
    List<Integer> extents = Arrays.stream(input.extents()).boxed().toList();
    operator.define(new Slice(starts, extents, steps), operator.input(0));
  }

  /** ResizeNearestNeighborOptions: align_corners, half_pixel_centers. */
  static void resizeNearest(OperatorContext operator) {
    boolean corners = operator.flag(0);
    boolean centers = operator.flag(1);
    resize(operator, (in, out) -> TfliteSampling.nearest(in, out, corners, centers));
  }

  /**
   * ResizeBilinearOptions: two fields without use, align_corners, half_pixel_centers. TFLite's
   * coordinates have 10 fraction bits for integers, and single precision for real numbers.
   */
  static void resizeBilinear(OperatorContext operator) {
    boolean corners = operator.flag(2);
    boolean centers = operator.flag(3);
    boolean integers = operator.output(0).grid().isPresent();
    resize(
        operator,
        (in, out) ->
            integers
                ? TfliteSampling.bilinear(in, out, corners, centers)
                : bilinear(in, out, corners && out > 1, centers));
  }

  private static Sampling bilinear(int in, int out, boolean corners, boolean centers) {
    double step = corners ? (in - 1) / (out - 1.0) : in / (double) out;
    double offset = centers ? step / 2 - 0.5 : 0;
    List<Sampling.Taps> taps = new ArrayList<>();
    for (int position = 0; position < out; position++) {
      double coordinate = Math.max(0, Math.min(in - 1, position * step + offset));
      int first = (int) coordinate;
      double fraction = coordinate - first;
      taps.add(
          fraction == 0
              ? Sampling.Taps.at(first)
              : new Sampling.Taps(first, List.of(1 - fraction, fraction)));
    }
    return new Sampling(in, taps);
  }

  private static void resize(
      OperatorContext operator, BiFunction<Integer, Integer, Sampling> sampling) {
    Shape image = image(operator, 1);
    List<Integer> size = operator.constantInts(1);
    if (size.size() != 2 || size.stream().anyMatch(extent -> extent < 1 || extent > 1 << 16)) {
      throw operator.reject("a size of " + size);
    }
    operator.define(
        new Resize(
            List.of(
                Sampling.identity(image.extent(0)),
                sampling.apply(image.extent(1), size.get(0)),
                sampling.apply(image.extent(2), size.get(1)),
                Sampling.identity(image.extent(3))),
            0),
        operator.input(0));
  }

  /** DepthToSpaceOptions: block_size. Channels are {@code [block row, block column, channel]}. */
  static void depthToSpace(OperatorContext operator) {
    int block = operator.option(0, 1);
    Shape in = image(operator, block);
    int channels = in.extent(3) / block / block;
    regroup(
        operator,
        List.of(in.extent(0), in.extent(1), in.extent(2), block, block, channels),
        List.of(0, 1, 3, 2, 4, 5),
        List.of(in.extent(0), in.extent(1) * block, in.extent(2) * block, channels));
  }

  /** SpaceToDepthOptions: block_size. */
  static void spaceToDepth(OperatorContext operator) {
    int block = operator.option(0, 1);
    Shape in = image(operator, block);
    int rows = in.extent(1) / block;
    int columns = in.extent(2) / block;
    regroup(
        operator,
        List.of(in.extent(0), rows, block, columns, block, in.extent(3)),
        List.of(0, 1, 3, 2, 4, 5),
        List.of(in.extent(0), rows, columns, block * block * in.extent(3)));
  }

  private static Shape image(OperatorContext operator, int block) {
    Shape shape = operator.shape(0);
    if (shape.rank() != 4 || block < 1 || block > 1 << 10) {
      throw operator.reject("blocks of " + block + " in a tensor of shape " + shape);
    }
    return shape;
  }

  private static void regroup(
      OperatorContext operator, List<Integer> split, List<Integer> order, List<Integer> merged) {
    String parts = operator.emit("split", new Reshape(operator.shape(split)), operator.input(0));
    String ordered = operator.emit("order", new Transpose(order), parts);
    operator.define(new Reshape(operator.shape(merged)), ordered);
  }

  /** The input's shape, which is known at import. */
  static void shape(OperatorContext operator) {
    Shape shape = operator.shape(0);
    long[] extents = Arrays.stream(shape.extents()).asLongStream().toArray();
    operator.define(
        0,
        new Tensor.Integers(
            operator.output(0).type().element() == ElementType.INT64
                ? ElementType.INT64
                : ElementType.INT32,
            Shape.of(extents.length),
            extents));
  }

  private static void moved(OperatorContext operator, Shape shape) {
    operator.define(new Reshape(shape), operator.input(0));
  }

  private static int[] inserted(Shape shape, int axis) {
    List<Integer> extents = new ArrayList<>(Arrays.stream(shape.extents()).boxed().toList());
    extents.add(axis, 1);
    return extents.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The inputs, each brought to the result's grid where it has another. */
  private static String[] roundedInputs(OperatorContext operator) {
    return IntStream.range(0, operator.inputCount())
        .mapToObj(i -> operator.rounded("input " + i, operator.input(i)))
        .toArray(String[]::new);
  }

  private static void requireRank(OperatorContext operator, List<Integer> list, Shape shape) {
    if (list.size() != shape.rank()) {
      throw operator.reject(list + " for a tensor of shape " + shape);
    }
  }
}
