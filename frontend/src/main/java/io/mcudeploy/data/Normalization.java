package io.mcudeploy.data;

import io.mcudeploy.ir.Shape;
import java.util.List;

/**
 * From the numbers of a file to the real values the network was trained on: real = (number · scale
 * + offset − mean) / deviation, the last two per channel.
 *
 * @param mean empty, one value, or one a channel
 * @param deviation empty, one value, or one a channel; none is 0
 */
public record Normalization(
    double scale, double offset, List<Double> mean, List<Double> deviation) {

  /** The numbers as they are. */
  public static final Normalization NONE = new Normalization(1, 0, List.of(), List.of());

  public Normalization {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (deviation.contains(0.0)) {
      throw new IllegalArgumentException("a deviation of 0");
    }
  }

  /** How many channels this normalization tells apart: 1 if all are treated alike. */
  public int channels() {
    return Math.max(1, Math.max(mean.size(), deviation.size()));
  }

  /** The real value of one number of one channel. */
  public float apply(double number, int channel) {
    double real = number * scale + offset;
    real -= mean.isEmpty() ? 0 : mean.get(mean.size() == 1 ? 0 : channel);
    real /= deviation.isEmpty() ? 1 : deviation.get(deviation.size() == 1 ? 0 : channel);
    return (float) real;
  }

  /**
   * The axis of a sample that holds the channels, where there are several: the last if its extent
   * fits, else the first that fits.
   *
   * @return −1 if no axis has as many entries as there are channels
   */
  int channelAxis(Shape sample) {
    for (int axis : new int[] {sample.rank() - 1, 0}) {
      if (axis >= 0 && axis < sample.rank() && sample.extent(axis) == channels()) {
        return axis;
      }
    }
    return -1;
  }
}
