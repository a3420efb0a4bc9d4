package io.mcudeploy.kernels.dsp;

import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The products of a block of outputs of one plane of a depthwise convolution, as the instructions
 * of one statement of assembly: one or two rows by one or two columns. GCC would put other
 * instructions between the loads, which then take two cycles each instead of one.
 *
 * <p>Weights of at most six words stay in registers {@code w0} to {@code w5}; then the input rows
 * are gone through once, and each serves all kernel rows over it. More weights are loaded from
 * {@code w}, each once a block, and the input rows once for each kernel row over them.
 *
 * @param rows outputs below each other, 1 or 2
 * @param columns outputs beside each other, 1 or 2
 * @param instructions over the operands named in {@link #code}
 * @param temporaries registers beside the sums
 */
record PlaneBlock(int rows, int columns, List<String> instructions, List<String> temporaries) {
  /** Words of weights that leave registers for a block of four sums. */
  private static final int MOST_HELD = 6;

  /** Registers for weights that are not held. */
  private static final int MOST_LOADED = 4;

  /** The farthest word that LDR reaches. */
  private static final int MOST_OFFSET = 4092;

  PlaneBlock {
    instructions = List.copyOf(instructions);
    temporaries = List.copyOf(temporaries);
  }

  /** Whether a kernel's weights stay in registers. */
  static boolean holdsWeights(Window window, RowTaps taps) {
    return window.kernelHeight() * taps.weights().size() <= MOST_HELD;
  }

  /** Whether all words of a block of so many rows can be addressed. */
  static boolean reaches(Window window, RowTaps taps, int rows, int pitch) {
    int last =
        (rows - 1) * window.strideHeight() + (window.kernelHeight() - 1) * window.dilationHeight();
    return 4 * (last * pitch + taps.words() - 1) <= MOST_OFFSET;
  }

  static PlaneBlock of(Window window, RowTaps taps, int rows, int columns, int pitch) {
    List<String> instructions =
        holdsWeights(window, taps)
            ? byInputRow(window, taps, rows, columns, pitch)
            : byKernelRow(window, taps, rows, columns, pitch);
    List<String> temporaries =
        Stream.of("a0", "a1", "v0", "v1", "v2", "v3")
            .filter(
                name ->
                    name.startsWith("a")
                        || instructions.stream().anyMatch(i -> i.contains("%[" + name + "]")))
            .toList();
    return new PlaneBlock(rows, columns, instructions, temporaries);
  }

  private static List<String> byInputRow(
      Window window, RowTaps taps, int rows, int columns, int pitch) {
    List<String> instructions = new ArrayList<>();
    int perRow = taps.weights().size();
    int inputRows =
        (rows - 1) * window.strideHeight()
            + (window.kernelHeight() - 1) * window.dilationHeight()
            + 1;
    for (int input = 0; input < inputRows; input++) {
      List<Integer> over = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        over.add(kernelRow(window, input - row * window.strideHeight()));
      }
      if (over.stream().allMatch(kernelRow -> kernelRow < 0)) {
        continue;
      }
      for (List<Integer> words : inTwos(words(taps, columns))) {
        load(instructions, words, input * pitch);
        for (int row = 0; row < rows; row++) {
          int first = over.get(row) * perRow;
          if (first >= 0) {
            List<Multiplication> products = new ArrayList<>();
            for (int i = 0; i < words.size(); i++) {
              for (RowTaps.Product product : taps.productsOf(words.get(i), columns)) {
                products.add(
                    new Multiplication(product, "a" + i, "w" + (first + product.weight())));
              }
            }
            multiply(instructions, products, row, columns);
          }
        }
      }
    }
    return instructions;
  }

  private static List<String> byKernelRow(
      Window window, RowTaps taps, int rows, int columns, int pitch) {
    List<String> instructions = new ArrayList<>();
    for (int kernelRow = 0; kernelRow < window.kernelHeight(); kernelRow++) {
      for (List<Integer> words : fewWeights(taps, columns)) {
        List<Integer> weights = weightsOf(taps, words, columns);
        for (int i = 0; i < weights.size(); i++) {
          int at = 4 * (kernelRow * taps.weights().size() + weights.get(i));
          instructions.add("ldr %%[v%d], [%%[w], #%d]".formatted(i, at));
        }
        for (int row = 0; row < rows; row++) {
          int input = row * window.strideHeight() + kernelRow * window.dilationHeight();
          load(instructions, words, input * pitch);
          List<Multiplication> products = new ArrayList<>();
          for (int i = 0; i < words.size(); i++) {
            for (RowTaps.Product product : taps.productsOf(words.get(i), columns)) {
              products.add(
                  new Multiplication(product, "a" + i, "v" + weights.indexOf(product.weight())));
            }
          }
          multiply(instructions, products, row, columns);
        }
      }
    }
    return instructions;
  }

  /** The kernel row that lies over an input row of an output, -1 for none. */
  private static int kernelRow(Window window, int input) {
    return input >= 0
            && input % window.dilationHeight() == 0
            && input / window.dilationHeight() < window.kernelHeight()
        ? input / window.dilationHeight()
        : -1;
  }

  /** The input words that the sums need. */
  private static List<Integer> words(RowTaps taps, int columns) {
    return IntStream.range(0, taps.words())
        .filter(word -> !taps.productsOf(word, columns).isEmpty())
        .boxed()
        .toList();
  }

  private static List<List<Integer>> inTwos(List<Integer> words) {
    List<List<Integer>> twos = new ArrayList<>();
    for (int i = 0; i < words.size(); i += 2) {
      twos.add(words.subList(i, Math.min(words.size(), i + 2)));
    }
    return twos;
  }

  /** Input words, one or two at a time, whose weights fit their registers. */
  private static List<List<Integer>> fewWeights(RowTaps taps, int columns) {
    List<List<Integer>> groups = new ArrayList<>();
    for (List<Integer> two : inTwos(words(taps, columns))) {
      if (weightsOf(taps, two, columns).size() <= MOST_LOADED) {
        groups.add(two);
      } else {
        two.forEach(word -> groups.add(List.of(word)));
      }
    }
    return groups;
  }

  private static List<Integer> weightsOf(RowTaps taps, List<Integer> words, int columns) {
    return words.stream()
        .flatMap(word -> taps.productsOf(word, columns).stream())
        .map(RowTaps.Product::weight)
        .distinct()
        .toList();
  }

  private static void load(List<String> instructions, List<Integer> words, int row) {
    for (int i = 0; i < words.size(); i++) {
      instructions.add("ldr %%[a%d], [%%[x], #%d]".formatted(i, 4 * (row + words.get(i))));
    }
  }

  /**
   * The products of a row of outputs. The sum of the second column begins as that of the first, so
   * its first product comes before any of those, or a copy does.
   */
  private static void multiply(
      List<String> instructions, List<Multiplication> products, int row, int columns) {
    String left = "s" + row + "0";
    String right = "s" + row + "1";
    List<Multiplication> inOrder = new ArrayList<>(products);
    if (columns > 1 && instructions.stream().noneMatch(i -> i.contains("%[" + right + "]"))) {
      Optional<Multiplication> first =
          products.stream().filter(m -> m.product().sum() == 1).findFirst();
      first.ifPresentOrElse(
          m -> {
            inOrder.remove(m);
            instructions.add(m.instruction(right, left));
          },
          () -> instructions.add("mov %%[%s], %%[%s]".formatted(right, left)));
    }
    for (Multiplication m : inOrder) {
      String sum = m.product().sum() == 0 ? left : right;
      instructions.add(m.instruction(sum, sum));
    }
  }

  /** A product with its registers. */
  private record Multiplication(RowTaps.Product product, String input, String weight) {
    String instruction(String sum, String addend) {
      return "%s %%[%s], %%[%s], %%[%s], %%[%s]"
          .formatted(product.word(), sum, input, weight, addend);
    }
  }

  /** Instructions of the block and of its outputs. */
  long cost(Channels channels) {
    return instructions.size() + (long) rows * columns * (channels.cost() + 1) + 7;
  }

  /** What the template names of the block, whose outputs are made in C. */
  Map<String, Object> code(Window window, RowTaps taps, int outputChannels) {
    List<Map<String, Object>> sums = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        Map<String, Object> sum = new LinkedHashMap<>();
        sum.put("name", "s" + row + column);
        sum.put("start", column == 0 ? " = number.bias" : "");
        sum.put("at", place(window, row, column, outputChannels));
        sums.add(sum);
      }
    }
    return code(window, taps, sums, instructions, "+r");
  }

  /**
   * The same with the outputs and the loops over rows of blocks of two columns, for channels whose
   * outputs are lines and need no clamp: nothing but the weights and the two pointers stays in
   * registers.
   *
   * @param shift of the lines
   * @param severalRows whether there are more rows of blocks than one
   */
  Map<String, Object> across(
      Window window, RowTaps taps, int outputChannels, int pitch, int shift, boolean severalRows) {
    int pairs = window.outputWidth() / 2;
    List<String> all = new ArrayList<>(outputs(window, outputChannels, shift));
    move(all, "x", 4 * window.strideWidth());
    move(all, "out", 2 * outputChannels);
    all.add("cmp %[out], %[a1]");
    all.add("bne 1b");
    if (severalRows) {
      move(all, "x", 4 * (rows * window.strideHeight() * pitch - pairs * window.strideWidth()));
      move(all, "out", (rows * window.outputWidth() - 2 * pairs) * outputChannels);
      move(all, "a1", rows * window.outputWidth() * outputChannels);
      all.add("str %[a1], %[end]");
      all.add("ldr %[a0], %[last]");
      all.add("cmp %[out], %[a0]");
      all.add("bne 1b");
    }
    return code(window, taps, sums(), all, "=&r");
  }

  /** The same for blocks of one column, each below the one before it. */
  Map<String, Object> down(Window window, RowTaps taps, int outputChannels, int pitch, int shift) {
    List<String> all = new ArrayList<>(outputs(window, outputChannels, shift));
    move(all, "x", 4 * rows * window.strideHeight() * pitch);
    move(all, "out", rows * window.outputWidth() * outputChannels);
    all.add("cmp %[out], %[a1]");
    all.add("bne 1b");
    return code(window, taps, sums(), all, "=&r");
  }

  /** The products and what becomes of them, up to the pointers; a1 is then where a row ends. */
  private List<String> outputs(Window window, int outputChannels, int shift) {
    List<String> all = new ArrayList<>();
    all.add("1:");
    for (int row = 0; row < rows; row++) {
      all.add("ldr %%[s%d0], %%[bias]".formatted(row));
    }
    all.addAll(instructions);
    all.add("ldrd %[a0], %[a1], %[numbers]");
    List<String> sums = names();
    sums.forEach(s -> all.add("smmla %%[%s], %%[%s], %%[a0], %%[a1]".formatted(s, s)));
    sums.forEach(s -> all.add("ssat %%[%s], #8, %%[%s], asr #%d".formatted(s, s, shift)));
    all.add("ldr %[a1], %[end]");
    for (int i = 0; i < sums.size(); i++) {
      int at = place(window, i / columns, i % columns, outputChannels);
      if (at <= MOST_OFFSET) {
        all.add("strb %%[%s], [%%[out], #%d]".formatted(sums.get(i), at));
      } else {
        all.add("movw %%[a0], #%d".formatted(at));
        all.add("strb %%[%s], [%%[out], %%[a0]]".formatted(sums.get(i)));
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
  static boolean loops(Window window, RowTaps taps, int outputChannels, int pitch) {
    return holdsWeights(window, taps)
        && 8L * window.strideHeight() * pitch <= 0xffff
        && 2L * window.outputWidth() * window.strideWidth() <= MOST_OFFSET
        && 2L * window.outputWidth() * outputChannels <= 0xffff;
  }

  private List<String> names() {
    return IntStream.range(0, rows * columns)
        .mapToObj(i -> "s" + i / columns + i % columns)
        .toList();
  }

  private List<Map<String, Object>> sums() {
    List<Map<String, Object>> sums = new ArrayList<>();
    names().forEach(name -> sums.add(Map.of("name", name)));
    return sums;
  }

  private static int place(Window window, int row, int column, int outputChannels) {
    return (row * window.outputWidth() + column) * outputChannels;
  }

  private Map<String, Object> code(
      Window window,
      RowTaps taps,
      List<Map<String, Object>> sums,
      List<String> all,
      String started) {
    List<String> results = new ArrayList<>();
    for (Map<String, Object> sum : sums) {
      String name = (String) sum.get("name");
      results.add(operand(name, name.endsWith("0") ? started : "=&r"));
    }
    temporaries.forEach(name -> results.add(operand(name, "=&r")));
    List<String> weights =
        holdsWeights(window, taps)
            ? IntStream.range(0, window.kernelHeight() * taps.weights().size())
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
