package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * The greatest element under a moving window. One float input {@code [N, H, W, C]}, output {@code
 * [N, OH, OW, C]}. Padding never is the greatest.
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
    Shape image = Operands.floats(this, inputs, 0, "image", 4);
    return List.of(TensorType.floats(window().output(this, image, image.extent(3))));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape image = inputs.get(0).shape();
    float[] values = Operands.values(inputs.get(0));
    int channels = image.extent(3);
    Shape output = window().output(this, image, channels);
    float[] results = new float[output.elements()];
    Arrays.fill(results, Float.NEGATIVE_INFINITY);
    window()
        .forEachTap(
            image,
            output,
            (pixel, position) -> {
              for (int channel = 0; channel < channels; channel++) {
                results[position + channel] =
                    Math.max(results[position + channel], values[pixel + channel]);
              }
            });
    return List.of(new Tensor.Floats(output, results));
  }

  private Window2d window() {
    return new Window2d(kernel, strides, dilations, padding, ceil);
  }
}
