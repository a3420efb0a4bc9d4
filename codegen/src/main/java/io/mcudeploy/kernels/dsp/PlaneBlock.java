package io.mcudeploy.kernels.dsp;

import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The products of a block of outputs of one plane of a depthwise convolution, as the instructions
 * of one statement of assembly: one or two rows by up to eight columns. GCC would put other
 * instructions between the loads, which then take two cycles each instead of one.
 *
 * <p>Weights of at most six words stay in registers {@code w0} to {@code w5}; more are loaded from
 * {@code w}.
 *
 * @param rows outputs below each other, 1 or 2
 * @param columns outputs beside each other
 * @param instructions over the operands named in {@link #code}
 */
record PlaneBlock(Window window, RowTaps taps, int rows, int columns, List<String> instructions) {
  /** Words of weights that leave registers for a block of four sums. */
  private static final int MOST_HELD = 6;

  /** Most outputs of a block. */
  static final int MOST_SUMS = 8;

  /** Sums and weights that two pointers and two inputs leave room for, of 14 registers. */
  private static final int MOST_BESIDE_POINTERS = 10;

  /** Inputs and weights at hand; more do not save loads. */
  private static final int MOST_LOADED = 6;

  /** The farthest word that LDR reaches. */
  private static final int MOST_OFFSET = 4092;

  /** A product of an output of a row of the block, with its rows of the plane and of the kernel. */
  private record Place(int inputRow, int kernelRow, int row, RowTaps.Product product) {}

  PlaneBlock {
    instructions = List.copyOf(instructions);
  }

  /**
   * @param pitch words of a row of the plane
   */
  static Optional<PlaneBlock> of(Window window, RowTaps taps, int rows, int columns, int pitch) {
    int registers = rows * columns + heldWords(window, taps);
    int last =
        (rows - 1) * window.strideHeight() + (window.kernelHeight() - 1) * window.dilationHeight();
    if (rows * columns > MOST_SUMS
        || registers > MOST_BESIDE_POINTERS + 1
        || 4 * (last * pitch + taps.words(columns) - 1) > MOST_OFFSET) {
      return Optional.empty();
    }
    int loaded = Math.max(2, Math.min(MOST_LOADED, MOST_BESIDE_POINTERS + 2 - registers));
    Comparator<Place> byInput =
        Comparator.comparingInt(Place::inputRow).thenComparingInt(place -> place.product().input());
    Comparator<Place> byWeight =
        Comparator.comparingInt(Place::kernelRow).thenComparingInt(place -> place.product().tap());
    return Stream.of(byInput, byWeight)
        .map(order -> products(window, taps, rows, columns, pitch, order))
        .map(products -> PlaneProducts.instructions(products, loaded))
        .min(Comparator.comparingInt(List::size))
        .map(instructions -> new PlaneBlock(window, taps, rows, columns, instructions));
  }

  /** Whether a kernel's weights stay in registers. */
  static boolean holdsWeights(Window window, RowTaps taps) {
    return window.kernelHeight() * taps.weights().size() <= MOST_HELD;
  }

  /** Registers for weights, or for the pointer to them. */
  private static int heldWords(Window window, RowTaps taps) {
    return holdsWeights(window, taps) ? window.kernelHeight() * taps.weights().size() : 1;
  }

  /**
   * In an order in which the last sum is the last one to begin, so that its register starts with
   * the bias and all others begin from there.
   */
  private static List<PlaneProducts.Product> products(
      Window window, RowTaps taps, int rows, int columns, int pitch, Comparator<Place> order) {
    List<Place> places = new ArrayList<>();
    for (int kernelRow = 0; kernelRow < window.kernelHeight(); kernelRow++) {
      for (int row = 0; row < rows; row++) {
        int input = row * window.strideHeight() + kernelRow * window.dilationHeight();
        for (RowTaps.Product product : taps.products(columns)) {
          places.add(new Place(input, kernelRow, row, product));
        }
      }
    }
    places.sort(
        order
            .thenComparingInt(Place::row)
            .thenComparingInt(place -> place.product().column())
            .thenComparingInt(place -> place.product().tap()));
    boolean held = holdsWeights(window, taps);
    String last = "s" + (rows - 1) + (columns - 1);
    List<String> begun = new ArrayList<>();
    List<PlaneProducts.Product> products = new ArrayList<>();
    for (Place place : places) {
      RowTaps.Product product = place.product();
      String sum = "s" + place.row() + product.column();
      int weight = place.kernelRow() * taps.weights().size() + product.weight();
      products.add(
          new PlaneProducts.Product(
              product.word(),
              sum,
              begun.contains(sum) ? sum : last,
              word("x", place.inputRow() * pitch + product.input()),
              held ? new PlaneProducts.Word("w" + weight, true) : word("w", weight)));
      begun.add(sum);
    }
    return products;
  }

  private static PlaneProducts.Word word(String pointer, int index) {
    return new PlaneProducts.Word("[%%[%s], #%d]".formatted(pointer, 4 * index), false);
  }

  /** Instructions of the block and of its outputs in C, with the bias and both pointers. */
  long cost(Channels channels) {
    return instructions.size() + (long) rows * columns * (channels.cost() + 1) + 7;
  }

  /** Instructions of a round of a loop in assembly. */
  long loopCost() {
    return instructions.size() + 3L * rows * columns + (keepsOutput() ? 7 : 9);
  }

  /** What the template names of the block, whose outputs are made in C. */
  Map<String, Object> code(int outputChannels) {
    List<Map<String, Object>> sums = new ArrayList<>();
    List<String> names = names();
    for (int i = 0; i < names.size(); i++) {
      sums.add(
          Map.of(
              "name",
              names.get(i),
              "start",
              i == names.size() - 1 ? " = number.bias" : "",
              "at",
              place(i, outputChannels)));
    }
    return code(sums, instructions, "+&r");
  }

  /**
   * The same with the outputs and the loops over rows of blocks, for channels whose outputs are
   * lines and need no clamp: nothing but the weights and the two pointers stays in registers.
   *
   * @param across blocks beside each other
   * @param shift of the lines
   * @param severalRows whether there are more rows of blocks than one
   */
  Map<String, Object> across(
      int across, int outputChannels, int pitch, int shift, boolean severalRows) {
    List<String> all = new ArrayList<>(outputs(outputChannels, shift));
    move(all, "x", 2 * columns * window.strideWidth());
    move(all, "out", columns * outputChannels);
    all.add("cmp %[out], %[a1]");
    all.add("bne 1b");
    if (severalRows) {
      int done = columns * across;
      move(all, "x", rowBytes(pitch) - 2 * done * window.strideWidth());
      move(all, "out", (rows * window.outputWidth() - done) * outputChannels);
      move(all, "a1", rows * window.outputWidth() * outputChannels);
      all.add("str %[a1], %[end]");
      all.add("ldr %[a0], %[last]");
      all.add("cmp %[out], %[a0]");
      all.add("bne 1b");
    }
    Map<String, Object> loop = loop(all);
    loop.put("moved", "[out] \"+r\"(out), [end] \"+m\"(end)");
    loop.put("limit", severalRows ? ", [last] \"m\"(last)" : "");
    return loop;
  }

  /** The same for blocks below each other alone. */
  Map<String, Object> down(int outputChannels, int pitch, int shift) {
    List<String> all = new ArrayList<>(outputs(outputChannels, shift));
    String out = output();
    move(all, "x", rowBytes(pitch));
    move(all, out, rows * window.outputWidth() * outputChannels);
    if (keepsOutput()) {
      all.add("cmp %[out], %[a1]");
    } else {
      all.add("str %[a1], %[out]");
      all.add("ldr %[a0], %[end]");
      all.add("cmp %[a1], %[a0]");
    }
    all.add("bne 1b");
    Map<String, Object> loop = loop(all);
    loop.put("moved", "[out] \"%s\"(out)".formatted(keepsOutput() ? "+r" : "+m"));
    loop.put("limit", ", [end] \"m\"(end)");
    return loop;
  }

  private Map<String, Object> loop(List<String> all) {
    List<Map<String, Object>> sums = new ArrayList<>();
    names().forEach(name -> sums.add(Map.of("name", name)));
    return code(sums, all, "=&r");
  }

  /** Bytes of a plane from one row of blocks to the next. */
  private int rowBytes(int pitch) {
    return 4 * rows * window.strideHeight() * pitch;
  }

  /** Whether a register is left for the pointer to the outputs. */
  boolean keepsOutput() {
    return rows * columns + heldWords(window, taps) <= MOST_BESIDE_POINTERS;
  }

  /** The register that points to the outputs when these are stored. */
  private String output() {
    return keepsOutput() ? "out" : "a1";
  }

  /**
   * The products and what becomes of them, up to the pointers; a1 is then where a row ends, or the
   * pointer to the outputs.
   */
  private List<String> outputs(int outputChannels, int shift) {
    List<String> sums = names();
    List<String> all = new ArrayList<>();
    all.add("1:");
    all.add("ldr %%[%s], %%[bias]".formatted(sums.get(sums.size() - 1)));
    all.addAll(instructions);
    all.add("ldrd %[a0], %[a1], %[numbers]");
    sums.forEach(s -> all.add("smmla %%[%s], %%[%s], %%[a0], %%[a1]".formatted(s, s)));
    sums.forEach(s -> all.add("ssat %%[%s], #8, %%[%s], asr #%d".formatted(s, s, shift)));
    all.add(keepsOutput() ? "ldr %[a1], %[end]" : "ldr %[a1], %[out]");
    for (int i = 0; i < sums.size(); i++) {
      int at = place(i, outputChannels);
      if (at <= MOST_OFFSET) {
        all.add("strb %%[%s], [%%[%s], #%d]".formatted(sums.get(i), output(), at));
      } else {
        all.add("movw %%[a0], #%d".formatted(at));
        all.add("strb %%[%s], [%%[%s], %%[a0]]".formatted(sums.get(i), output()));
      }
    }
    return all;
  }

  /** Moves a pointer by bytes. */
  private static void move(List<String> instructions, String pointer, int bytes) {
    if (bytes > MOST_OFFSET) {
      instructions.add("movw %%[a0], #%d".formatted(bytes));
      instructions.add("add %%[%s], %%[a0]".formatted(pointer));
    } else if (bytes > 0) {
      instructions.add("add %%[%s], %%[%s], #%d".formatted(pointer, pointer, bytes));
    } else if (bytes < 0) {
      instructions.add("sub %%[%s], %%[%s], #%d".formatted(pointer, pointer, -bytes));
    }
  }

  /** Whether the loops can address their inputs and outputs. */
  boolean loops(int outputChannels, int pitch) {
    return holdsWeights(window, taps)
        && rowBytes(pitch) <= 0xffff
        && 2L * window.outputWidth() * window.strideWidth() <= MOST_OFFSET
        && (long) rows * window.outputWidth() * outputChannels <= 0xffff;
  }

  private List<String> names() {
    return IntStream.range(0, rows * columns)
        .mapToObj(i -> "s" + i / columns + i % columns)
        .toList();
  }

  private int place(int sum, int outputChannels) {
    return (sum / columns * window.outputWidth() + sum % columns) * outputChannels;
  }

  /**
   * @param started how the register of the last sum is given
   */
  private Map<String, Object> code(
      List<Map<String, Object>> sums, List<String> all, String started) {
    List<String> names = names();
    List<String> temporaries =
        IntStream.range(0, MOST_LOADED)
            .mapToObj(i -> "a" + i)
            .filter(name -> all.stream().anyMatch(i -> i.contains("%[" + name + "]")))
            .toList();
    List<String> results = new ArrayList<>();
    for (String name : names) {
      results.add(operand(name, name.equals(names.get(names.size() - 1)) ? started : "=&r"));
    }
    temporaries.forEach(name -> results.add(operand(name, "=&r")));
    List<String> weights =
        holdsWeights(window, taps)
            ? IntStream.range(0, heldWords(window, taps))
                .mapToObj(i -> operand("w" + i, "r"))
                .toList()
            : List.of(operand("w", "r"));
    Map<String, Object> code = new LinkedHashMap<>();
    code.put("sums", sums);
    code.put("temporaries", temporaries);
    code.put("instructions", all);
    code.put("results", String.join(", ", results));
    code.put("weights", String.join(", ", weights));
    return code;
  }

  private static String operand(String name, String constraint) {
    return "[%s] \"%s\"(%s)".formatted(name, constraint, name);
  }
}
