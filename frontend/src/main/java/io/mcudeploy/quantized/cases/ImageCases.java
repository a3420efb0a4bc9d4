package io.mcudeploy.quantized.cases;

import io.mcudeploy.operators.Sampling;
import io.mcudeploy.operators.TfliteSampling;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.operators.ConvTranspose2d;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Resize;
import io.mcudeploy.quantized.operators.Resize.Axis;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Cases of the operators that make images larger or smaller. */
final class ImageCases {
  private ImageCases() {}

  static List<OperatorCase> all() {
    return Stream.of(resizes(), transposedConvolutions()).flatMap(List::stream).toList();
  }

  private static List<OperatorCase> transposedConvolutions() {
    return List.of(
        transposed("twice", axis(4, 8, 2, 2, 1, 0), axis(5, 10, 2, 2, 1, 0), 4, 8, 1, -3),
        transposed("overlapping", axis(4, 9, 3, 2, 1, 0), axis(3, 7, 3, 2, 1, 0), 5, 6, 1, 127),
        transposed("cropped", axis(4, 8, 4, 2, 1, 1), axis(5, 10, 4, 2, 1, 1), 3, 7, 1, -128),
        transposed("gaps", axis(3, 9, 2, 3, 1, 0), axis(4, 12, 1, 3, 1, 0), 4, 5, 1, 9),
        transposed("beyond_the_input", axis(3, 9, 3, 2, 1, 0), axis(3, 12, 3, 2, 1, 1), 2, 3, 1, 5),
        transposed("stride_1", axis(5, 5, 3, 1, 1, 1), axis(6, 6, 3, 1, 1, 1), 6, 4, 1, 0),
        transposed("uneven", axis(3, 8, 3, 3, 1, 1), axis(4, 8, 4, 2, 1, 1), 3, 4, 1, -7),
        transposed("dilated", axis(4, 10, 3, 2, 2, 0), axis(4, 10, 3, 1, 3, 0), 4, 6, 1, 20),
        transposed(
            "dilated_3_stride_2", axis(4, 11, 3, 2, 3, 1), axis(3, 8, 2, 2, 3, 0), 3, 2, 1, 1),
        transposed("groups", axis(3, 6, 3, 2, 1, 0), axis(3, 6, 3, 2, 1, 0), 6, 4, 2, -30),
        transposed("depthwise", axis(4, 8, 4, 2, 1, 1), axis(4, 8, 4, 2, 1, 1), 5, 5, 5, 3),
        transposed("row", axis(1, 1, 1, 1, 1, 0), axis(9, 20, 4, 2, 1, 0), 7, 3, 1, -5),
        transposed("one_channel", axis(3, 6, 2, 2, 1, 0), axis(3, 6, 2, 2, 1, 0), 1, 1, 1, 0));
  }

  private static ConvTranspose2d.Axis axis(
      int input, int output, int kernel, int stride, int dilation, int dropped) {
    return new ConvTranspose2d.Axis(input, output, kernel, stride, dilation, dropped);
  }

  private static OperatorCase transposed(
      String name,
      ConvTranspose2d.Axis rows,
      ConvTranspose2d.Axis columns,
      int inputs,
      int outputs,
      int groups,
      int inputZero) {
    String id = "conv_transpose2d/" + name;
    CaseRandom random = new CaseRandom(id);
    int taps = rows.kernel() * columns.kernel();
    int terms = Math.max(1, taps / rows.stride() / columns.stride()) * inputs / groups;
    ConvTranspose2d operator =
        new ConvTranspose2d(
            rows,
            columns,
            inputs,
            outputs,
            groups,
            inputZero,
            random.weights(outputs * taps * (inputs / groups)),
            random.integers(outputs, 4000),
            new OutputStage(random.multipliers(outputs, terms), 4, -128, 127));
    Int8Array image = random.bytes(rows.input() * columns.input() * inputs);
    return new OperatorCase(id, operator, List.of(image));
  }

  private static List<OperatorCase> resizes() {
    return List.of(
        resize("nearest_up", 1, 3, nearest(5, 8), nearest(4, 9)),
        resize("nearest_down", 1, 5, nearest(9, 4), nearest(7, 5)),
        resize("nearest_one_element", 1, 1, nearest(1, 1), nearest(1, 3)),
        resize("nearest_of_many", 3, 1, nearest(4, 7), nearest(3, 5)),
        resize("bilinear_twice", 1, 4, bilinear(6, 12), bilinear(5, 10)),
        resize("bilinear_odd_channels", 1, 7, bilinear(5, 8), bilinear(7, 10)),
        resize("bilinear_down", 1, 3, bilinear(9, 4), bilinear(11, 6)),
        resize("bilinear_of_many", 5, 1, bilinear(4, 7), bilinear(3, 5)),
        resize("one_axis", 2, 6, Axis.identity(1), bilinear(10, 17)),
        resize("one_pixel", 1, 6, bilinear(1, 4), bilinear(1, 3)),
        resize("rows_only", 1, 2, bilinear(4, 9), Axis.identity(5)),
        resize("cubic", 1, 3, cubic(6, 2), cubic(5, 3)),
        extremes("bilinear_extremes", bilinear(4, 9), bilinear(4, 9)),
        extremes("cubic_saturating", cubic(6, 3), cubic(6, 3)));
  }

  private static Axis nearest(int input, int output) {
    return axis(TfliteSampling.nearest(input, output, false, true));
  }

  private static Axis bilinear(int input, int output) {
    return axis(TfliteSampling.bilinear(input, output, false, true));
  }

  /** Four taps halfway between the inner elements, two of them negative. */
  private static Axis cubic(int input, int output) {
    List<Double> weights = List.of(-0.09375, 0.59375, 0.59375, -0.09375);
    List<Sampling.Taps> taps =
        IntStream.range(0, output)
            .mapToObj(first -> new Sampling.Taps(Math.min(first, input - 4), weights))
            .toList();
    return axis(new Sampling(input, taps));
  }

  private static Axis axis(Sampling sampling) {
    return Axis.of(
        sampling.extent(),
        sampling.taps().stream().map(Sampling.Taps::first).toList(),
        sampling.taps().stream().map(Sampling.Taps::weights).toList());
  }

  private static OperatorCase resize(String name, int outer, int inner, Axis rows, Axis columns) {
    Resize resize = new Resize(outer, inner, rows, columns);
    String id = "resize/" + name;
    Int8Array image = new CaseRandom(id).bytes(outer * inner * rows.extent() * columns.extent());
    return new OperatorCase(id, resize, List.of(image));
  }

  private static OperatorCase extremes(String name, Axis rows, Axis columns) {
    String id = "resize/" + name;
    Int8Array image = new CaseRandom(id).extremes(3 * rows.extent() * columns.extent());
    return new OperatorCase(id, new Resize(1, 3, rows, columns), List.of(image));
  }
}
