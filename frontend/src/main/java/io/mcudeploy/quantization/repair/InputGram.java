package io.mcudeploy.quantization.repair;

import java.util.ArrayList;
import java.util.List;

/**
 * Σ x·xᵀ over what a layer's weights are multiplied with, for each group of channels. Where an
 * output has very many weights, only the blocks on the diagonal are kept: memory grows with the
 * number of weights, not with its square.
 */
final class InputGram {
  /** Weights in a block. */
  static final int BLOCK = 512;

  /** Positions that are looked at in one sample; neighbours have much in common. */
  private static final int POSITIONS = 32;

  private final LinearLayer layer;
  private final Patches patches;
  private final float[] patch;

  /** Row-major squares, group by group, block by block. */
  private final List<double[]> sums = new ArrayList<>();

  InputGram(LinearLayer layer, Patches patches) {
    this.layer = layer;
    this.patches = patches;
    this.patch = new float[layer.weightsPerOutput()];
    for (int group = 0; group < layer.groups(); group++) {
      for (int block = 0; block < blocks(); block++) {
        sums.add(new double[size(block) * size(block)]);
      }
    }
  }

  /** How many blocks the weights of one output are divided into. */
  int blocks() {
    return (patch.length + BLOCK - 1) / BLOCK;
  }

  /** Weights in a block: all but the last are full. */
  int size(int block) {
    return Math.min(BLOCK, patch.length - block * BLOCK);
  }

  /** The sums of a block, symmetric. */
  double[] sums(int group, int block) {
    return sums.get(group * blocks() + block);
  }

  /** Takes one sample's input of the layer into account. */
  void add(float[] input, int sample) {
    int positions = patches.positions();
    int count = Math.min(POSITIONS, positions);
    for (int i = 0; i < count; i++) {
      int position = (int) (((long) i * positions / count + sample) % positions);
      for (int group = 0; group < layer.groups(); group++) {
        patches.read(input, position, group, patch);
        for (int block = 0; block < blocks(); block++) {
          add(sums(group, block), block * BLOCK, size(block));
        }
      }
    }
  }

  private void add(double[] square, int start, int size) {
    for (int row = 0; row < size; row++) {
      double value = patch[start + row];
      if (value == 0) {
        continue;
      }
      for (int column = 0; column < size; column++) {
        square[row * size + column] += value * patch[start + column];
      }
    }
  }
}
