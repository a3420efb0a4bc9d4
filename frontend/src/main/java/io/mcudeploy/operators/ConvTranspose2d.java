package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * Transposed convolution: each input pixel adds a scaled copy of the kernel to the output.
 *
 * <p>Inputs: image {@code [N, H, W, C]}, weights {@code [O, KH, KW, C / groups]}, and optionally a
 * bias {@code [O]}. Output: {@code [N, OH, OW, O]}. Groups are as in {@link Conv2d}.
 *
 * @param top rows of the full result that are dropped at the top
 * @param left columns of the full result that are dropped at the left
 * @param kept rows and columns kept from there; beyond the full result stands the bias alone
 * @param activation clamp of the results
 */
public record ConvTranspose2d(
    Size2d strides,
    Size2d dilations,
    int top,
    int left,
    Size2d kept,
    int groups,
    Activation activation)
    implements Operator {

  public ConvTranspose2d {
    if (groups < 1 || top < 0 || left < 0) {
      throw new IllegalArgumentException(
          String.format(
              "ConvTranspose2d of %d groups without %d rows and %d columns", groups, top, left));
    }
  }

  @Override
  public String kind() {
    return "ConvTranspose2d";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 2, 3);
    Shape image = Operands.floats(this, inputs, 0, "image", 4);
    Shape weights = Operands.floats(this, inputs, 1, "weight tensor", 4);
    int filters = weights.extent(0);
    if (weights.extent(3) * groups != image.extent(3) || filters % groups != 0) {
      throw new IllegalArgumentException(
          String.format(
              "ConvTranspose2d of %d groups: an image of %d channels does not fit weights %s",
              groups, image.extent(3), weights));
    }
    Operands.checkBias(this, inputs, 2, filters);
    return List.of(
        TensorType.floats(Shape.of(image.extent(0), kept.height(), kept.width(), filters)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Shape output = outputTypes(inputs.stream().map(Tensor::type).toList()).get(0).shape();
    Shape image = inputs.get(0).shape();
    int filters = output.extent(3);
    float[] results = new float[output.elements()];
    if (inputs.size() > 2) {
      float[] bias = Operands.values(inputs.get(2));
      for (int i = 0; i < results.length; i += filters) {
        System.arraycopy(bias, 0, results, i, filters);
      }
    }
    for (int pixel = 0; pixel < image.elements() / image.extent(3); pixel++) {
      addPixel(pixel, inputs, results, output);
    }
    activation.applyTo(results);
    return List.of(new Tensor.Floats(output, results));
  }

  @Override
  public long macs(List<TensorType> inputs) {
    Shape weights = inputs.get(1).shape();
    return (long) inputs.get(0).shape().elements()
        * weights.extent(1)
        * weights.extent(2)
        * (weights.extent(0) / groups);
  }

  private void addPixel(int pixel, List<Tensor> inputs, float[] results, Shape output) {
    Shape image = inputs.get(0).shape();
    Shape weights = inputs.get(1).shape();
    int n = pixel / image.extent(2) / image.extent(1);
    int firstRow = pixel / image.extent(2) % image.extent(1) * strides.height() - top;
    int firstColumn = pixel % image.extent(2) * strides.width() - left;
    for (int ky = 0; ky < weights.extent(1); ky++) {
      int y = firstRow + ky * dilations.height();
      for (int kx = 0; kx < weights.extent(2); kx++) {
        int x = firstColumn + kx * dilations.width();
        if (y < 0 || y >= output.extent(1) || x < 0 || x >= output.extent(2)) {
          continue;
        }
        int to = ((n * output.extent(1) + y) * output.extent(2) + x) * output.extent(3);
        int tap = (ky * weights.extent(2) + kx) * weights.extent(3);
        addTap(inputs, pixel * image.extent(3), tap, results, to);
      }
    }
  }

  private void addTap(List<Tensor> inputs, int pixel, int tap, float[] results, int to) {
    float[] values = Operands.values(inputs.get(0));
    float[] weights = Operands.values(inputs.get(1));
    int filters = inputs.get(1).shape().extent(0);
    int channels = inputs.get(1).shape().extent(3);
    int perFilter = filters == 0 ? 0 : weights.length / filters;
    for (int filter = 0; filter < filters; filter++) {
      int group = filter / (filters / groups);
      int from = pixel + group * channels;
      results[to + filter] += MatMul.dot(values, from, weights, filter * perFilter + tap, channels);
    }
  }
}
