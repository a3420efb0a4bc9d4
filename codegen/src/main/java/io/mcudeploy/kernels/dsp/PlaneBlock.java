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
            .filter(name -> instructions.stream().anyMatch(i -> i.contains("%[" + name + "]")))
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
   * The same with the outputs and the loop over a row of blocks, for channels whose outputs are
   * lines and need no clamp: nothing but the weights and the two pointers stays in registers.
   *
   * @param shift of the lines
   */
  Map<String, Object> loop(Window window, RowTaps taps, int outputChannels, int shift) {
    List<String> all = new ArrayList<>();
    all.add("1:");
    List<String> sums =
        IntStream.range(0, rows * columns).mapToObj(i -> "s" + i / columns + i % columns).toList();
    for (int row = 0; row < rows; row++) {
      all.add("ldr %%[s%d0], %%[bias]".formatted(row));
    }
    all.addAll(instructions);
    all.add("ldrd %[a0], %[a1], %[numbers]");
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
    all.add("add %%[x], %%[x], #%d".formatted(4 * window.strideWidth()));
    all.add("add %%[out], %%[out], #%d".formatted(2 * outputChannels));
    all.add("cmp %[out], %[a1]");
    all.add("bne 1b");
    List<Map<String, Object>> results = new ArrayList<>();
    for (String sum : sums) {
      results.add(Map.of("name", sum));
    }
    return code(window, taps, results, all, "=&r");
  }

  /** Whether {@link #loop} can address its outputs. */
  static boolean loops(Window window, RowTaps taps, int outputChannels) {
    return holdsWeights(window, taps)
        && 2 * outputChannels <= MOST_OFFSET
        && (window.outputWidth() + 1) * outputChannels <= 0xffff;
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
