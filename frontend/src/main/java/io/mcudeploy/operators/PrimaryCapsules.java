package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/**
 * The first layer of capsules: a convolution, its activation, and the squash of capsules that are
 * neighbouring channels of one pixel.
 *
 * <p>Inputs: those of {@link Conv2d}, with one image. Output: the capsules {@code [1, I, D]} in the
 * memory order of the convolution's result, so that capsule (y · OW + x) · (O / D) + t holds the
 * channels t · D to t · D + D - 1 of pixel (y, x).
 *
 * @param convolution its activation is applied before the squash
 * @param capsuleDimension D, divides the number of filters O
 */
public record PrimaryCapsules(Conv2d convolution, int capsuleDimension, SquashFunction squash)
    implements Operator {

  public PrimaryCapsules {
    if (capsuleDimension < 1) {
      throw new IllegalArgumentException("capsules of " + capsuleDimension + " elements");
    }
  }

  @Override
  public String kind() {
    return "PrimaryCapsules";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Shape image = convolution.outputTypes(inputs).get(0).shape();
    if (image.extent(0) != 1 || image.extent(3) % capsuleDimension != 0) {
      throw new IllegalArgumentException(
          "capsules of " + capsuleDimension + " channels in a convolution's result " + image);
    }
    return List.of(TensorType.floats(capsules(image)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor image = convolution.evaluate(inputs).get(0);
    return new Squash(2, squash).evaluate(List.of(image.reshaped(capsules(image.shape()))));
  }

  @Override
  public long macs(List<TensorType> inputs) {
    return convolution.macs(inputs);
  }

  private Shape capsules(Shape image) {
    return Shape.of(1, image.elements() / capsuleDimension, capsuleDimension);
  }
}
