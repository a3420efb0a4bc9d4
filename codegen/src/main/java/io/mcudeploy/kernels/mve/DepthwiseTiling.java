package io.mcudeploy.kernels.mve;

import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * How a depthwise window is cut into vectors. Four pixels of a channel are put side by side in a
 * word, and a vector is four such words: a patch of four rows by four columns or, where the kernel
 * is one row, 16 neighbours of a row. An output is the dot product of the patches it sees with its
 * weights, which are 0 where the patch is larger than the window. A block is four outputs, of one
 * row or of two; neighbours share patches, with their weights moved.
 *
 * @param window what is computed, of one row where it is a single column of pixels
 * @param along whether a word is four neighbours of a row instead of a column
 * @param blockRows output rows of a block, 1 or 2
 * @param gathers the patches of a block
 * @param weights the distinct vectors of weights
 */
record DepthwiseTiling(
    Window window, boolean along, int blockRows, List<Gather> gathers, List<Taps> weights) {
  private static final int LANES = 16;
  private static final int WORD = 4;
  private static final int OUTPUTS = 4;
  private static final int MOST_AHEAD = 2;

  /**
   * A patch that is loaded.
   *
   * @param wordRow four rows of the image each
   * @param column of its first word, from the block's first
   */
  record Gather(int wordRow, int column, List<Product> products) {
    Gather {
      products = List.copyOf(products);
    }
  }

  /**
   * One dot product.
   *
   * @param output of the block, row by row
   * @param weights which of {@link DepthwiseTiling#weights}
   */
  record Product(int output, int weights) {}

  /** The tap of the kernel that each lane of a vector holds, {@link #NONE} for weight 0. */
  record Taps(List<Integer> lanes) {
    static final int NONE = -1;

    Taps {
      lanes = List.copyOf(lanes);
    }

    boolean isEmpty() {
      return lanes.stream().allMatch(tap -> tap == NONE);
    }
  }

  DepthwiseTiling {
    gathers = List.copyOf(gathers);
    weights = List.copyOf(weights);
  }

  /** The cheapest tiling of a window. */
  static DepthwiseTiling of(Window given) {
    Window window = given.lying();
    boolean rowsInside = window.paddingTop() == 0 && window.paddingBottom() == 0;
    if (window.kernelHeight() == 1 && window.dilationWidth() == 1 && rowsInside) {
      return build(window, true, 1, false);
    }
    int rows = window.kernelHeight();
    boolean two =
        window.outputHeight() > 1
            && window.dilationHeight() == 1
            && words(rows + window.strideHeight()) == words(rows);
    DepthwiseTiling own = build(window, false, two ? 2 : 1, false);
    if (window.dilationWidth() > 1) {
      return own;
    }
    DepthwiseTiling shared = build(window, false, two ? 2 : 1, true);
    return shared.instructions() < own.instructions() ? shared : own;
  }

  /**
   * @param shared whether the outputs of a row look at the same patches, else each begins its own
   */
  private static DepthwiseTiling build(
      Window window, boolean along, int blockRows, boolean shared) {
    int blockColumns = OUTPUTS / blockRows;
    int step = window.dilationWidth();
    int wordRows =
        along ? 1 : words((blockRows - 1) * window.strideHeight() + window.kernelHeight());
    Map<List<Integer>, List<Product>> gathers = new LinkedHashMap<>();
    List<Taps> weights = new ArrayList<>();
    for (int output = 0; output < OUTPUTS; output++) {
      int row = output / blockColumns * window.strideHeight();
      int left = output % blockColumns * window.strideWidth();
      int begin = along ? left / WORD : shared ? 0 : left;
      int end = left + (window.kernelWidth() - 1) * step;
      for (int wordRow = 0; wordRow < wordRows; wordRow++) {
        for (int column = begin; column * (along ? WORD : 1) <= end; column += WORD * step) {
          Taps taps = taps(window, along, WORD * wordRow - row, column, left);
          if (!taps.isEmpty()) {
            if (!weights.contains(taps)) {
              weights.add(taps);
            }
            gathers
                .computeIfAbsent(List.of(wordRow, column), place -> new ArrayList<>())
                .add(new Product(output, weights.indexOf(taps)));
          }
        }
      }
    }
    List<Gather> list = new ArrayList<>();
    gathers.forEach(
        (place, products) -> list.add(new Gather(place.get(0), place.get(1), products)));
    return new DepthwiseTiling(window, along, blockRows, list, weights);
  }

  private static Taps taps(Window window, boolean along, int row, int column, int left) {
    List<Integer> taps = new ArrayList<>();
    for (int lane = 0; lane < LANES; lane++) {
      int word = lane / WORD;
      int pixel = lane % WORD;
      int ky = along ? 0 : row + pixel;
      int distance =
          along
              ? WORD * (column + word) + pixel - left
              : column + word * window.dilationWidth() - left;
      int kx = Math.floorDiv(distance, window.dilationWidth());
      boolean inside =
          ky >= 0 && ky < window.kernelHeight() && kx >= 0 && kx < window.kernelWidth();
      taps.add(inside ? ky * window.kernelWidth() + kx : Taps.NONE);
    }
    return new Taps(taps);
  }

  private static int words(int pixels) {
    return (pixels + WORD - 1) / WORD;
  }

  /** Loads and dot products of a block, and loads of weights that registers have no room for. */
  private int instructions() {
    int products = gathers.stream().mapToInt(gather -> gather.products().size()).sum();
    return gathers.size() + products + Math.max(0, weights.size() - OUTPUTS);
  }

  /** Output columns of a block. */
  int blockColumns() {
    return OUTPUTS / blockRows;
  }

  /** Rows of words that the patches of a block lie in. */
  int wordRows() {
    return along ? 1 : words((blockRows - 1) * window.strideHeight() + window.kernelHeight());
  }

  /** Words between neighbouring words of a patch. */
  int wordStep() {
    return along ? 1 : window.dilationWidth();
  }

  /** Words from one block of a row to the next. */
  int blockStep() {
    int columns = blockColumns() * window.strideWidth();
    return along ? columns / WORD : columns;
  }

  /** Blocks of an output row, the last of which may hang over. */
  int blocksOfRow() {
    return (window.outputWidth() + blockColumns() - 1) / blockColumns();
  }

  /** Rows of blocks; the last is moved up where the output's rows are odd. */
  int rowsOfBlocks() {
    return (window.outputHeight() + blockRows - 1) / blockRows;
  }

  /** The first output row of a row of blocks. */
  int firstRow(int block) {
    return Math.min(block * blockRows, window.outputHeight() - blockRows);
  }

  /** Words of a row that hold pixels which some output sees. */
  int usedWords() {
    int columns =
        (window.outputWidth() - 1) * window.strideWidth()
            + (window.kernelWidth() - 1) * window.dilationWidth()
            + 1;
    return along ? words(columns) : columns;
  }

  /** Words of a row that are read, those included that only meet weights of 0. */
  int words() {
    int last = gathers.stream().mapToInt(Gather::column).max().orElseThrow();
    return (blocksOfRow() - 1) * blockStep() + last + (WORD - 1) * wordStep() + 1;
  }

  /**
   * By how many rows of blocks the input has to be read ahead of the output, so that the output may
   * begin where the input does: a pixel is written when no row of blocks that lies there, or
   * behind, is still to be read. Nothing if that takes more than is worth its memory.
   */
  OptionalInt ahead() {
    return IntStream.rangeClosed(0, MOST_AHEAD).filter(this::readsInTime).findFirst();
  }

  private boolean readsInTime(int ahead) {
    for (int block = ahead + 1; block < rowsOfBlocks(); block++) {
      int written = firstRow(block - ahead - 1) + blockRows;
      int read = Math.max(0, window.top(firstRow(block)));
      if (read * window.inputWidth() < written * window.outputWidth()) {
        return false;
      }
    }
    return window.outputPositions() <= window.inputHeight() * window.inputWidth();
  }
}
