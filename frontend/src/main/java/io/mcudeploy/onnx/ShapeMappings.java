package io.mcudeploy.onnx;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that change how numbers are laid out, not the numbers. */
final class ShapeMappings {
  private ShapeMappings() {}

  static void reshape(NodeContext node) {
    Shape input = node.shape(0);
    List<Long> wanted = node.constantInts(1);
    boolean zeroMeansZero = node.flag("allowzero", false);
    long[] extents = new long[wanted.size()];
    int inferred = -1;
    long known = 1;
    for (int i = 0; i < extents.length; i++) {
      extents[i] = wanted.get(i);
      if (extents[i] == 0 && !zeroMeansZero && i < input.rank()) {
        extents[i] = input.extent(i);
      }
      if (extents[i] == -1 && inferred < 0) {
        inferred = i;
      } else {
        known *= extents[i];
      }
    }
    if (inferred >= 0) {
      extents[inferred] = known == 0 ? 0 : input.elements() / known;
    }
    node.define(0, new Reshape(shape(node, extents)), node.input(0));
  }

  static void flatten(NodeContext node) {
    Shape input = node.shape(0);
    long given = node.intAttribute("axis", 1);
    int axis = given == input.rank() ? input.rank() : node.axis(given, input.rank());
    int rows = elements(input, 0, axis);
    Shape shape = Shape.of(rows, elements(input, axis, input.rank()));
    node.define(0, new Reshape(shape), node.input(0));
  }

  static void squeeze(NodeContext node) {
    Shape input = node.shape(0);
    List<Long> given = axes(node, 13);
    List<Integer> kept = new ArrayList<>();
    TreeSet<Integer> dropped = new TreeSet<>();
    given.forEach(axis -> dropped.add(node.axis(axis, input.rank())));
    for (int axis = 0; axis < input.rank(); axis++) {
      boolean drop = given.isEmpty() ? input.extent(axis) == 1 : dropped.contains(axis);
      if (!drop) {
        kept.add(input.extent(axis));
      } else if (input.extent(axis) != 1) {
        throw node.reject("Squeeze of axis " + axis + ", which is not 1 in " + input);
      }
    }
    node.define(0, new Reshape(Shape.of(kept)), node.input(0));
  }

  static void unsqueeze(NodeContext node) {
    List<Long> given = axes(node, 13);
    int rank = node.shape(0).rank() + given.size();
    TreeSet<Integer> added = new TreeSet<>();
    given.forEach(axis -> added.add(node.axis(axis, rank)));
    if (added.size() != given.size()) {
      throw node.reject("Unsqueeze names an axis twice: " + given);
    }
    List<Integer> extents =
        new ArrayList<>(Arrays.stream(node.shape(0).extents()).boxed().toList());
    added.forEach(axis -> extents.add(axis, 1));
    node.define(0, new Reshape(Shape.of(extents)), node.input(0));
  }

  static void transpose(NodeContext node) {
    int rank = node.shape(0).rank();
    List<Integer> reversed =
        IntStream.range(0, rank).map(axis -> rank - 1 - axis).boxed().collect(Collectors.toList());
    List<Integer> permutation =
        node.intsAttribute("perm")
            .map(axes -> axes.stream().map(axis -> node.axis(axis, rank)).toList())
            .orElse(reversed);
    node.define(0, new Transpose(permutation), node.input(0));
  }

  static void concat(NodeContext node) {
    int axis = node.axis(node.intAttribute("axis", 1), node.shape(0).rank());
    String[] inputs =
        IntStream.range(0, node.inputCount()).mapToObj(node::input).toArray(String[]::new);
    if (inputs.length == 1) {
      node.define(0, inputs[0]);
    } else {
      node.define(0, new Concat(axis), inputs);
    }
  }

  static void split(NodeContext node) {
    Shape input = node.shape(0);
    int axis = node.axis(node.intAttribute("axis", 0), input.rank());
    int start = 0;
    List<Integer> extents = splitExtents(node, input.extent(axis));
    if (extents.size() < node.outputCount()
        || extents.stream().mapToInt(Integer::intValue).sum() != input.extent(axis)) {
      throw node.reject(
          "Split of "
              + input.extent(axis)
              + " elements into "
              + extents
              + " for "
              + node.outputCount()
              + " outputs");
    }
    for (int i = 0; i < node.outputCount(); i++) {
      node.define(i, Slice.along(input, axis, start, extents.get(i)), node.input(0));
      start += extents.get(i);
    }
  }

  private static List<Integer> splitExtents(NodeContext node, int extent) {
    boolean asInput = node.opset() >= 13;
    if (asInput ? node.hasInput(1) : node.hasAttribute("split")) {
      List<Long> given = asInput ? node.constantInts(1) : node.intsAttribute("split").orElseThrow();
      return given.stream().map(Math::toIntExact).toList();
    }
    int parts = node.outputCount();
    if (node.intAttribute("num_outputs", parts) != parts) {
      throw node.reject("Split has " + parts + " outputs, not as many as `num_outputs` says");
    }
    int part = (extent + parts - 1) / parts;
    List<Integer> extents = new ArrayList<>();
    for (int rest = extent; extents.size() < parts; rest -= part) {
      extents.add(Math.max(0, Math.min(part, rest)));
    }
    return extents;
  }

  static void slice(NodeContext node) {
    Shape input = node.shape(0);
    boolean asInputs = node.opset() >= 10;
    List<Long> starts = asInputs ? node.constantInts(1) : requiredInts(node, "starts");
    List<Long> ends = asInputs ? node.constantInts(2) : requiredInts(node, "ends");
    List<Long> axes =
        asInputs
            ? (node.hasInput(3) ? node.constantInts(3) : firstAxes(starts.size()))
            : node.intsAttribute("axes").orElse(firstAxes(starts.size()));
    List<Long> steps =
        asInputs && node.hasInput(4)
            ? node.constantInts(4)
            : Collections.nCopies(starts.size(), 1L);
    if (ends.size() != starts.size()
        || axes.size() != starts.size()
        || steps.size() != starts.size()
        || steps.contains(0L)) {
      throw node.reject(
          String.format("Slice from %s to %s along %s by %s", starts, ends, axes, steps));
    }
    List<Integer> firsts = new ArrayList<>(Collections.nCopies(input.rank(), 0));
    List<Integer> counts = new ArrayList<>(Arrays.stream(input.extents()).boxed().toList());
    List<Integer> strides = new ArrayList<>(Collections.nCopies(input.rank(), 1));
    for (int i = 0; i < axes.size(); i++) {
      int axis = node.axis(axes.get(i), input.rank());
      long extent = input.extent(axis);
      // A step beyond the extent takes one element, whatever its size.
      long step = Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, steps.get(i)));
      long lowest = step > 0 ? 0 : -1;
      long start = bound(starts.get(i), extent, 0, step > 0 ? extent : extent - 1);
      long end = bound(ends.get(i), extent, lowest, step > 0 ? extent : extent - 1);
      long count = Math.max(0, (end - start + step + (step > 0 ? -1 : 1)) / step);
      firsts.set(axis, (int) start);
      counts.set(axis, (int) count);
      strides.set(axis, count > 1 ? (int) step : 1);
    }
    node.define(0, new Slice(firsts, counts, strides), node.input(0));
  }

  /** A position given by the file, which may count from the end, forced into a range. */
  private static long bound(long position, long extent, long low, long high) {
    long fromStart = position < 0 ? position + extent : position;
    return Math.max(low, Math.min(high, fromStart));
  }

  static void pad(NodeContext node) {
    int rank = node.shape(0).rank();
    boolean asInputs = node.opset() >= 11;
    List<Long> pads = asInputs ? node.constantInts(1) : requiredInts(node, "pads");
    double value = node.floatAttribute("value", 0);
    if (asInputs) {
      value = node.hasInput(2) ? node.constantNumber(2) : 0;
    }
    List<Long> axes = node.hasInput(3) ? node.constantInts(3) : firstAxes(rank);
    if (pads.size() != 2 * axes.size()) {
      throw node.reject("Pad of " + axes.size() + " axes by " + pads);
    }
    int[] before = new int[rank];
    int[] after = new int[rank];
    for (int i = 0; i < axes.size(); i++) {
      int axis = node.axis(axes.get(i), rank);
      before[axis] = Math.toIntExact(pads.get(i));
      after[axis] = Math.toIntExact(pads.get(i + axes.size()));
    }
    Pad pad = new Pad(positive(before), positive(after), padMode(node), value);
    String padded = cropped(node, before, after);
    List<Pad> steps = pad.mode() == Pad.Mode.CONSTANT ? List.of(pad) : byAxis(pad);
    for (int i = 0; i + 1 < steps.size(); i++) {
      padded = node.emit("axis" + i, steps.get(i), padded);
    }
    node.define(0, steps.get(steps.size() - 1), padded);
  }

  /** One axis after the other: what an axis adds is then the same for each of its rows. */
  private static List<Pad> byAxis(Pad pad) {
    List<Integer> padded =
        IntStream.range(0, pad.before().size())
            .filter(axis -> pad.before().get(axis) + pad.after().get(axis) > 0)
            .boxed()
            .toList();
    if (padded.size() <= 1) {
      return List.of(pad);
    }
    return padded.stream()
        .map(
            axis ->
                new Pad(only(pad.before(), axis), only(pad.after(), axis), pad.mode(), pad.value()))
        .toList();
  }

  private static List<Integer> only(List<Integer> counts, int axis) {
    List<Integer> one = new ArrayList<>(Collections.nCopies(counts.size(), 0));
    one.set(axis, counts.get(axis));
    return one;
  }

  private static Pad.Mode padMode(NodeContext node) {
    String mode = node.stringAttribute("mode", "constant");
    try {
      return Pad.Mode.valueOf(mode.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw node.reject("Pad has no mode `" + mode + "`");
    }
  }

  /** Negative padding takes elements away. */
  private static String cropped(NodeContext node, int[] before, int[] after) {
    Shape input = node.shape(0);
    if (IntStream.concat(Arrays.stream(before), Arrays.stream(after)).allMatch(n -> n >= 0)) {
      return node.input(0);
    }
    List<Integer> starts = new ArrayList<>();
    List<Integer> extents = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      starts.add(Math.max(0, -before[axis]));
      extents.add(input.extent(axis) + Math.min(0, before[axis]) + Math.min(0, after[axis]));
    }
    Slice slice = new Slice(starts, extents, Collections.nCopies(input.rank(), 1));
    return node.emit("crop", slice, node.input(0));
  }

  private static List<Integer> positive(int[] counts) {
    return Arrays.stream(counts).map(count -> Math.max(0, count)).boxed().toList();
  }

  static void expand(NodeContext node) {
    Shape input = node.shape(0);
    List<Long> wanted = node.constantInts(1);
    long[] extents = new long[Math.max(input.rank(), wanted.size())];
    for (int i = 1; i <= extents.length; i++) {
      long own = i <= input.rank() ? input.extent(-i) : 1;
      long asked = i <= wanted.size() ? wanted.get(wanted.size() - i) : 1;
      extents[extents.length - i] = own == 1 ? asked : own;
      if (asked != own && asked != 1 && own != 1) {
        throw node.reject("Expand of " + input + " to " + wanted);
      }
    }
    Shape shape = shape(node, extents);
    if (shape.equals(input)) {
      node.define(0, node.input(0));
    } else {
      node.define(0, new Expand(shape), node.input(0));
    }
  }

  static void tile(NodeContext node) {
    List<Integer> repeats = node.constantInts(1).stream().map(Math::toIntExact).toList();
    node.define(0, new Tile(repeats), node.input(0));
  }

  static void depthToSpace(NodeContext node) {
    Shape input = image(node);
    int block = block(node);
    int channels = input.extent(1) / block / block;
    boolean columnFirst = node.stringAttribute("mode", "DCR").equals("DCR");
    Shape split =
        columnFirst
            ? Shape.of(input.extent(0), block, block, channels, input.extent(2), input.extent(3))
            : Shape.of(input.extent(0), channels, block, block, input.extent(2), input.extent(3));
    List<Integer> order = columnFirst ? List.of(0, 3, 4, 1, 5, 2) : List.of(0, 1, 4, 2, 5, 3);
    Shape merged =
        Shape.of(input.extent(0), channels, input.extent(2) * block, input.extent(3) * block);
    regroup(node, split, order, merged);
  }

  static void spaceToDepth(NodeContext node) {
    Shape input = image(node);
    int block = block(node);
    int rows = input.extent(2) / block;
    int columns = input.extent(3) / block;
    Shape split = Shape.of(input.extent(0), input.extent(1), rows, block, columns, block);
    Shape merged = Shape.of(input.extent(0), input.extent(1) * block * block, rows, columns);
    regroup(node, split, List.of(0, 3, 5, 1, 2, 4), merged);
  }

  private static void regroup(NodeContext node, Shape split, List<Integer> order, Shape merged) {
    String blocks = node.emit("split", new Reshape(split), node.input(0));
    String moved = node.emitPrincipal(new Transpose(order), blocks);
    node.define(0, new Reshape(merged), moved);
  }

  private static int block(NodeContext node) {
    long block = node.intAttribute("blocksize", 0);
    if (block < 1) {
      throw node.reject("blocks of " + block);
    }
    return Math.toIntExact(block);
  }

  private static Shape image(NodeContext node) {
    if (node.shape(0).rank() != 4) {
      throw node.reject(node.opType() + " needs 4 dimensions, not " + node.shape(0));
    }
    return node.shape(0);
  }

  static void identity(NodeContext node) {
    node.define(0, node.input(0));
  }

  /** Axes from the attribute before an opset, from the second input since; empty if not given. */
  static List<Long> axes(NodeContext node, int inputSince) {
    if (node.opset() < inputSince) {
      return node.intsAttribute("axes").orElse(List.of());
    }
    return node.hasInput(1) ? node.constantInts(1) : List.of();
  }

  /** A shape computed from the file's numbers. */
  static Shape shape(NodeContext node, long[] extents) {
    if (LongStream.of(extents).anyMatch(extent -> extent < 0 || extent > Integer.MAX_VALUE)) {
      throw node.reject("no shape can be " + Arrays.toString(extents));
    }
    return Shape.of(LongStream.of(extents).mapToInt(extent -> (int) extent).toArray());
  }

  private static List<Long> firstAxes(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  private static List<Long> requiredInts(NodeContext node, String attribute) {
    return node.intsAttribute(attribute)
        .orElseThrow(() -> node.reject("attribute `" + attribute + "` is missing"));
  }

  private static int elements(Shape shape, int from, int to) {
    return Arrays.stream(shape.extents(), from, to).reduce(1, (a, b) -> a * b);
  }
}
