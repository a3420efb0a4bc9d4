package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * The greatest element under a moving window. One input {@code [N, H, W, C]} of real numbers or
 * integers, output {@code [N, OH, OW, C]}. Padding never is the greatest.
 *
 * @param ceil whether a last window that does not fit counts, as far as it fits
 */
public record MaxPool2d(
    Size2d kernel, Size2d strides, Size2d dilations, Padding2d padding, boolean ceil)
    implements Operator {
  @Override
  public String kind() {
    return "MaxPool2d";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    TensorType image = inputs.get(0);
    Operands.checkRank(this, image, "image", 4);
    Shape shape = image.shape();
    return List.of(new TensorType(image.element(), window().output(this, shape, shape.extent(3))));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape image = inputs.get(0).shape();
    Shape output = window().output(this, image, image.extent(3));
    return List.of(
        inputs.get(0) instanceof Tensor.Integers integers
            ? greatest(integers, output)
            : greatest((Tensor.Floats) inputs.get(0), output));
  }

  private Tensor greatest(Tensor.Floats image, Shape output) {
    int channels = output.extent(3);
    float[] values = image.values();
    float[] results = new float[output.elements()];
    Arrays.fill(results, Float.NEGATIVE_INFINITY);
    window()
        .forEachTap(
            image.shape(),
            output,
            (pixel, position) -> {
              for (int channel = 0; channel < channels; channel++) {
                results[position + channel] =
                    Math.max(results[position + channel], values[pixel + channel]);
              }
            });
    return new Tensor.Floats(output, results);
  }

  private Tensor greatest(Tensor.Integers image, Shape output) {
    int channels = output.extent(3);
    long[] values = image.values();
    long[] results = new long[output.elements()];
    Arrays.fill(results, Elements.lowest(image.element()));
    window()
        .forEachTap(
            image.shape(),
            output,
            (pixel, position) -> {
              for (int channel = 0; channel < channels; channel++) {
                results[position + channel] =
                    Math.max(results[position + channel], values[pixel + channel]);
              }
            });
    return new Tensor.Integers(image.element(), output, results);
  }

  private Window2d window() {
    return new Window2d(kernel, strides, dilations, padding, ceil);
  }
}
