package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * The mean of the elements under a moving window. One float input {@code [N, H, W, C]}, output
 * {@code [N, OH, OW, C]}.
 *
 * @param ceil whether a last window that does not fit counts, as far as it fits
 * @param countPadding whether the padding's zeros take part in the mean
 */
public record AveragePool2d(
    Size2d kernel,
    Size2d strides,
    Size2d dilations,
    Padding2d padding,
    boolean ceil,
    boolean countPadding)
    implements Operator {
  @Override
  public String kind() {
    return "AveragePool2d";
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
    window()
        .forEachTap(
            image,
            output,
            (pixel, position) -> {
              for (int channel = 0; channel < channels; channel++) {
                results[position + channel] += values[pixel + channel];
              }
            });
    for (int i = 0; i < results.length; i++) {
      int ox = i / channels % output.extent(2);
      int oy = i / channels / output.extent(2) % output.extent(1);
      results[i] /= count(image, oy, ox);
    }
    return List.of(new Tensor.Floats(output, results));
  }

  /** How many elements the mean at one output pixel is taken over. */
  private int count(Shape image, int oy, int ox) {
    int height = image.extent(1);
    int width = image.extent(2);
    int y = oy * strides.height() - padding.top();
    int x = ox * strides.width() - padding.left();
    if (!countPadding) {
      return Window2d.count(y, kernel.height(), dilations.height(), 0, height)
          * Window2d.count(x, kernel.width(), dilations.width(), 0, width);
    }
    return Window2d.count(
            y, kernel.height(), dilations.height(), -padding.top(), height + padding.bottom())
        * Window2d.count(
            x, kernel.width(), dilations.width(), -padding.left(), width + padding.right());
  }

  private Window2d window() {
    return new Window2d(kernel, strides, dilations, padding, ceil);
  }
}
