package io.mcudeploy.quantized.cases;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.Normalization;
import io.mcudeploy.quantized.operators.Normalization.Rows;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Cases of the operators that divide by statistics of their input. */
final class NormalizationCases {
  private NormalizationCases() {}

  static List<OperatorCase> all() {
    return List.of(
        normalized("layer", true, new Rows(5, 1, 16, 1, 1, 1), 3, 100),
        normalized("layer_odd", true, new Rows(1, 1, 13, 1, 1, 1), -128, 0),
        normalized("instance", true, new Rows(1, 6, 1, 25, 1, 1), 0, 7),
        normalized("instance_channels_last", true, new Rows(1, 1, 1, 20, 5, 5), 12, 7),
        normalized("group", true, new Rows(2, 2, 3, 8, 1, 1), -5, 1),
        normalized("channels_first", true, new Rows(1, 1, 6, 1, 9, 1), 5, 1),
        normalized("one_scale", true, new Rows(4, 1, 1, 30, 1, 1), 0, 1000),
        normalized("two_elements", true, new Rows(8, 1, 2, 1, 1, 1), 0, 1),
        normalized("one_element", true, new Rows(3, 1, 1, 1, 1, 1), 0, 0),
        normalized("long", true, new Rows(1, 1, 1, 3000, 1, 1), -128, 5_000_000_000L),
        normalized("root_mean_square", false, new Rows(4, 1, 12, 1, 1, 1), -17, 30),
        normalized("root_mean_square_strided", false, new Rows(2, 1, 1, 7, 4, 4), 127, 1),
        normalized("length", false, new Rows(6, 1, 1, 9, 1, 1), 0, 0),
        normalized("large_epsilon", true, new Rows(3, 1, 8, 1, 1, 1), 0, 1L << 40),
        constant("constant_rows", true, 5, random -> random.bytes(1)),
        constant("zero_rows", false, 0, random -> Int8Array.of((byte) 0)),
        extremes("extremes", true),
        extremes("extremes_uncentred", false));
  }

  private static OperatorCase normalized(
      String name, boolean centred, Rows rows, int inputZero, long epsilon) {
    String id = "normalization/" + name;
    CaseRandom random = new CaseRandom(id);
    int elements = rows.outer() * rows.depth() * rows.inner();
    Normalization operator = operator(centred, rows, inputZero, epsilon, random);
    return new OperatorCase(id, operator, List.of(random.bytes(elements)));
  }

  /** Three rows of equal elements. */
  private static OperatorCase constant(
      String name, boolean centred, int inputZero, Function<CaseRandom, Int8Array> element) {
    String id = "normalization/" + name;
    CaseRandom random = new CaseRandom(id);
    Normalization operator = operator(centred, new Rows(3, 1, 8, 1, 1, 1), inputZero, 0, random);
    byte[] image = new byte[24];
    Arrays.fill(image, element.apply(random).get(0));
    return new OperatorCase(id, operator, List.of(Int8Array.of(image)));
  }

  private static OperatorCase extremes(String name, boolean centred) {
    String id = "normalization/" + name;
    CaseRandom random = new CaseRandom(id);
    Rows rows = new Rows(2, 1, 1, 500, 1, 1);
    Normalization operator = operator(centred, rows, 127, 0, random);
    return new OperatorCase(id, operator, List.of(random.extremes(1000)));
  }

  /** Results that spread over the whole range: a normalized row has the length 2^15. */
  private static Normalization operator(
      boolean centred, Rows rows, int inputZero, long epsilon, CaseRandom random) {
    int[] scales = new int[rows.parameters()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = random.integer(-Normalization.LARGEST_SCALE, Normalization.LARGEST_SCALE);
    }
    double typical = Math.scalb(8192.0, Normalization.FRACTION_BITS) / Math.sqrt(rows.depth());
    Int32Array biases = random.integers(rows.parameters(), (int) Math.min(1 << 28, typical / 2));
    return new Normalization(
        centred,
        rows,
        inputZero,
        epsilon,
        Int32Array.of(scales),
        biases,
        new OutputStage(List.of(Multiplier.of(50 / typical)), -9, -128, 127));
  }
}
