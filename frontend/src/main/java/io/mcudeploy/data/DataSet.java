package io.mcudeploy.data;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Samples for one input of a network, converted one by one as they are asked for. Immutable and
 * safe to read from several threads.
 *
 * @param file as the user named it, for messages
 * @param numbers the samples, along the first axis
 * @param labels one a sample, where the file holds them (CIFAR-10 does)
 */
public record DataSet(
    String file, NumberArray numbers, Normalization normalization, Optional<NumberArray> labels) {

  /** The number of samples. */
  public int size() {
    return numbers.shape().extent(0);
  }

  /** The shape of one sample as the file has it. */
  public Shape sampleShape() {
    int[] extents = numbers.shape().extents();
    return Shape.of(java.util.Arrays.copyOfRange(extents, 1, extents.length));
  }

  /**
   * One sample in the shape the network takes. Axes of extent 1 may come and go, and an image may
   * change between channels first and channels last where the shapes leave no doubt.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0301 if the shapes do not fit
   */
  public Tensor.Floats sample(int index, Shape wanted) {
    Shape have = sampleShape();
    int[] source = sourceIndices(have, wanted);
    int channelAxis = normalization.channels() == 1 ? -1 : normalization.channelAxis(have);
    if (normalization.channels() > 1 && channelAxis < 0) {
      throw Diagnostic.of(
              Code.E0301,
              new Location.File(file),
              "the samples "
                  + have
                  + " have no axis of "
                  + normalization.channels()
                  + " channels for the mean and deviation given")
          .asException();
    }
    int stride = channelAxis < 0 ? 1 : have.strides()[channelAxis];
    int channels = channelAxis < 0 ? 1 : have.extent(channelAxis);
    int base = index * have.elements();
    float[] values = new float[wanted.elements()];
    for (int i = 0; i < values.length; i++) {
      int from = source.length == 0 ? i : source[i];
      values[i] = normalization.apply(numbers.get(base + from), from / stride % channels);
    }
    return new Tensor.Floats(wanted, values);
  }

  /** The same as a network's input wants it: integers are cut toward zero, all but 0 is true. */
  public Tensor sample(int index, TensorType wanted) {
    Tensor.Floats real = sample(index, wanted.shape());
    if (wanted.element().isFloat()) {
      return real;
    }
    long[] integers = new long[real.values().length];
    for (int i = 0; i < integers.length; i++) {
      float number = real.values()[i];
      integers[i] = wanted.element() == ElementType.BOOL ? (number == 0 ? 0 : 1) : (long) number;
    }
    return new Tensor.Integers(wanted.element(), wanted.shape(), integers);
  }

  /** For each element wanted, its index in the file's sample; empty if the order is the same. */
  private int[] sourceIndices(Shape have, Shape wanted) {
    List<Integer> from = significant(have);
    List<Integer> to = significant(wanted);
    if (from.equals(to)) {
      return new int[0];
    }
    if (have.rank() == 1 && have.elements() == wanted.elements()) {
      return new int[0];
    }
    if (from.size() == 3 && to.equals(List.of(from.get(1), from.get(2), from.get(0)))) {
      return transposed(from.get(0), from.get(1) * from.get(2));
    }
    if (from.size() == 3 && to.equals(List.of(from.get(2), from.get(0), from.get(1)))) {
      return transposed(from.get(0) * from.get(1), from.get(2));
    }
    throw Diagnostic.of(
            Code.E0301,
            new Location.File(file),
            "the samples have shape " + have + ", the network's input is " + wanted)
        .help("give samples of " + wanted.elements() + " numbers each in that shape")
        .asException();
  }

  private static int[] transposed(int rows, int columns) {
    int[] source = new int[rows * columns];
    for (int i = 0; i < source.length; i++) {
      source[i] = i % rows * columns + i / rows;
    }
    return source;
  }

  private static List<Integer> significant(Shape shape) {
    List<Integer> extents = new ArrayList<>();
    for (int extent : shape.extents()) {
      if (extent != 1) {
        extents.add(extent);
      }
    }
    return extents;
  }
}
