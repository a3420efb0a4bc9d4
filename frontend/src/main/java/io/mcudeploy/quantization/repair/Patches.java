package io.mcudeploy.quantization.repair;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Conv2d;

/**
 * What a layer's weights are multiplied with: for each position of the output, and each group of
 * channels, one number for each weight of an output, in the order of the weights.
 */
final class Patches {
  private final LinearLayer layer;
  private final Shape input;
  private final Shape output;

  Patches(LinearLayer layer, Shape input, Shape output) {
    this.layer = layer;
    this.input = input;
    this.output = output;
  }

  int positions() {
    return output.elements() / output.extent(-1);
  }

  /** The numbers at a position, zeros for padding. */
  void read(float[] values, int position, int group, float[] patch) {
    if (layer.node().operator() instanceof Conv2d conv) {
      read(values, conv, position, group, patch);
    } else {
      System.arraycopy(values, position * patch.length, patch, 0, patch.length);
    }
  }

  private void read(float[] values, Conv2d conv, int position, int group, float[] patch) {
    int height = input.extent(1);
    int width = input.extent(2);
    int channels = layer.shape().extent(3);
    int image = position / (output.extent(1) * output.extent(2));
    int top =
        position / output.extent(2) % output.extent(1) * conv.strides().height()
            - conv.padding().top();
    int left = position % output.extent(2) * conv.strides().width() - conv.padding().left();
    int to = 0;
    for (int ky = 0; ky < layer.shape().extent(1); ky++) {
      int y = top + ky * conv.dilations().height();
      for (int kx = 0; kx < layer.shape().extent(2); kx++, to += channels) {
        int x = left + kx * conv.dilations().width();
        boolean inside = y >= 0 && y < height && x >= 0 && x < width;
        for (int c = 0; c < channels; c++) {
          int pixel = ((image * height + y) * width + x) * input.extent(3);
          patch[to + c] = inside ? values[pixel + group * channels + c] : 0;
        }
      }
    }
  }
}
