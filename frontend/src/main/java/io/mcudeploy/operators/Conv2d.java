package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Two-dimensional convolution, in the sense of neural networks (the kernel is not mirrored).
 *
 * <p>Inputs: image {@code [N, H, W, C]}, weights {@code [O, KH, KW, C / groups]}, and optionally a
 * bias {@code [O]}. Output: {@code [N, OH, OW, O]}. Output channels are divided into as many groups
 * of neighbours as the input channels, and each group sees only its own input channels; {@code
 * groups == C} is a depthwise convolution.
 *
 * @param padding zeros around the image
 * @param activation clamp of the results
 */
public record Conv2d(
    Size2d strides, Size2d dilations, Padding2d padding, int groups, Activation activation)
    implements Operator {

  public Conv2d {
    if (groups < 1) {
      throw new IllegalArgumentException("Conv2d needs at least one group, not " + groups);
    }
  }

  @Override
  public String kind() {
    return "Conv2d";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 2, 3);
    Shape image = Operands.floats(this, inputs, 0, "image", 4);
    Shape weights = Operands.floats(this, inputs, 1, "weight tensor", 4);
    int channels = image.extent(3);
    int filters = weights.extent(0);
    if (weights.extent(3) * groups != channels || filters % groups != 0) {
      throw new IllegalArgumentException(
          String.format(
              "Conv2d of %d groups: an image of %d channels does not fit %d filters of %d channels",
              groups, channels, filters, weights.extent(3)));
    }
    Operands.checkBias(this, inputs, 2, filters);
    return List.of(TensorType.floats(window(weights).output(this, image, filters)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape image = inputs.get(0).shape();
    Shape weights = inputs.get(1).shape();
    int filters = weights.extent(0);
    Shape output = window(weights).output(this, image, filters);
    float[] results = new float[output.elements()];
    if (inputs.size() > 2) {
      float[] bias = Operands.values(inputs.get(2));
      for (int i = 0; i < results.length; i += filters) {
        System.arraycopy(bias, 0, results, i, filters);
      }
    }
    float[] packed = filtersInnermost(Operands.values(inputs.get(1)), weights);
    accumulate(Operands.values(inputs.get(0)), image, packed, weights, results, output);
    activation.applyTo(results);
    return List.of(new Tensor.Floats(output, results));
  }

  @Override
  public long macs(List<TensorType> inputs) {
    Shape weights = inputs.get(1).shape();
    long perResult = (long) weights.extent(1) * weights.extent(2) * weights.extent(3);
    return perResult * outputTypes(inputs).get(0).shape().elements();
  }

  private Window2d window(Shape weights) {
    return new Window2d(
        new Size2d(weights.extent(1), weights.extent(2)), strides, dilations, padding, false);
  }

  /**
   * The weights as {@code [KH, KW, C / groups, O]}, so that the innermost loop runs over neighbours
   * of both weights and results, which the virtual machine turns into vector instructions.
   */
  private static float[] filtersInnermost(float[] weights, Shape shape) {
    int filters = shape.extent(0);
    int size = filters == 0 ? 0 : weights.length / filters;
    float[] packed = new float[weights.length];
    for (int filter = 0; filter < filters; filter++) {
      for (int i = 0; i < size; i++) {
        packed[i * filters + filter] = weights[filter * size + i];
      }
    }
    return packed;
  }

  private void accumulate(
      float[] image,
      Shape imageShape,
      float[] weights,
      Shape weightShape,
      float[] results,
      Shape output) {
    int height = imageShape.extent(1);
    int width = imageShape.extent(2);
    int channels = imageShape.extent(3);
    int filters = output.extent(3);
    int position = 0;
    for (int n = 0; n < output.extent(0); n++) {
      for (int oy = 0; oy < output.extent(1); oy++) {
        for (int ox = 0; ox < output.extent(2); ox++, position += filters) {
          for (int ky = 0; ky < weightShape.extent(1); ky++) {
            int y = oy * strides.height() - padding.top() + ky * dilations.height();
            if (y < 0 || y >= height) {
              continue;
            }
            for (int kx = 0; kx < weightShape.extent(2); kx++) {
              int x = ox * strides.width() - padding.left() + kx * dilations.width();
              if (x < 0 || x >= width) {
                continue;
              }
              int pixel = ((n * height + y) * width + x) * channels;
              int tap = (ky * weightShape.extent(2) + kx) * weightShape.extent(3) * filters;
              addTap(image, pixel, weights, tap, weightShape.extent(3), results, position, filters);
            }
          }
        }
      }
    }
  }

  /** Adds one kernel position's contribution to all filters of one output pixel. */
  private void addTap(
      float[] image,
      int pixel,
      float[] weights,
      int tap,
      int channelsPerGroup,
      float[] results,
      int position,
      int filters) {
    if (channelsPerGroup == 1 && groups == filters) {
      for (int channel = 0; channel < filters; channel++) {
        results[position + channel] += image[pixel + channel] * weights[tap + channel];
      }
      return;
    }
    int filtersPerGroup = filters / groups;
    for (int group = 0; group < groups; group++) {
      int first = group * filtersPerGroup;
      for (int channel = 0; channel < channelsPerGroup; channel++) {
        float value = image[pixel + group * channelsPerGroup + channel];
        addScaled(
            value,
            weights,
            tap + channel * filters + first,
            results,
            position + first,
            filtersPerGroup);
      }
    }
  }

  private static void addScaled(
      float factor, float[] weights, int from, float[] results, int to, int count) {
    for (int i = 0; i < count; i++) {
      results[to + i] += factor * weights[from + i];
    }
  }
}
