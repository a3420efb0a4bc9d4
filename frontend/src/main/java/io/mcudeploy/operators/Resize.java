package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Interpolates between elements, each axis by itself. One input: real numbers, or numbers of any
 * type if every axis only picks elements.
 *
 * @param axes one for each axis of the input
 * @param outside what stands where an axis lies outside the input
 */
public record Resize(List<Sampling> axes, double outside) implements Operator {
  public Resize {
    axes = List.copyOf(axes);
  }

  @Override
  public String kind() {
    return "Resize";
  }

  /** Whether every element of the output is an element of the input. */
  public boolean picks() {
    return axes.stream().allMatch(Sampling::picks);
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Shape input =
        picks() ? inputs.get(0).shape() : Operands.floats(this, inputs, 0, "input", axes.size());
    if (!axes.stream().map(Sampling::extent).toList().equals(extents(input))) {
      throw new IllegalArgumentException("Resize of axes " + axes + " does not fit " + input);
    }
    Shape output = Shape.of(axes.stream().map(axis -> axis.taps().size()).toList());
    return List.of(new TensorType(inputs.get(0).element(), output));
  }

  private static List<Integer> extents(Shape shape) {
    return IntStream.of(shape.extents()).boxed().toList();
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor result = inputs.get(0);
    for (int axis = 0; axis < axes.size(); axis++) {
      Sampling sampling = axes.get(axis);
      if (sampling.isIdentity()) {
        continue;
      }
      result =
          sampling.picks()
              ? pick(result, axis, sampling)
              : interpolate((Tensor.Floats) result, axis, sampling);
    }
    return List.of(result);
  }

  private static Tensor pick(Tensor input, int axis, Sampling sampling) {
    List<Integer> sources = sampling.taps().stream().map(Sampling.Taps::first).toList();
    return new Gather(axis, sources).evaluate(List.of(input)).get(0);
  }

  private Tensor interpolate(Tensor.Floats input, int axis, Sampling sampling) {
    int outputs = sampling.taps().size();
    Shape shape = input.shape().with(axis, outputs);
    int stride = input.shape().strides()[axis];
    float[] from = input.values();
    float[] results = new float[shape.elements()];
    for (int i = 0; i < results.length; i++) {
      int block = i / (stride * outputs) * stride * sampling.extent() + i % stride;
      Sampling.Taps taps = sampling.taps().get(i / stride % outputs);
      double sum = taps.weights().isEmpty() ? outside : 0;
      for (int tap = 0; tap < taps.weights().size(); tap++) {
        sum += from[block + (taps.first() + tap) * stride] * taps.weights().get(tap);
      }
      results[i] = (float) sum;
    }
    return new Tensor.Floats(shape, results);
  }

  @Override
  public long macs(List<TensorType> inputs) {
    long taps = 1;
    for (Sampling axis : axes) {
      taps *= axis.taps().stream().mapToInt(each -> each.weights().size()).max().orElse(1);
    }
    return taps == 1 ? 0 : taps * outputTypes(inputs).get(0).shape().elements();
  }
}
