package io.mcudeploy.quantized.cases;

import static io.mcudeploy.quantized.StorageType.INT16;
import static io.mcudeploy.quantized.StorageType.INT8;
import static io.mcudeploy.quantized.cases.ConvolutionCases.same;
import static io.mcudeploy.quantized.cases.ConvolutionCases.window;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.AveragePool2d;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.Int16Softmax;
import io.mcudeploy.quantized.operators.InterpolatedTable;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Multiply;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Pad;
import io.mcudeploy.quantized.operators.Reduce;
import io.mcudeploy.quantized.operators.Reduce.Reduction;
import io.mcudeploy.quantized.operators.Requantize;
import io.mcudeploy.quantized.operators.Rescale;
import io.mcudeploy.quantized.operators.Window;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Cases with int16 activations: symmetric ones, as TFLite's, and others, as ONNX permits. */
final class Int16Cases {
  private static final Quantization FINE = new Quantization(1e-4, 0, INT16);
  private static final Quantization COARSE = new Quantization(7e-4, 0, INT16);
  private static final Quantization SHIFTED = new Quantization(3e-4, -21000, INT16);
  private static final Quantization BYTES = new Quantization(0.05, 20);

  private Int16Cases() {}

  static List<OperatorCase> all() {
    return Stream.of(
            convolutions(), matrices(), pools(), elementwise(), reductions(), moves(), functions())
        .flatMap(List::stream)
        .toList();
  }

  private static List<OperatorCase> convolutions() {
    return List.of(
        conv("int16_basic_3x3", same(8, 8, 4, 3, 3, 1, 1), 8, 1, 0, INT16),
        conv("int16_unpadded", Window.valid(7, 7, 5, 3, 3, 2, 2), 6, 1, 0, INT16),
        conv("int16_pointwise", Window.valid(5, 5, 13, 1, 1, 1, 1), 7, 1, 0, INT16),
        conv("int16_dilation_2", window(9, 9, 4, 9, 9, 3, 3, 1, 1, 2, 2, 2, 2), 4, 1, 0, INT16),
        conv("int16_groups_odd_depth", same(5, 5, 9, 3, 3, 1, 1), 6, 3, 0, INT16),
        conv("int16_shifted", same(6, 6, 4, 3, 3, 1, 1), 5, 1, -32768, INT16),
        conv("int16_shifted_unpadded", Window.valid(6, 6, 4, 3, 3, 1, 1), 5, 1, 12345, INT16),
        conv("int16_shifted_pointwise", Window.valid(4, 4, 9, 1, 1, 1, 1), 6, 1, 32767, INT16),
        conv("int16_shifted_groups", same(5, 5, 6, 3, 3, 1, 1), 4, 2, 900, INT16),
        conv("int16_64_bit_sums", same(4, 4, 67, 3, 3, 1, 1), 5, 1, 0, INT16),
        conv("int16_64_bit_sums_unpadded", Window.valid(4, 4, 67, 3, 3, 1, 1), 5, 1, -70, INT16),
        conv("int16_64_bit_sums_pointwise", Window.valid(3, 3, 611, 1, 1, 1, 1), 5, 1, 0, INT16),
        conv("int16_64_bit_sums_general", same(4, 4, 134, 3, 3, 1, 1), 4, 2, 0, INT16),
        conv("int16_to_int8", same(6, 6, 4, 3, 3, 1, 1), 5, 1, 0, INT8),
        depthwise("int16_basic_3x3", same(8, 8, 8, 3, 3, 1, 1), 1, 0),
        depthwise("int16_unpadded", Window.valid(8, 9, 5, 3, 3, 2, 2), 1, 0),
        depthwise("int16_one_channel", same(6, 6, 1, 3, 3, 1, 1), 1, 0),
        depthwise("int16_multiplier_3", same(4, 4, 5, 3, 3, 1, 1), 3, 0),
        depthwise("int16_shifted", same(7, 7, 6, 5, 5, 1, 1), 1, -20000),
        depthwise("int16_shifted_unpadded", Window.valid(7, 7, 6, 3, 3, 1, 1), 1, 32767),
        depthwise("int16_64_bit_sums", Window.valid(23, 24, 4, 23, 23, 1, 1), 1, 0),
        of(
            "conv2d/int8_to_int16",
            random -> {
              Window window = same(6, 6, 4, 3, 3, 1, 1);
              return new Conv2d(
                  window,
                  5,
                  1,
                  -17,
                  random.weights(5 * 36),
                  random.integers(5, 4000),
                  stage(
                      random.multipliers(5, 36).stream()
                          .map(m -> new Multiplier(m.multiplier(), m.shift() - 8))
                          .toList(),
                      INT16));
            },
            random -> List.of(random.bytes(144))));
  }

  private static List<OperatorCase> matrices() {
    return List.of(
        fullyConnected("int16_basic", 1, 16, 8, 0, INT16),
        fullyConnected("int16_odd", 1, 13, 7, 0, INT16),
        fullyConnected("int16_shifted", 1, 31, 6, -32768, INT16),
        fullyConnected("int16_rows", 3, 10, 6, 77, INT16),
        fullyConnected("int16_64_bit_sums", 1, 1027, 10, 0, INT16),
        fullyConnected("int16_to_int8", 1, 40, 10, 0, INT8),
        of(
            "fully_connected/int16_extremes",
            random ->
                new FullyConnected(
                    1,
                    700,
                    3,
                    INT16,
                    0,
                    random.extremes(2100),
                    random.integers(3, 1 << 30),
                    stage(List.of(Multiplier.of(3e-6).forSumsUpTo(1L << 33)), 3)),
            random -> List.of(random.extremeShorts(700))),
        of(
            "fully_connected/int16_multipliers_of_16_bits",
            random ->
                new FullyConnected(
                    1,
                    20,
                    4,
                    INT16,
                    0,
                    random.weights(80),
                    random.integers(4, 1 << 20),
                    stage(
                        random.multipliers(4, 20).stream()
                            .map(m -> m.forSumsUpTo(1L << 46))
                            .toList(),
                        INT16)),
            random -> List.of(random.shorts(20))));
  }

  private static List<OperatorCase> pools() {
    return List.of(
        pool(new MaxPool2d(Window.valid(6, 6, 5, 2, 2, 2, 2), -32768, 32767, INT16), "int16"),
        pool(new MaxPool2d(same(5, 5, 6, 3, 3, 1, 1), -9000, 20000, INT16), "int16_padded"),
        pool(new AveragePool2d(Window.valid(6, 6, 5, 2, 2, 2, 2), -32768, 32767, INT16), "int16"),
        pool(new AveragePool2d(same(5, 5, 6, 3, 3, 1, 1), -9000, 9000, INT16), "int16_padded"),
        pool(
            new AveragePool2d(Window.valid(7, 7, 9, 7, 7, 1, 1), -32768, 32767, INT16),
            "int16_whole_image"));
  }

  private static OperatorCase pool(MaxPool2d pool, String name) {
    return of(
        "max_pool2d/" + name,
        pool,
        random -> List.of(random.shorts(pool.window().inputElements())));
  }

  private static OperatorCase pool(AveragePool2d pool, String name) {
    return of(
        "average_pool2d/" + name,
        pool,
        random -> List.of(random.shorts(pool.window().inputElements())));
  }

  private static List<OperatorCase> elementwise() {
    Shape vector = Shape.of(33);
    return List.of(
        sum(
            "int16_same_scale",
            vector,
            vector,
            false,
            FINE,
            FINE,
            new Quantization(2e-4, 0, INT16)),
        sum("int16_other_scales", vector, vector, false, FINE, COARSE, COARSE),
        sum("int16_difference", vector, vector, true, COARSE, FINE, COARSE),
        sum("int16_saturating", vector, vector, false, COARSE, COARSE, FINE),
        sum("int16_shifted", vector, vector, false, SHIFTED, FINE, SHIFTED),
        sum("int16_channels", Shape.of(4, 4, 6), Shape.of(6), false, FINE, COARSE, COARSE),
        product("int16_basic", vector, vector, 0, 0, INT16),
        product("int16_channels", Shape.of(5, 6), Shape.of(6), 0, 0, INT16),
        product("int16_shifted", vector, vector, -32768, 32767, INT16),
        product("int16_to_int8", vector, vector, 0, 0, INT8),
        rescaled("int16_finer", COARSE, FINE),
        rescaled("int16_coarser", FINE, SHIFTED),
        rescaled("int16_identity", SHIFTED, SHIFTED),
        rescaled("int16_to_int8", FINE, BYTES),
        rescaled("int8_to_int16", BYTES, COARSE),
        rescaled("int8_widened", BYTES, BYTES.storedAs(INT16)));
  }

  private static List<OperatorCase> reductions() {
    return List.of(
        reduction("int16_mean_49", Reduction.SUM, 49, 8, 0, 1.3 / 49, INT16),
        reduction("int16_sum", Reduction.SUM, 9, 1, -32768, 0.2, INT16),
        reduction("int16_max", Reduction.MAX, 9, 3, 4000, 1, INT16),
        reduction("int16_mean_to_int8", Reduction.SUM, 16, 4, 0, 1.0 / (16 * 256), INT8));
  }

  private static List<OperatorCase> moves() {
    return List.of(
        of(
            "copy/int16_nchw_to_nhwc",
            new Copy(INT16, 60, Shape.of(4, 5, 3), List.of(5, 1, 20), 0),
            random -> List.of(random.shorts(60))),
        of(
            "copy/int16_reversed",
            new Copy(INT16, 12, Shape.of(12), List.of(-1), 11),
            random -> List.of(random.shorts(12))),
        of(
            "pad/int16_image",
            new Pad(Shape.of(4, 5, 3), List.of(1, 2, 0), List.of(2, 0, 0), -30000, INT16),
            random -> List.of(random.shorts(60))),
        of(
            "concat/int16_and_int8",
            new Concat(
                3,
                List.of(4, 5, 2),
                List.of(
                    Rescale.of(FINE, FINE), Rescale.of(BYTES, FINE), Rescale.of(SHIFTED, FINE))),
            random -> List.of(random.shorts(12), random.bytes(15), random.shorts(6))),
        of(
            "concat/int16_to_int8",
            new Concat(
                2, List.of(4, 5), List.of(Rescale.of(FINE, BYTES), Rescale.of(BYTES, BYTES))),
            random -> List.of(random.shorts(8), random.bytes(10))));
  }

  private static List<OperatorCase> functions() {
    return List.of(
        of(
            "interpolated_table/random",
            random -> new InterpolatedTable(300, integers(random.shorts(513))),
            random -> List.of(random.shorts(300))),
        of(
            "interpolated_table/extremes",
            random -> new InterpolatedTable(8, integers(random.extremeShorts(513))),
            random -> List.of(random.extremeShorts(8))),
        softmax("ten_classes", 1, 10, 1, 5e-4),
        softmax("rows", 4, 7, 1, 1e-4),
        softmax("strided", 2, 5, 3, 2e-3),
        softmax("one_class", 3, 1, 1, 1e-3),
        softmax("sharp", 2, 12, 1, 0.5),
        softmax("flat", 2, 12, 1, 1e-9),
        softmax("thousand_classes", 1, 1000, 1, 2e-4));
  }

  private static OperatorCase softmax(String name, int outer, int depth, int inner, double scale) {
    return of(
        "int16_softmax/" + name,
        Int16Softmax.of(outer, depth, inner, scale),
        random -> List.of(random.shorts(outer * depth * inner)));
  }

  private static Int32Array integers(Int8Array image) {
    int[] integers = new int[image.length() / 2];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = INT16.get(image.toArray(), i);
    }
    return Int32Array.of(integers);
  }

  private static OperatorCase conv(
      String name, Window window, int outputs, int groups, int inputZero, StorageType output) {
    int terms = window.kernelHeight() * window.kernelWidth() * window.inputChannels() / groups;
    return of(
        "conv2d/" + name,
        random ->
            new Conv2d(
                window,
                outputs,
                groups,
                INT16,
                inputZero,
                random.weights(outputs * terms),
                random.integers(outputs, 1_000_000),
                stage(multipliers(random, outputs, terms, output), output)),
        random -> List.of(random.shorts(window.inputElements())));
  }

  private static OperatorCase depthwise(String name, Window window, int multiplier, int inputZero) {
    int terms = window.kernelHeight() * window.kernelWidth();
    int outputs = window.inputChannels() * multiplier;
    return of(
        "depthwise_conv2d/" + name,
        random ->
            new DepthwiseConv2d(
                window,
                multiplier,
                INT16,
                inputZero,
                random.weights(outputs * terms),
                random.integers(outputs, 1_000_000),
                stage(multipliers(random, outputs, terms, INT16), INT16)),
        random -> List.of(random.shorts(window.inputElements())));
  }

  private static OperatorCase fullyConnected(
      String name, int rows, int inputs, int outputs, int inputZero, StorageType output) {
    return of(
        "fully_connected/" + name,
        random ->
            new FullyConnected(
                rows,
                inputs,
                outputs,
                INT16,
                inputZero,
                random.weights(inputs * outputs),
                random.integers(outputs, 1_000_000),
                stage(multipliers(random, outputs, inputs, output), output)),
        random -> List.of(random.shorts(rows * inputs)));
  }

  /** Factors for sums of int16 by int8, 256 times those for int8 by int8, that fit such sums. */
  private static List<Multiplier> multipliers(
      CaseRandom random, int count, int terms, StorageType output) {
    long bound = 1_000_000 + terms * 127L * 65_535;
    return random.multipliers(count, terms).stream()
        .map(m -> output == INT16 ? m : new Multiplier(m.multiplier(), m.shift() + 8))
        .map(m -> m.forSumsUpTo(bound))
        .toList();
  }

  private static OutputStage stage(List<Multiplier> multipliers, StorageType storage) {
    return storage == INT16
        ? new OutputStage(multipliers, -300, -30_000, 32_767, INT16)
        : new OutputStage(multipliers, -3, -128, 120);
  }

  private static OutputStage stage(List<Multiplier> multiplier, int outputs) {
    return stage(Collections.nCopies(outputs, multiplier.get(0)), INT16);
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
        Add.of(
            Broadcast.of(left, right),
            subtract,
            leftScale,
            rightScale,
            outputScale,
            -32_768,
            32_767),
        random -> List.of(random.shorts(left.elements()), random.shorts(right.elements())));
  }

  private static OperatorCase product(
      String name, Shape left, Shape right, int leftZero, int rightZero, StorageType output) {
    double factor = output == INT16 ? 4e-5 : 1.5e-7;
    return of(
        "multiply/" + name,
        new Multiply(
            Broadcast.of(left, right),
            INT16,
            leftZero,
            rightZero,
            stage(List.of(Multiplier.of(factor).forSumsUpTo(1L << 32)), output)),
        random -> List.of(random.shorts(left.elements()), random.shorts(right.elements())));
  }

  private static OperatorCase rescaled(String name, Quantization from, Quantization to) {
    return of(
        "requantize/" + name,
        new Requantize(150, Rescale.of(from, to)),
        random -> List.of(random.bytes(150 * from.storage().bytes())));
  }

  private static OperatorCase reduction(
      String name,
      Reduction reduction,
      int depth,
      int inner,
      int inputZero,
      double factor,
      StorageType output) {
    return of(
        "reduce/" + name,
        new Reduce(
            reduction,
            3,
            depth,
            inner,
            INT16,
            inputZero,
            stage(List.of(Multiplier.of(factor)), output)),
        random -> List.of(random.shorts(3 * depth * inner)));
  }

  private static OperatorCase of(
      String id, IntegerOperator operator, Function<CaseRandom, List<Int8Array>> inputs) {
    return of(id, random -> operator, inputs);
  }

  private static OperatorCase of(
      String id,
      Function<CaseRandom, IntegerOperator> operator,
      Function<CaseRandom, List<Int8Array>> inputs) {
    CaseRandom random = new CaseRandom(id);
    return new OperatorCase(id, operator.apply(random), inputs.apply(random));
  }
}
