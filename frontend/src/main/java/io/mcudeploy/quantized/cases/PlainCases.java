package io.mcudeploy.quantized.cases;

import static io.mcudeploy.quantized.cases.ConvolutionCases.same;
import static io.mcudeploy.quantized.cases.ConvolutionCases.window;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.AveragePool2d;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.Divide;
import io.mcudeploy.quantized.operators.LogSoftmax;
import io.mcudeploy.quantized.operators.LookupTable;
import io.mcudeploy.quantized.operators.MatMul;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Multiply;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Pad;
import io.mcudeploy.quantized.operators.Reduce;
import io.mcudeploy.quantized.operators.Reduce.Reduction;
import io.mcudeploy.quantized.operators.ReduceProduct;
import io.mcudeploy.quantized.operators.Requantize;
import io.mcudeploy.quantized.operators.Rescale;
import io.mcudeploy.quantized.operators.Softmax;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Cases of the operators without weights. */
final class PlainCases {
  private PlainCases() {}

  static List<OperatorCase> all() {
    return Stream.of(
            pools(),
            sums(),
            products(),
            matrices(),
            tables(),
            softmaxes(),
            logarithmicSoftmaxes(),
            reductions(),
            reducedProducts(),
            moves())
        .flatMap(List::stream)
        .toList();
  }

  private static List<OperatorCase> pools() {
    return List.of(
        maxPool("basic_2x2", halving(8, 8, 4)),
        maxPool("odd_channels", halving(6, 6, 5)),
        maxPool("overlapping", window(7, 7, 3, 3, 3, 3, 3, 2, 2, 1, 1, 0, 0)),
        maxPool("padded", same(5, 5, 6, 3, 3, 1, 1)),
        maxPool("dilated", window(9, 9, 3, 5, 5, 3, 3, 1, 1, 2, 2, 0, 0)),
        maxPool("whole_image", window(4, 6, 7, 1, 1, 4, 6, 1, 1, 1, 1, 0, 0)),
        maxPool("one_pixel", window(1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0)),
        of(
            "max_pool2d/clamped",
            new MaxPool2d(halving(6, 6, 4), -20, 60),
            random -> List.of(random.bytes(144))),
        averagePool("basic_2x2", halving(8, 8, 4)),
        averagePool("odd_channels", halving(6, 6, 5)),
        averagePool("padded", same(5, 5, 6, 3, 3, 1, 1)),
        averagePool("padded_stride_2", window(7, 7, 3, 4, 4, 3, 3, 2, 2, 1, 1, 1, 1)),
        averagePool("whole_image", window(5, 5, 9, 1, 1, 5, 5, 1, 1, 1, 1, 0, 0)),
        averagePool("whole_image_8x8", window(8, 8, 64, 1, 1, 8, 8, 1, 1, 1, 1, 0, 0)),
        averagePool("one_pixel", window(1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0)),
        of(
            "average_pool2d/halves",
            new AveragePool2d(window(1, 16, 1, 1, 8, 1, 2, 1, 2, 1, 1, 0, 0), -128, 127),
            random ->
                List.of(
                    Int8Array.of(
                        new byte[] {
                          0, 1, 0, -1, 1, 2, -1, -2, 127, 126, -128, -127, 127, 127, -128, -128
                        }))),
        of(
            "average_pool2d/clamped",
            new AveragePool2d(halving(6, 6, 4), -20, 30),
            random -> List.of(random.bytes(144))));
  }

  private static List<OperatorCase> sums() {
    Quantization fine = new Quantization(0.02, -5);
    Quantization coarse = new Quantization(0.11, 30);
    Quantization low = new Quantization(0.05, -128);
    Quantization high = new Quantization(0.05, 127);
    Shape vector = Shape.of(33);
    return List.of(
        sum("same_scale", vector, vector, false, low, low, new Quantization(0.1, -128)),
        sum("other_scales", vector, vector, false, fine, coarse, new Quantization(0.12, 3)),
        sum("difference", vector, vector, true, coarse, fine, new Quantization(0.1, 0)),
        sum("extreme_zero_points", vector, vector, false, low, high, new Quantization(0.06, 0)),
        sum("saturating", vector, vector, false, coarse, coarse, new Quantization(0.01, 0)),
        sum(
            "far_apart_scales",
            vector,
            vector,
            false,
            new Quantization(1e-4, 0),
            new Quantization(1, 0),
            new Quantization(1, 0)),
        sum("scalar", Shape.of(5, 7), Shape.of(1), false, fine, coarse, coarse),
        sum("scalar_minus", Shape.of(1), Shape.of(21), true, fine, coarse, coarse),
        sum("channels", Shape.of(4, 4, 6), Shape.of(6), false, fine, low, coarse),
        sum("rows", Shape.of(6, 5), Shape.of(6, 1), true, fine, low, coarse),
        sum("both_repeated", Shape.of(3, 1, 5), Shape.of(4, 1), false, fine, low, coarse),
        sum("one_element", Shape.of(1), Shape.of(1), false, fine, low, coarse),
        of(
            "add/clamped",
            Add.of(Broadcast.of(vector, vector), false, fine, coarse, coarse, 30, 100),
            random -> List.of(random.bytes(33), random.bytes(33))));
  }

  private static List<OperatorCase> products() {
    Broadcast vector = Broadcast.of(Shape.of(35), Shape.of(35));
    Broadcast channels = Broadcast.of(Shape.of(5, 6), Shape.of(6));
    Broadcast rows = Broadcast.of(Shape.of(1, 5, 6), Shape.of(1, 5, 1));
    Broadcast scalar = Broadcast.of(Shape.of(1), Shape.of(9));
    return List.of(
        product("basic", vector, 3, -4, 0.01),
        product("extreme_zero_points", vector, -128, 127, 0.004),
        product("channels", channels, -128, 0, 0.005),
        product("rows", rows, 0, 12, 0.005),
        product("scalar", scalar, 0, 12, 0.005),
        product("saturating", vector, 0, 0, 0.9),
        product("factor_above_one", vector, 0, 0, 1.5),
        quotient("basic", vector, 3, -128, 40.0),
        quotient("signed_divisor", vector, -7, 5, 40.0),
        quotient("rows", rows, -128, -128, 90.0),
        quotient("scalar", scalar, 0, 0, 20.0),
        of(
            "divide/by_zero",
            new Divide(
                Broadcast.of(Shape.of(6), Shape.of(6)), 0, 4, divided(Multiplier.of(0x1p-22 * 8))),
            random ->
                List.of(
                    Int8Array.of(new byte[] {-128, 127, 0, 1, -1, 5}),
                    Int8Array.of(new byte[] {4, 4, 4, 4, 4, 5}))));
  }

  private static List<OperatorCase> matrices() {
    return List.of(
        matrix("basic", 1, false, false, 4, 8, 6, 3, -4),
        matrix("odd", 1, false, false, 3, 7, 5, -128, 127),
        matrix("batches", 3, false, false, 2, 5, 4, 0, 9),
        matrix("left_repeated", 3, true, false, 4, 5, 2, 1, -1),
        matrix("right_repeated", 3, false, true, 2, 5, 3, 1, -1),
        matrix("row_by_column", 1, false, false, 1, 40, 1, -9, 0),
        matrix("column_by_row", 1, false, false, 6, 1, 5, -9, 0));
  }

  private static List<OperatorCase> tables() {
    return List.of(
        of(
            "lookup_table/random",
            random -> new LookupTable(300, random.bytes(256)),
            random -> List.of(random.bytes(300))),
        of(
            "lookup_table/every_input",
            random -> new LookupTable(256, random.bytes(256)),
            random -> List.of(everyByte())),
        of(
            "lookup_table/one_element",
            random -> new LookupTable(1, random.bytes(256)),
            random -> List.of(random.bytes(1))),
        rescaled("identity", new Quantization(0.1, 4), new Quantization(0.1, 4)),
        rescaled("finer", new Quantization(0.1, 4), new Quantization(0.03, -4)),
        rescaled("coarser", new Quantization(0.1, -128), new Quantization(0.7, 127)),
        rescaled("other_zero_point", new Quantization(0.1, -128), new Quantization(0.1, 127)),
        rescaled("much_finer", new Quantization(0.1, 0), new Quantization(0.001, 0)));
  }

  private static List<OperatorCase> softmaxes() {
    return List.of(
        softmax("ten_classes", 1, 10, 1, 0.1),
        softmax("rows", 4, 7, 1, 0.05),
        softmax("strided", 2, 5, 3, 0.08),
        softmax("one_class", 3, 1, 1, 0.1),
        softmax("sharp", 2, 12, 1, 2.0),
        softmax("flat", 2, 12, 1, 1e-4),
        softmax("sharpest", 2, 12, 1, 20.0),
        softmax("thousand_classes", 1, 1000, 1, 0.02),
        of(
            "softmax/deep_and_equal",
            Softmax.of(1, 8000, 1, 0.01),
            random -> List.of(Int8Array.of(new byte[8000]))),
        of(
            "softmax/equal_inputs",
            Softmax.of(1, 3, 1, 0.1),
            random -> List.of(Int8Array.of(new byte[] {-128, -128, -128}))),
        of("softmax/extremes", Softmax.of(1, 9, 1, 0.03), random -> List.of(random.extremes(9))));
  }

  private static List<OperatorCase> logarithmicSoftmaxes() {
    Quantization sixteenth = new Quantization(0x1p-4, 127);
    return List.of(
        logSoftmax("ten_classes", 1, 10, 1, 0.1, sixteenth),
        logSoftmax("rows", 4, 7, 1, 0.05, new Quantization(0.04, 100)),
        logSoftmax("strided", 2, 5, 3, 0.08, new Quantization(0.11, 0)),
        logSoftmax("one_class", 3, 1, 1, 0.1, sixteenth),
        logSoftmax("sharp", 2, 12, 1, 2.0, new Quantization(2, 127)),
        logSoftmax("flat", 2, 12, 1, 1e-4, new Quantization(0.011, 127)),
        logSoftmax("sharpest", 2, 12, 1, 20.0, new Quantization(15, 127)),
        logSoftmax("fine_output", 2, 4, 1, 0.01, new Quantization(0.002, 127)),
        logSoftmax("thousand_classes", 1, 1000, 1, 0.02, sixteenth),
        of(
            "log_softmax/deep_and_equal",
            LogSoftmax.of(1, 8000, 1, 0.01, sixteenth, -128, 127),
            random -> List.of(Int8Array.of(new byte[8000]))),
        of(
            "log_softmax/extremes",
            LogSoftmax.of(1, 9, 1, 0.03, sixteenth, -128, 127),
            random -> List.of(random.extremes(9))),
        of(
            "log_softmax/clamped",
            LogSoftmax.of(3, 6, 1, 0.05, sixteenth, -50, 100),
            random -> List.of(random.bytes(18))));
  }

  private static List<OperatorCase> reductions() {
    return List.of(
        reduction("sum", Reduction.SUM, 3, 9, 1, -7, 0.2),
        reduction("sum_strided", Reduction.SUM, 2, 5, 6, 12, 0.3),
        reduction("sum_long", Reduction.SUM, 2, 1003, 1, -3, 0.003),
        reduction("mean_tall", Reduction.SUM, 1, 600, 5, 7, 1.1 / 600),
        of(
            "reduce/sum_of_extremes",
            new Reduce(Reduction.SUM, 1, 300, 4, 0, single(Multiplier.of(0.003), 0)),
            random -> List.of(random.extremes(1200))),
        reduction("mean_49", Reduction.SUM, 1, 49, 8, -128, 1.3 / 49),
        reduction("mean_one", Reduction.SUM, 4, 1, 1, 0, 1),
        reduction("max", Reduction.MAX, 3, 9, 1, -7, 1),
        reduction("max_long", Reduction.MAX, 3, 70, 1, 4, 1),
        reduction("max_columns", Reduction.MAX, 2, 9, 7, 4, 1),
        reduction("min_long", Reduction.MIN, 3, 70, 1, 4, 1),
        reduction("min_columns", Reduction.MIN, 2, 9, 7, 4, 1),
        reduction("l1_long", Reduction.L1, 2, 133, 1, -128, 0.02),
        reduction("max_strided", Reduction.MAX, 2, 5, 6, 127, 0.7),
        reduction("max_factor_above_one", Reduction.MAX, 2, 5, 6, 0, 1.9),
        reduction("min", Reduction.MIN, 3, 9, 1, -7, 1),
        reduction("min_strided", Reduction.MIN, 2, 5, 6, 127, 0.7),
        reduction("l1", Reduction.L1, 3, 9, 1, -7, 0.2),
        reduction("l1_strided", Reduction.L1, 2, 5, 6, 12, 0.3),
        reduction("sum_square", Reduction.SUM_SQUARE, 3, 9, 1, -7, 0.004),
        reduction("sum_square_long", Reduction.SUM_SQUARE, 1, 3000, 1, -128, 2e-6),
        reduction("l2_capsules", Reduction.L2, 10, 16, 1, 0, 0.3 / 64),
        reduction("l2_strided", Reduction.L2, 2, 6, 5, -20, 0.2 / 32),
        reduction("l2_one", Reduction.L2, 4, 1, 1, -128, 0.5 / 256),
        reduction("l2_long", Reduction.L2, 1, 3000, 1, -128, 0.01),
        of(
            "reduce/l2_zero",
            new Reduce(Reduction.L2, 2, 4, 1, 3, single(Multiplier.of(0.01), 0)),
            random -> List.of(Int8Array.of(new byte[] {3, 3, 3, 3, 3, 3, 3, 4}))));
  }

  private static List<OperatorCase> reducedProducts() {
    return List.of(
        product("pairs", 8, 2, 1, new Quantization(0.02, 3), new Quantization(0.05, -4)),
        product("strided", 2, 4, 3, new Quantization(0.015, -20), new Quantization(0.03, 7)),
        product("one_factor", 9, 1, 1, new Quantization(0.1, -128), new Quantization(0.13, 0)),
        product("extreme_zero_point", 3, 5, 1, new Quantization(0.01, 127), new Quantization(1, 0)),
        product("saturating", 6, 3, 1, new Quantization(0.5, 0), new Quantization(1e-3, -128)),
        product("vanishing", 4, 40, 1, new Quantization(1e-3, -128), new Quantization(1, 5)),
        of(
            "reduce_product/long_row",
            ReduceProduct.of(
                2, 1000, 1, new Quantization(0.01, 0), new Quantization(0.02, 0), -128, 127),
            random -> List.of(nearOne(2000, random))),
        of(
            "reduce_product/longest_and_saturating",
            ReduceProduct.of(
                1, 3000, 1, new Quantization(1, -128), new Quantization(1, 0), -128, 127),
            random -> List.of(random.extremes(3000))),
        of(
            "reduce_product/zeros",
            ReduceProduct.of(
                3, 3, 1, new Quantization(0.5, 7), new Quantization(1e-4, 11), -128, 127),
            random -> List.of(Int8Array.of(new byte[] {7, -128, 127, -128, 7, -128, 127, 9, 7}))),
        of(
            "reduce_product/clamped",
            ReduceProduct.of(
                12, 3, 1, new Quantization(0.02, 0), new Quantization(0.05, 0), -20, 30),
            random -> List.of(random.bytes(36))));
  }

  /**
   * Factors of 0.99, 1 and 1.01 at a scale of 0.01, of either sign: long products stay in range.
   */
  private static Int8Array nearOne(int count, CaseRandom random) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      int magnitude = 99 + i % 3;
      bytes[i] = (byte) (random.integer(0, 1) == 0 ? magnitude : -magnitude);
    }
    return Int8Array.of(bytes);
  }

  private static List<OperatorCase> moves() {
    return List.of(
        copy("nchw_to_nhwc", 60, Shape.of(4, 5, 3), List.of(5, 1, 20), 0),
        copy("wide_slice", 66, Shape.of(3, 19), List.of(22, 1), 2),
        copy("transposed", 35, Shape.of(5, 7), List.of(1, 5), 0),
        copy("slice", 40, Shape.of(3, 4), List.of(10, 2), 11),
        copy("reversed", 12, Shape.of(12), List.of(-1), 11),
        copy("repeated", 6, Shape.of(4, 6), List.of(0, 1), 0),
        copy("scalar", 6, Shape.of(), List.of(), 5),
        of(
            "copy/int32_transposed",
            new Copy(StorageType.INT32, 12, Shape.of(4, 3), List.of(1, 4), 0),
            random -> List.of(random.bytes(48))),
        copy("five_axes", 64, Shape.of(2, 2, 2, 2, 2), List.of(1, 32, 4, 16, 2), 8),
        pad("image", Shape.of(4, 5, 3), List.of(1, 2, 0), List.of(2, 0, 0), -7),
        pad("channels", Shape.of(3, 3, 2), List.of(0, 0, 1), List.of(0, 0, 2), 127),
        pad("vector", Shape.of(9), List.of(3), List.of(0), -128),
        pad("long_rows", Shape.of(3, 21), List.of(1, 3), List.of(0, 2), 5),
        pad("nothing", Shape.of(2, 3), List.of(0, 0), List.of(0, 0), 0),
        concat("channels", 6, List.of(3, 5)),
        concat("rows", 1, List.of(7, 12, 4)),
        concat("long_rows", 3, List.of(37, 16)),
        concat("single", 3, List.of(4)),
        of(
            "concat/same_scale",
            new Concat(
                4,
                List.of(2, 3),
                List.of(
                    Rescale.of(new Quantization(0.1, 2), new Quantization(0.1, 2)),
                    Rescale.of(new Quantization(0.1, 2), new Quantization(0.1, 2)))),
            random -> List.of(random.bytes(8), random.bytes(12))));
  }

  /** A 2x2 window at stride 2. */
  private static Window halving(int height, int width, int channels) {
    return Window.valid(height, width, channels, 2, 2, 2, 2);
  }

  private static OperatorCase maxPool(String name, Window window) {
    return of(
        "max_pool2d/" + name,
        new MaxPool2d(window, -128, 127),
        random -> List.of(random.bytes(window.inputElements())));
  }

  private static OperatorCase averagePool(String name, Window window) {
    return of(
        "average_pool2d/" + name,
        new AveragePool2d(window, -128, 127),
        random -> List.of(random.bytes(window.inputElements())));
  }

  private static OperatorCase sum(
      String name,
      Shape left,
      Shape right,
      boolean subtract,
      Quantization leftScale,
      Quantization rightScale,
      Quantization outputScale) {
    return of(
        "add/" + name,
        Add.of(Broadcast.of(left, right), subtract, leftScale, rightScale, outputScale, -128, 127),
        random -> List.of(random.bytes(left.elements()), random.bytes(right.elements())));
  }

  private static OperatorCase product(
      String name, Broadcast operands, int leftZero, int rightZero, double factor) {
    return of(
        "multiply/" + name,
        new Multiply(operands, leftZero, rightZero, single(Multiplier.of(factor), -9)),
        random -> operandsOf(operands, random));
  }

  private static OperatorCase quotient(
      String name, Broadcast operands, int leftZero, int rightZero, double factor) {
    Multiplier multiplier = Multiplier.of(Math.scalb(factor, -Divide.RECIPROCAL_BITS));
    return of(
        "divide/" + name,
        new Divide(operands, leftZero, rightZero, divided(multiplier)),
        random -> operandsOf(operands, random));
  }

  private static OutputStage divided(Multiplier multiplier) {
    return single(multiplier, -20);
  }

  private static List<Int8Array> operandsOf(Broadcast operands, CaseRandom random) {
    return List.of(
        random.bytes(operands.left().elements()), random.bytes(operands.right().elements()));
  }

  private static OperatorCase matrix(
      String name,
      int batches,
      boolean leftRepeated,
      boolean rightRepeated,
      int rows,
      int inner,
      int columns,
      int leftZero,
      int rightZero) {
    return of(
        "matmul/" + name,
        random ->
            new MatMul(
                batches,
                leftRepeated,
                rightRepeated,
                rows,
                inner,
                columns,
                leftZero,
                rightZero,
                new OutputStage(random.multipliers(1, inner), 6, -128, 127)),
        random ->
            List.of(
                random.bytes((leftRepeated ? 1 : batches) * rows * inner),
                random.bytes((rightRepeated ? 1 : batches) * inner * columns)));
  }

  private static OperatorCase rescaled(String name, Quantization from, Quantization to) {
    return of(
        "requantize/" + name,
        new Requantize(256, Rescale.of(from, to)),
        random -> List.of(everyByte()));
  }

  private static OperatorCase softmax(String name, int outer, int depth, int inner, double scale) {
    return of(
        "softmax/" + name,
        Softmax.of(outer, depth, inner, scale),
        random -> List.of(random.bytes(outer * depth * inner)));
  }

  private static OperatorCase logSoftmax(
      String name, int outer, int depth, int inner, double scale, Quantization output) {
    return of(
        "log_softmax/" + name,
        LogSoftmax.of(outer, depth, inner, scale, output, -128, 127),
        random -> List.of(random.bytes(outer * depth * inner)));
  }

  private static OperatorCase product(
      String name, int outer, int depth, int inner, Quantization input, Quantization output) {
    return of(
        "reduce_product/" + name,
        ReduceProduct.of(outer, depth, inner, input, output, -128, 127),
        random -> List.of(random.bytes(outer * depth * inner)));
  }

  private static OperatorCase reduction(
      String name,
      Reduction reduction,
      int outer,
      int depth,
      int inner,
      int inputZero,
      double factor) {
    return of(
        "reduce/" + name,
        new Reduce(reduction, outer, depth, inner, inputZero, single(Multiplier.of(factor), -100)),
        random -> List.of(random.bytes(outer * depth * inner)));
  }

  private static OperatorCase copy(
      String name, int inputElements, Shape output, List<Integer> strides, int offset) {
    return of(
        "copy/" + name,
        new Copy(StorageType.INT8, inputElements, output, strides, offset),
        random -> List.of(random.bytes(inputElements)));
  }

  private static OperatorCase pad(
      String name, Shape input, List<Integer> before, List<Integer> after, int value) {
    return of(
        "pad/" + name,
        new Pad(input, before, after, value),
        random -> List.of(random.bytes(input.elements())));
  }

  /** Inputs at different scales. */
  private static OperatorCase concat(String name, int outer, List<Integer> lengths) {
    Quantization output = new Quantization(0.1, -10);
    return of(
        "concat/" + name,
        random ->
            new Concat(
                outer,
                lengths,
                lengths.stream()
                    .map(
                        length ->
                            Rescale.of(
                                new Quantization(
                                    0.02 + 0.2 * random.fraction(), random.integer(-128, 127)),
                                output))
                    .toList()),
        random -> lengths.stream().map(length -> random.bytes(outer * length)).toList());
  }

  private static OutputStage single(Multiplier multiplier, int zeroPoint) {
    return new OutputStage(List.of(multiplier), zeroPoint, -128, 127);
  }

  private static Int8Array everyByte() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i - 128);
    }
    return Int8Array.of(bytes);
  }

  static OperatorCase of(
      String id, IntegerOperator operator, Function<CaseRandom, List<Int8Array>> inputs) {
    return of(id, random -> operator, inputs);
  }

  static OperatorCase of(
      String id,
      Function<CaseRandom, IntegerOperator> operator,
      Function<CaseRandom, List<Int8Array>> inputs) {
    CaseRandom random = new CaseRandom(id);
    return new OperatorCase(id, operator.apply(random), inputs.apply(random));
  }
}
