package io.mcudeploy.operators;

import io.mcudeploy.operators.Sampling.Taps;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * How TFLite's RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR choose and weigh neighbours, bit for bit
 * as its reference kernels for int8 do: the bilinear coordinates have 10 fraction bits.
 */
public final class TfliteSampling {
  private static final int ONE = 1 << 10;

  private TfliteSampling() {}

  /** One axis of RESIZE_NEAREST_NEIGHBOR. */
  public static Sampling nearest(
      int input, int output, boolean alignCorners, boolean halfPixelCenters) {
    boolean corners = alignCorners && output > 1;
    float scale = corners ? (input - 1) / (float) (output - 1) : input / (float) output;
    float offset = halfPixelCenters ? 0.5f : 0;
    return sampling(
        input,
        output,
        position -> {
          float coordinate = (position + offset) * scale;
          double rounded = Math.floor(alignCorners ? coordinate + 0.5f : coordinate);
          return Taps.at((int) Math.min(input - 1, rounded));
        });
  }

  /** One axis of RESIZE_BILINEAR. */
  public static Sampling bilinear(
      int input, int output, boolean alignCorners, boolean halfPixelCenters) {
    boolean corners = alignCorners && output > 1;
    int from = corners ? input - 1 : input;
    int to = corners ? output - 1 : output;
    int step = (ONE * from + to / 2) / to;
    int offset = halfPixelCenters ? step / 2 - ONE / 2 : 0;
    return sampling(
        input,
        output,
        position -> {
          // Before the first and behind the last element both neighbours are that one.
          int coordinate = Math.max(0, Math.min((input - 1) * ONE, position * step + offset));
          int first = coordinate / ONE;
          double fraction = (double) (coordinate % ONE) / ONE;
          return fraction == 0 ? Taps.at(first) : new Taps(first, List.of(1 - fraction, fraction));
        });
  }

  private static Sampling sampling(int input, int output, IntFunction<Taps> taps) {
    return new Sampling(input, IntStream.range(0, output).mapToObj(taps).toList());
  }
}
