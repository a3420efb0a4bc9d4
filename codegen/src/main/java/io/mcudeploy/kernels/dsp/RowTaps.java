package io.mcudeploy.kernels.dsp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One kernel row of a depthwise convolution over one channel's int16 row, for neighbouring outputs
 * at once: which input words are loaded, and which instruction multiplies which word of weights
 * into which sum. Two taps of an output that lie in one input word are one SMLAD; a tap alone in
 * its word multiplies halves, so every tap is multiplied exactly once and what else is in the words
 * does not matter.
 *
 * @param two the products of two outputs, in the order of the input words; those of further pairs
 *     are the same, {@code stride} words on
 * @param weights the pairs of kernel columns in each word of weights; -1 for none
 */
record RowTaps(List<Product> two, List<Weights> weights, int stride) {
  /**
   * @param input word of the row, from the word of the first output's first tap
   * @param column of the output
   * @param word the instruction
   * @param tap the first one that it multiplies
   * @param weight index into the row's words of weights
   */
  record Product(int input, int column, String word, int tap, int weight) {
    private Product moved(int pairs, int stride) {
      return new Product(input + pairs * stride, column + 2 * pairs, word, tap, weight);
    }
  }

  /** Kernel columns in the low and the high half; -1 for none. */
  record Weights(int low, int high) {}

  RowTaps {
    two = List.copyOf(two);
    weights = List.copyOf(weights);
  }

  static RowTaps of(int kernelWidth, int stride, int dilation) {
    List<Weights> weights = new ArrayList<>();
    List<Product> products = new ArrayList<>();
    List<Integer> singles = new ArrayList<>();
    for (int sum = 0; sum < 2; sum++) {
      for (int tap = 0; tap < kernelWidth; tap++) {
        int column = sum * stride + tap * dilation;
        if (dilation == 1 && column % 2 == 0 && tap + 1 < kernelWidth) {
          Weights both = new Weights(tap, tap + 1);
          if (!weights.contains(both)) {
            weights.add(both);
          }
          products.add(new Product(column / 2, sum, "smlad", tap, weights.indexOf(both)));
          tap++;
        } else {
          singles.add(sum * kernelWidth + tap);
        }
      }
    }
    for (int single : singles) {
      int sum = single / kernelWidth;
      int tap = single % kernelWidth;
      products.add(single(sum * stride + tap * dilation, sum, tap, kernelWidth, weights));
    }
    products.sort(Comparator.comparingInt(Product::input).thenComparingInt(Product::column));
    return new RowTaps(products, weights, stride);
  }

  /** The input words that so many outputs need. */
  int words(int columns) {
    return products(columns).stream().mapToInt(Product::input).max().orElseThrow() + 1;
  }

  /** The products of so many neighbouring outputs. */
  List<Product> products(int columns) {
    return IntStream.range(0, (columns + 1) / 2)
        .boxed()
        .flatMap(pair -> two.stream().map(product -> product.moved(pair, stride)))
        .filter(product -> product.column() < columns)
        .toList();
  }

  private static Product single(
      int column, int sum, int tap, int kernelWidth, List<Weights> weights) {
    int index = -1;
    for (int i = 0; i < weights.size(); i++) {
      if (weights.get(i).low() == tap || weights.get(i).high() == tap) {
        index = i;
      }
    }
    if (index < 0) {
      index = weights.size();
      weights.add(new Weights(tap, tap + 1 < kernelWidth ? tap + 1 : -1));
    }
    String word =
        "smla" + (column % 2 == 0 ? "b" : "t") + (weights.get(index).low() == tap ? "b" : "t");
    return new Product(column / 2, sum, word, tap, index);
  }
}
