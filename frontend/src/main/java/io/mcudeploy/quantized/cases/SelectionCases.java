package io.mcudeploy.quantized.cases;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Alignment;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.CommonScale;
import io.mcudeploy.quantized.operators.Compare;
import io.mcudeploy.quantized.operators.Compare.Relation;
import io.mcudeploy.quantized.operators.Extreme;
import io.mcudeploy.quantized.operators.ParametricRelu;
import io.mcudeploy.quantized.operators.Rescale;
import io.mcudeploy.quantized.operators.Select;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Cases of the operators that compare and choose. */
final class SelectionCases {
  private static final Quantization FINE = new Quantization(0.02, -5);
  private static final Quantization COARSE = new Quantization(0.11, 30);
  private static final Quantization LOW = new Quantization(0.05, -128);
  private static final Shape VECTOR = Shape.of(33);

  private SelectionCases() {}

  static List<OperatorCase> all() {
    return Stream.of(extremes(), choices(), comparisons(), slopes()).flatMap(List::stream).toList();
  }

  private static List<OperatorCase> extremes() {
    return List.of(
        extreme("maximum_same_scale", VECTOR, VECTOR, true, FINE, FINE, FINE),
        extreme("minimum_same_scale", VECTOR, VECTOR, false, LOW, LOW, LOW),
        extreme("maximum_channels", Shape.of(3, 21), Shape.of(21), true, FINE, FINE, FINE),
        extreme("maximum_other_scales", VECTOR, VECTOR, true, FINE, COARSE, LOW),
        extreme("minimum_equal_changes", VECTOR, VECTOR, false, LOW, LOW, COARSE),
        extreme("minimum_channels", Shape.of(5, 6), Shape.of(6), false, FINE, COARSE, COARSE),
        extreme("maximum_both_repeated", Shape.of(3, 1), Shape.of(1, 4), true, LOW, FINE, FINE),
        extreme("one_element", Shape.of(1), Shape.of(1), true, FINE, COARSE, COARSE));
  }

  private static List<OperatorCase> choices() {
    Shape image = Shape.of(3, 4, 5);
    return List.of(
        choice("same_scale", VECTOR, VECTOR, VECTOR, LOW, LOW, LOW),
        choice("other_scales", VECTOR, VECTOR, VECTOR, FINE, COARSE, LOW),
        choice("condition_of_rows", Shape.of(4, 1), image, image, FINE, LOW, COARSE),
        choice("constant_else", VECTOR, VECTOR, Shape.of(1), FINE, COARSE, COARSE),
        choice("all_repeated", Shape.of(3, 1, 1), Shape.of(4, 1), Shape.of(5), LOW, FINE, COARSE),
        choice("one_element", Shape.of(1), Shape.of(1), Shape.of(1), FINE, COARSE, LOW));
  }

  private static List<OperatorCase> comparisons() {
    Broadcast vectors = Broadcast.of(VECTOR, VECTOR);
    Broadcast rows = Broadcast.of(Shape.of(6, 5), Shape.of(6, 1));
    Optional<CommonScale> differing = Optional.of(CommonScale.of(FINE, COARSE));
    Optional<CommonScale> nearlyEqual =
        Optional.of(CommonScale.of(LOW, new Quantization(0.0500001, 127)));
    Optional<CommonScale> multiples =
        Optional.of(CommonScale.of(new Quantization(0.5, 3), new Quantization(0.125, -7)));
    Stream<OperatorCase> ofTheSameScale =
        Stream.of(Relation.values())
            .filter(relation -> relation != Relation.AND && relation != Relation.OR)
            .map(relation -> comparison(relation, "", vectors, Optional.empty(), -2, 2));
    Stream<OperatorCase> others =
        Stream.of(
            comparison(Relation.AND, "", vectors, Optional.empty(), 0, 1),
            comparison(Relation.OR, "_rows", rows, Optional.empty(), 0, 1),
            comparison(Relation.AND, "_numbers", vectors, Optional.empty(), -2, 2),
            comparison(Relation.GREATER, "_scales", vectors, differing, -128, 127),
            comparison(Relation.LESS_OR_EQUAL, "_rows", rows, differing, -128, 127),
            comparison(Relation.EQUAL, "_nearly", vectors, nearlyEqual, -128, 127),
            comparison(Relation.EQUAL, "_multiples", vectors, multiples, -7, 9),
            PlainCases.of(
                "compare/less_int32",
                new Compare(vectors, Relation.LESS, StorageType.INT32, Optional.empty()),
                random -> List.of(random.bytes(132), random.bytes(132))),
            PlainCases.of(
                "compare/equal_int32",
                new Compare(rows, Relation.EQUAL, StorageType.INT32, Optional.empty()),
                random -> List.of(smallInt32(random, 30), smallInt32(random, 6))));
    return Stream.concat(ofTheSameScale, others).toList();
  }

  private static List<OperatorCase> slopes() {
    Broadcast vectors = Broadcast.of(VECTOR, VECTOR);
    Broadcast channels = Broadcast.of(Shape.of(5, 6), Shape.of(6));
    return List.of(
        slope("elements", vectors, FINE, new Quantization(0.01, 3), COARSE),
        slope("channels", channels, COARSE, new Quantization(0.01, -128), COARSE),
        slope("saturating", channels, COARSE, new Quantization(0.05, 0), FINE),
        slope("extreme_zero_points", vectors, LOW, new Quantization(0.01, 127), LOW));
  }

  private static OperatorCase extreme(
      String name,
      Shape left,
      Shape right,
      boolean largest,
      Quantization leftScale,
      Quantization rightScale,
      Quantization output) {
    return PlainCases.of(
        "extreme/" + name,
        new Extreme(
            Broadcast.of(left, right),
            largest,
            Rescale.of(leftScale, output),
            Rescale.of(rightScale, output)),
        random -> List.of(random.bytes(left.elements()), random.bytes(right.elements())));
  }

  private static OperatorCase choice(
      String name,
      Shape condition,
      Shape left,
      Shape right,
      Quantization leftScale,
      Quantization rightScale,
      Quantization output) {
    return PlainCases.of(
        "select/" + name,
        new Select(
            Alignment.of(List.of(condition, left, right)),
            Rescale.of(leftScale, output),
            Rescale.of(rightScale, output)),
        random ->
            List.of(
                random.bytes(condition.elements(), 0, 1),
                random.bytes(left.elements()),
                random.bytes(right.elements())));
  }

  private static OperatorCase comparison(
      Relation relation,
      String suffix,
      Broadcast operands,
      Optional<CommonScale> scale,
      int lowest,
      int highest) {
    return PlainCases.of(
        "compare/" + relation.name().toLowerCase(Locale.ROOT) + suffix,
        new Compare(operands, relation, StorageType.INT8, scale),
        random ->
            List.of(
                random.bytes(operands.left().elements(), lowest, highest),
                random.bytes(operands.right().elements(), lowest, highest)));
  }

  private static OperatorCase slope(
      String name,
      Broadcast operands,
      Quantization input,
      Quantization slopes,
      Quantization output) {
    return PlainCases.of(
        "prelu/" + name,
        new ParametricRelu(
            operands,
            input.zeroPoint(),
            slopes.zeroPoint(),
            Multiplier.of(input.scale() / output.scale()),
            Multiplier.of(input.scale() * slopes.scale() / output.scale()),
            output.zeroPoint()),
        random ->
            List.of(
                random.bytes(operands.left().elements()),
                random.bytes(operands.right().elements())));
  }

  /** Int32 numbers −2..2. */
  private static Int8Array smallInt32(CaseRandom random, int count) {
    byte[] image = new byte[4 * count];
    for (int i = 0; i < count; i++) {
      StorageType.INT32.put(image, i, random.integer(-2, 2));
    }
    return Int8Array.of(image);
  }
}
