package io.mcudeploy.quantized.cases;

import io.mcudeploy.operators.Sampling;
import io.mcudeploy.operators.TfliteSampling;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.operators.Resize;
import io.mcudeploy.quantized.operators.Resize.Axis;
import java.util.List;
import java.util.stream.IntStream;

/** Cases of the operators that make images larger or smaller. */
final class ImageCases {
  private ImageCases() {}

  static List<OperatorCase> all() {
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
