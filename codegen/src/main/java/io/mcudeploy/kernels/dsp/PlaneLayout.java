package io.mcudeploy.kernels.dsp;

import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the outputs of a plane of a depthwise convolution are made: blocks beside each other, and
 * what remains of a row as one more.
 *
 * @param main the blocks
 * @param across blocks beside each other, at least one
 * @param tail the columns that remain
 * @param pitch words of a row of the plane
 */
record PlaneLayout(PlaneBlock main, int across, Optional<PlaneBlock> tail, int pitch) {
  /** From so many rows on a last row that is computed twice costs less than rows one by one. */
  private static final int LEAST_OVERLAPPING = 5;

  /** Fewer outputs do not repay what a loop in assembly puts from registers into memory. */
  private static final int LEAST_LOOPED = 8;

  /** Instructions of a loop in assembly around its rounds. */
  private static final int LOOP = 10;

  /** What leads from a row of blocks to the next in such a loop. */
  private static final int NEXT_ROW = 8;

  /** Instructions of a row of blocks in C beside its blocks. */
  private static final int ROW = 12;

  /** All layouts of a window whose blocks can address their words. */
  static List<PlaneLayout> all(Window window, RowTaps taps) {
    List<PlaneLayout> layouts = new ArrayList<>();
    for (int rows = 1; rows <= Math.min(2, window.outputHeight()); rows++) {
      for (int columns = 1;
          columns <= Math.min(PlaneBlock.MOST_SUMS, window.outputWidth());
          columns++) {
        of(window, taps, rows, columns).ifPresent(layouts::add);
      }
    }
    return layouts;
  }

  /** Blocks that begin at whole words of the plane. */
  private static Optional<PlaneLayout> of(Window window, RowTaps taps, int rows, int columns) {
    int width = window.outputWidth();
    if (columns < width && columns * window.strideWidth() % 2 != 0) {
      return Optional.empty();
    }
    int across = width / columns;
    int remaining = width % columns;
    int step = columns * window.strideWidth();
    int words =
        Math.max(
            (across - 1) * step / 2 + taps.words(columns),
            remaining > 0 ? across * step / 2 + taps.words(remaining) : 0);
    int pitch = Math.max(words, (window.paddingLeft() + window.inputWidth() + 1) / 2);
    Optional<PlaneBlock> tail =
        remaining > 0 ? PlaneBlock.of(window, taps, rows, remaining, pitch) : Optional.empty();
    return remaining > 0 && tail.isEmpty()
        ? Optional.empty()
        : PlaneBlock.of(window, taps, rows, columns, pitch)
            .map(main -> new PlaneLayout(main, across, tail, pitch));
  }

  /** Whether it suits bands of so many rows. */
  boolean suits(int band) {
    return band % main.rows() == 0 || band >= LEAST_OVERLAPPING;
  }

  /** Instructions of the outputs of a plane. */
  long cost(Channels channels, int outputChannels, int band) {
    long rounds = (band + main.rows() - 1L) / main.rows();
    if (!areLoops(channels, outputChannels, band)) {
      return rounds
          * (across * main.cost(channels)
              + tail.map(block -> block.cost(channels)).orElse(0L)
              + ROW);
    }
    long turns = across > 1 ? across * main.loopCost() + NEXT_ROW : main.loopCost();
    return LOOP + rounds * turns + tail.map(block -> LOOP + rounds * block.loopCost()).orElse(0L);
  }

  /** Whether all outputs of a plane are loops in assembly. */
  boolean areLoops(Channels channels, int outputChannels, int band) {
    return channels.areBareLines()
        && band * main.window().outputWidth() >= LEAST_LOOPED
        && main.loops(outputChannels, pitch)
        && (across == 1 || main.keepsOutput());
  }

  /**
   * The outputs as loops in assembly, one over the blocks and one over what remains of the rows.
   *
   * @param plane where the plane begins, in C
   * @param shift of the lines
   */
  Map<String, Object> loops(Band band, String plane, int outputChannels, int shift) {
    int height = band.height();
    int outputRow = main.window().outputWidth() * outputChannels;
    boolean isWhole = height % main.rows() == 0;
    boolean severalRows = height > main.rows();
    Map<String, Object> code =
        isWhole
            ? band.oneRound(outputRow)
            : band.rounds(
                height - 1, "min32(i, " + (height - main.rows()) + ")", strideRow(), outputRow);
    String x = "planes[" + plane + code.get("rowOfPlane") + "]";
    String y = "y[" + code.get("rowOfOutput") + "o]";
    String bytes =
        (isWhole ? "" + height : "(i == 0 ? %d : 2)".formatted(height - 1)) + " * " + outputRow;
    int run = across * main.columns() * outputChannels;
    Map<String, Object> first =
        across > 1
            ? main.across(across, outputChannels, pitch, shift, severalRows)
            : main.down(outputChannels, pitch, shift);
    if (tail.isEmpty()) {
      List<String> declarations = new ArrayList<>();
      declarations.add("const uint32_t *from = &" + x + ";");
      declarations.add("int8_t *out = &" + y + ";");
      if (across == 1 || severalRows) {
        declarations.add(
            "int8_t *const %s = out + %s;".formatted(across == 1 ? "end" : "last", bytes));
      }
      if (across > 1) {
        declarations.add("int8_t *end = out + " + run + ";");
      }
      code.put("declarations", declarations);
      code.put("loops", List.of(placed(first, List.of(), List.of())));
    } else {
      int words = across * main.columns() * main.window().strideWidth() / 2;
      code.put(
          "declarations",
          List.of(
              "const uint32_t *const x0 = &" + x + ";",
              "int8_t *const y0 = &" + y + ";",
              "int8_t *const last = y0 + " + bytes + ";"));
      code.put(
          "loops",
          List.of(
              placed(
                  first,
                  List.of("{"),
                  List.of(
                      "const uint32_t *from = x0;",
                      "int8_t *out = y0;",
                      across > 1
                          ? "int8_t *end = y0 + " + run + ";"
                          : "int8_t *const end = last;")),
              placed(
                  tail.get().down(outputChannels, pitch, shift),
                  List.of("{"),
                  List.of(
                      "const uint32_t *from = x0 + " + words + ";",
                      "int8_t *out = y0 + " + run + ";",
                      "int8_t *const end = last + " + run + ";"))));
    }
    return code;
  }

  private static Map<String, Object> placed(
      Map<String, Object> loop, List<String> open, List<String> declarations) {
    loop.put("open", open);
    loop.put("declarations", declarations);
    loop.put("close", open.isEmpty() ? List.of() : List.of("}"));
    return loop;
  }

  /** The outputs as loops in C over blocks in assembly. */
  Map<String, Object> plain(Band band, String plane, int outputChannels) {
    int height = band.height();
    int outputRow = main.window().outputWidth() * outputChannels;
    Map<String, Object> code =
        height == main.rows()
            ? band.oneRound(outputRow)
            : band.rounds(
                main.rows(), Band.overlapping("i", height, main.rows()), strideRow(), outputRow);
    List<String> declarations = new ArrayList<>();
    declarations.add("const uint32_t *x0 = &planes[" + plane + code.get("rowOfPlane") + "];");
    declarations.add("int8_t *out = &y[" + code.get("rowOfOutput") + "o];");
    List<String> open = tail.isPresent() ? List.of("{") : List.of();
    if (across > 1) {
      declarations.add(
          "int8_t *const end = out + " + across * main.columns() * outputChannels + ";");
      open = List.of("", "while (out != end)", "{");
    }
    List<String> next =
        open.isEmpty()
            ? List.of()
            : List.of(
                "x0 += " + main.columns() * main.window().strideWidth() / 2 + ";",
                "out += " + main.columns() * outputChannels + ";");
    List<Map<String, Object>> blocks = new ArrayList<>();
    blocks.add(block(main, outputChannels, open, next));
    tail.ifPresent(block -> blocks.add(block(block, outputChannels, List.of("{"), List.of())));
    code.put("declarations", declarations);
    code.put("blocks", blocks);
    return code;
  }

  private static Map<String, Object> block(
      PlaneBlock block, int outputChannels, List<String> open, List<String> next) {
    Map<String, Object> code = block.code(outputChannels);
    code.put("open", open);
    code.put("next", next);
    code.put("close", open.isEmpty() ? List.of() : List.of("}"));
    return code;
  }

  private int strideRow() {
    return main.window().strideHeight() * pitch;
  }
}
