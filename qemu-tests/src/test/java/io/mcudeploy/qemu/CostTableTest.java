package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.kernels.Cost;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.cases.OperatorCase;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What kernels are said to cost is what they cost: every kernel whose parts are in {@code
 * costs.properties}, on layers of many geometries. Kernels that count by formulas of their own,
 * such as Winograd's tiles, and sums behind a convolution are not compared. With {@code
 * -Dcosts.record=true} the table is fitted to what is measured, by least squares of the relative
 * errors, and written anew; a part that is new has to have a line before.
 */
class CostTableTest {
  private static final Path FILE =
      Path.of("codegen", "src", "main", "resources", "costs.properties");
  private static final double MOST_ERROR = 0.10;
  private static final double MOST_LOSS = 0.03;
  private static final int SWEEPS = 20_000;

  private static final List<Window> WINDOWS =
      List.of(
          window(8, 16, 3, 1, 1),
          window(8, 32, 3, 1, 1),
          window(6, 64, 3, 1, 1),
          window(9, 24, 3, 2, 1),
          window(12, 3, 3, 1, 1),
          window(13, 3, 3, 2, 0),
          window(16, 1, 5, 1, 2),
          window(12, 1, 7, 2, 0),
          window(9, 5, 3, 1, 0),
          window(7, 12, 5, 1, 2),
          window(12, 8, 1, 1, 0),
          window(10, 16, 1, 1, 0),
          window(8, 64, 1, 1, 0),
          window(6, 128, 1, 1, 0),
          window(6, 200, 1, 1, 0),
          window(9, 10, 1, 2, 0));

  @TempDir Path folder;

  /** A kernel on a layer. */
  private record Measured(String name, Cost cost, long instructions) {
    double error() {
      return (double) cost.instructions() / instructions - 1;
    }

    @Override
    public String toString() {
      return "%s: %,d instructions, %+.1f %%".formatted(name, instructions, 100 * error());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mps2-an386", "mps3-an547"})
  void whatIsPredictedIsMeasured(String board) throws IOException {
    List<String> strays = new ArrayList<>();
    for (List<Measured> layer : measure(Boards.find(board))) {
      layer.stream()
          .filter(kernel -> Math.abs(kernel.error()) > MOST_ERROR)
          .forEach(kernel -> strays.add(kernel.toString()));
      long best = layer.stream().mapToLong(Measured::instructions).min().orElseThrow();
      Measured chosen =
          Collections.min(layer, Comparator.comparingLong(kernel -> kernel.cost().instructions()));
      if (chosen.instructions() > (1 + MOST_LOSS) * best) {
        strays.add("chosen instead of %,d instructions: %s".formatted(best, chosen));
      }
    }
    assertThat(strays).isEmpty();
  }

  @Test
  @EnabledIfSystemProperty(named = "costs.record", matches = "true")
  void theTableIsWrittenAnew() throws IOException {
    Map<String, List<Measured>> kernels = new TreeMap<>();
    for (String board : List.of("mps2-an386", "mps3-an547")) {
      measure(Boards.find(board))
          .forEach(
              layer ->
                  layer.forEach(
                      kernel ->
                          kernels
                              .computeIfAbsent(kernel.cost().kernel(), k -> new ArrayList<>())
                              .add(kernel)));
    }
    StringBuilder text = new StringBuilder();
    text.append(
        "# Instructions of each part of a kernel, fitted to measurements by CostTableTest:\n");
    text.append("# mvn -pl qemu-tests -am test -Dtest=CostTableTest -Dcosts.record=true \\\n");
    text.append("#     -Dsurefire.failIfNoSpecifiedTests=false\n");
    kernels.forEach(
        (kernel, layers) ->
            fit(layers)
                .forEach(
                    (part, instructions) ->
                        text.append(
                            String.format(
                                Locale.ROOT, "%s.%s=%.2f%n", kernel, part, instructions))));
    Path file = Files.exists(FILE) ? FILE : Path.of("..").resolve(FILE);
    Files.writeString(file, text.toString());
    assertThat(kernels).isNotEmpty();
  }

  /**
   * Coordinate by coordinate to the least sum of squared relative errors; instructions are never
   * negative.
   */
  private static Map<String, Double> fit(List<Measured> layers) {
    Map<String, Double> table = new TreeMap<>();
    layers.forEach(layer -> layer.cost().counts().keySet().forEach(part -> table.put(part, 0.0)));
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (Map.Entry<String, Double> part : table.entrySet()) {
        double slope = 0;
        double squares = 0;
        for (Measured layer : layers) {
          double runs = share(layer, part.getKey());
          double rest = 1;
          for (Map.Entry<String, Double> other : table.entrySet()) {
            rest -= other.getValue() * share(layer, other.getKey());
          }
          slope += runs * rest;
          squares += runs * runs;
        }
        if (squares > 0) {
          part.setValue(Math.max(0, part.getValue() + slope / squares));
        }
      }
    }
    return table;
  }

  /** Runs of a part for each instruction that was measured. */
  private static double share(Measured layer, String part) {
    return (double) layer.cost().counts().getOrDefault(part, 0L) / layer.instructions();
  }

  /** All kernels of the table on every layer. */
  private List<List<Measured>> measure(Board board) throws IOException {
    NeededTools.assumeFor(board.core().architecture());
    List<OperatorCase> cases = cases();
    CaseImage image = new CaseImage(board, cases);
    CaseResults results = image.run(Files.createDirectories(folder.resolve(board.name())));
    List<List<Measured>> measured = new ArrayList<>();
    for (OperatorCase layer : cases) {
      List<KernelCode> kernels = image.kernels(layer.id());
      List<Measured> some = new ArrayList<>();
      for (int i = 0; i < kernels.size(); i++) {
        KernelCode kernel = kernels.get(i);
        if (!kernel.parts().kernel().isEmpty()) {
          some.add(
              new Measured(
                  layer.id() + ": " + kernel.title(),
                  kernel.parts(),
                  results.instructions(layer.id()).get(i)));
        }
      }
      measured.add(some);
    }
    return measured;
  }

  /** Every window with few and with more channels, with and without a ReLU. */
  private static List<OperatorCase> cases() {
    List<OperatorCase> cases = new ArrayList<>();
    for (Window window : WINDOWS) {
      cases.add(layer(window, 8, true));
      cases.add(layer(window, 20, false));
    }
    return cases;
  }

  private static OperatorCase layer(Window window, int channels, boolean rectified) {
    String id =
        "%dx%d kernel %d stride %d, %d -> %d%s"
            .formatted(
                window.inputHeight(),
                window.inputWidth(),
                window.kernelHeight(),
                window.strideHeight(),
                window.inputChannels(),
                channels,
                rectified ? ", ReLU" : "");
    Random random = new Random(id.hashCode());
    int terms = window.kernelHeight() * window.kernelWidth() * window.inputChannels();
    byte[] weights = new byte[channels * terms];
    byte[] image = new byte[window.inputElements()];
    random.nextBytes(weights);
    random.nextBytes(image);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) Math.max(-127, weights[i]);
    }
    List<Multiplier> multipliers =
        random
            .doubles(channels, 0.5, 1)
            .mapToObj(factor -> Multiplier.of(factor / (50 * Math.sqrt(terms))))
            .toList();
    Conv2d operator =
        new Conv2d(
            window,
            channels,
            1,
            -3,
            Int8Array.of(weights),
            Int32Array.of(random.ints(channels, -4000, 4000).toArray()),
            new OutputStage(multipliers, rectified ? -128 : 5, -128, 127));
    return new OperatorCase(id, operator, List.of(Int8Array.of(image)));
  }

  private static Window window(int size, int channels, int kernel, int stride, int padding) {
    int outputs = (size + 2 * padding - kernel) / stride + 1;
    return new Window(
        size, size, channels, outputs, outputs, kernel, kernel, stride, stride, 1, 1, padding,
        padding);
  }
}
