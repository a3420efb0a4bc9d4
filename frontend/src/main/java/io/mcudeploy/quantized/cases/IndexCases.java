package io.mcudeploy.quantized.cases;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.CumulativeSum;
import io.mcudeploy.quantized.operators.GatherElements;
import io.mcudeploy.quantized.operators.GatherRows;
import io.mcudeploy.quantized.operators.OneHot;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Pick;
import io.mcudeploy.quantized.operators.Rescale;
import io.mcudeploy.quantized.operators.Scatter;
import io.mcudeploy.quantized.operators.TopIndices;
import java.util.List;
import java.util.stream.Stream;

/** Cases of the operators that address elements by indices, and of running sums. */
final class IndexCases {
  private static final Quantization FINE = new Quantization(0.02, -5);
  private static final Quantization COARSE = new Quantization(0.11, 30);

  private IndexCases() {}

  static List<OperatorCase> all() {
    return Stream.of(picks(), gathers(), scatters(), extremes(), marks(), sums())
        .flatMap(List::stream)
        .toList();
  }

  private static List<OperatorCase> picks() {
    return List.of(
        pick("elements", StorageType.INT8, 20, 1, 0, 1, 7, 0, 19, 7, 3),
        pick("rows", StorageType.INT8, 60, 1, 0, 5, 55, 0, 20, 20),
        pick("repeated_list", StorageType.INT8, 48, 4, 12, 3, 3, 0, 9, 3, 6),
        pick("overlapping_blocks", StorageType.INT8, 9, 4, 1, 2, 3, 1),
        pick("one_place", StorageType.INT8, 5, 1, 0, 1, 4),
        pick("wide_places", StorageType.INT8, 700, 2, 0, 1, 699, 301, 0),
        pick("int32", StorageType.INT32, 12, 2, 6, 2, 4, 0, 2),
        PlainCases.of(
            "pick/far_places",
            new Pick(StorageType.INT8, 66_000, 1, 0, 1, Int32Array.of(65_999, 0, 65_536, 3)),
            random -> List.of(random.bytes(66_000))));
  }

  private static List<OperatorCase> gathers() {
    return List.of(
        PlainCases.of(
            "gather_rows/table",
            new GatherRows(1, 10, 6, 8),
            random -> List.of(random.bytes(60), integers(7, -10, 0, 9, 3, 3, -1, 5))),
        PlainCases.of(
            "gather_rows/inner_axis",
            new GatherRows(3, 5, 2, 4),
            random -> List.of(random.bytes(30), integers(0, 4, -2, 1))),
        PlainCases.of(
            "gather_rows/out_of_range",
            new GatherRows(1, 4, 3, 6),
            random ->
                List.of(
                    random.bytes(12),
                    integers(4, -5, 100, Integer.MIN_VALUE, Integer.MAX_VALUE, 3))),
        PlainCases.of(
            "gather_elements/columns",
            new GatherElements(2, 5, 3, 2),
            random -> List.of(random.bytes(30), indices(random, 12, -5, 4))),
        PlainCases.of(
            "gather_elements/last_axis",
            new GatherElements(4, 6, 1, 3),
            random -> List.of(random.bytes(24), indices(random, 12, -9, 9))));
  }

  private static List<OperatorCase> scatters() {
    return List.of(
        scatter("same_scale", 6, 4, false, FINE, FINE, FINE, 5, 0, 2),
        scatter("other_scales", 9, 1, false, FINE, COARSE, new Quantization(0.08, 3), 7, 0, 7),
        scatter("added", 6, 4, true, FINE, COARSE, COARSE, 5, 0),
        scatter("added_twice", 5, 3, true, COARSE, FINE, COARSE, 2, 2, 4),
        scatter("added_saturating", 2, 8, true, COARSE, COARSE, FINE, 1, 0));
  }

  private static List<OperatorCase> extremes() {
    return List.of(
        top("arg_max", 3, 11, 1, 1, true, false),
        top("arg_max_last", 3, 40, 1, 1, true, true),
        top("arg_min_strided", 2, 9, 5, 1, false, false),
        top("arg_min_last", 4, 9, 1, 1, false, true),
        top("one_element", 3, 1, 1, 1, true, false),
        top("largest", 2, 12, 1, 5, true, false),
        top("smallest_strided", 2, 7, 3, 4, false, false),
        top("all_sorted", 1, 15, 2, 15, true, false),
        PlainCases.of(
            "top_indices/ties",
            new TopIndices(1, 9, 1, 6, true, false),
            random -> List.of(Int8Array.of(new byte[] {3, 7, 7, -128, 3, 7, 127, 3, -128}))),
        PlainCases.of(
            "top_indices/ties_smallest",
            new TopIndices(1, 9, 1, 6, false, false),
            random -> List.of(Int8Array.of(new byte[] {3, 7, 7, -128, 3, 7, 127, 3, -128}))));
  }

  private static List<OperatorCase> marks() {
    return List.of(
        PlainCases.of(
            "one_hot/last_axis",
            new OneHot(5, 7, 1, -128, 127),
            random -> List.of(integers(0, 6, -1, -7, 3))),
        PlainCases.of(
            "one_hot/inner_axis",
            new OneHot(2, 4, 3, 5, -6),
            random -> List.of(indices(random, 6, -4, 3))),
        PlainCases.of(
            "one_hot/out_of_range",
            new OneHot(4, 3, 1, 0, 1),
            random -> List.of(integers(3, -4, Integer.MIN_VALUE, Integer.MAX_VALUE))));
  }

  private static List<OperatorCase> sums() {
    return List.of(
        sum("inclusive", 3, 9, 1, false, false, -7, 0.2),
        sum("exclusive", 2, 6, 4, true, false, 12, 0.3),
        sum("reverse", 2, 6, 4, false, true, -128, 0.1),
        sum("exclusive_reverse", 1, 12, 1, true, true, 127, 0.1),
        sum("saturating", 1, 30, 2, false, false, 0, 1.5),
        sum("one_element", 4, 1, 1, false, false, 3, 1));
  }

  private static OperatorCase pick(
      String name,
      StorageType storage,
      int inputElements,
      int outer,
      int outerStride,
      int run,
      int... starts) {
    return PlainCases.of(
        "pick/" + name,
        new Pick(storage, inputElements, outer, outerStride, run, Int32Array.of(starts)),
        random -> List.of(random.bytes(inputElements * storage.bytes())));
  }

  private static OperatorCase scatter(
      String name,
      int rows,
      int run,
      boolean add,
      Quantization data,
      Quantization updates,
      Quantization output,
      int... targets) {
    return PlainCases.of(
        "scatter/" + name,
        new Scatter(
            rows,
            run,
            Int32Array.of(targets),
            add,
            Rescale.of(data, output),
            Rescale.of(updates, output),
            output.zeroPoint()),
        random -> List.of(random.bytes(rows * run), random.bytes(targets.length * run)));
  }

  private static OperatorCase top(
      String name, int outer, int depth, int inner, int count, boolean largest, boolean last) {
    return PlainCases.of(
        "top_indices/" + name,
        new TopIndices(outer, depth, inner, count, largest, last),
        random -> List.of(random.bytes(outer * depth * inner, -4, 4)));
  }

  private static OperatorCase sum(
      String name,
      int outer,
      int depth,
      int inner,
      boolean exclusive,
      boolean reverse,
      int zeroPoint,
      double factor) {
    OutputStage output = new OutputStage(List.of(Multiplier.of(factor)), -9, -128, 127);
    return PlainCases.of(
        "cumulative_sum/" + name,
        new CumulativeSum(outer, depth, inner, exclusive, reverse, zeroPoint, output),
        random -> List.of(random.bytes(outer * depth * inner)));
  }

  private static Int8Array indices(CaseRandom random, int count, int lowest, int highest) {
    int[] integers = new int[count];
    for (int i = 0; i < count; i++) {
      integers[i] = random.integer(lowest, highest);
    }
    return integers(integers);
  }

  /** A memory image of int32 numbers. */
  private static Int8Array integers(int... integers) {
    byte[] image = new byte[4 * integers.length];
    for (int i = 0; i < integers.length; i++) {
      StorageType.INT32.put(image, i, integers[i]);
    }
    return Int8Array.of(image);
  }
}
