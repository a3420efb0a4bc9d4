package io.mcudeploy.qemu;

import io.mcudeploy.deploy.Profile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The figures of {@code benchmarks/table.md}: written by this class, and read back by it.
 *
 * @param tools versions of the compilers and emulators that gave the figures
 */
record BenchmarkTable(Set<String> tools, List<Network> networks, List<LayerCount> layers) {
  static final Path FILE = Path.of("benchmarks", "table.md");

  private static final String NETWORKS = "## Networks";
  private static final String LAYERS = "## Instructions of each layer";
  private static final String TOOL = "- tool: ";

  private static final String INTRODUCTION =
      """
      # Benchmarks

      The sample networks on every core, and networks with the layers of MLPerf Tiny and random
      weights (`BenchmarkNetworks`), as `BenchmarkTest` measures them under QEMU with what
      `mcu-deploy profile` measures. The test fails and names the layer if a count grows by more than
      1 %, or if an arena or the stack grows by a byte.

      Instructions are exact. Cycles are an estimate without wait states: by the tables of the cores'
      manuals, or, on Cortex-M7, M33 and M55, by issue rules (docs/cycles.md). Arena, stack, flash and constants are bytes:
      the stack at most, by the call graph, empty where it has no bound, and as measured; flash of the
      board's whole image, and what an inference takes of it beyond the weights and biases of the model,
      start-up code, example and self-test apart.

      To record new figures:

          mvn -pl qemu-tests -am test -Dtest=BenchmarkTest -Dbenchmarks.record=true \\
              -Dsurefire.failIfNoSpecifiedTests=false

      """;

  /**
   * A build's figures; instructions and cycles are of one inference, the rest are bytes.
   *
   * @param cycles an estimate, where there is one
   * @param stack that one inference needs at most, where there is a bound
   */
  record Network(
      String model,
      String core,
      String goal,
      long instructions,
      OptionalLong cycles,
      long arena,
      OptionalLong stack,
      long measuredStack,
      long flash,
      long beyondWeights,
      long constants) {
    /** Which build this is. */
    String key() {
      return model + " on " + core + " optimized for " + goal;
    }
  }

  /** The instructions of one layer. */
  record LayerCount(String model, String core, String goal, String layer, long instructions) {
    /** Which layer of which build this is. */
    String key() {
      return "layer " + layer + " of " + model + " on " + core + " optimized for " + goal;
    }
  }

  BenchmarkTable {
    tools = Set.copyOf(tools);
    networks = List.copyOf(networks);
    layers = List.copyOf(layers);
  }

  /** The figures of some builds. */
  static BenchmarkTable of(Map<SampleBuild, Profile> profiles) {
    Set<String> tools = new TreeSet<>();
    List<Network> networks = new ArrayList<>();
    List<LayerCount> layers = new ArrayList<>();
    profiles.forEach(
        (build, profile) -> {
          String core = build.board().core().name();
          tools.addAll(profile.tools());
          networks.add(
              new Network(
                  build.model(),
                  core,
                  build.goalName(),
                  profile.total().instructions(),
                  optional(profile.cycles()),
                  profile.arenaBytes(),
                  optional(profile.stackBytes()),
                  profile.measuredStackBytes(),
                  profile.flashBytes(),
                  profile.beyondWeightsBytes(),
                  profile.constantBytes()));
          for (Profile.Layer layer : profile.layers()) {
            layers.add(
                new LayerCount(
                    build.model(),
                    core,
                    build.goalName(),
                    layer.number() + " `" + layer.name() + "`",
                    layer.counts().instructions()));
          }
        });
    return new BenchmarkTable(tools, networks, layers);
  }

  private static OptionalLong optional(Optional<Long> value) {
    return value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty();
  }

  /** Reads what {@link #markdown} wrote. */
  static BenchmarkTable parse(String markdown) {
    List<String> lines = markdown.lines().toList();
    Set<String> tools =
        lines.stream()
            .filter(line -> line.startsWith(TOOL))
            .map(line -> line.substring(TOOL.length()))
            .collect(Collectors.toSet());
    return new BenchmarkTable(
        tools,
        rows(lines, NETWORKS)
            .map(
                cells ->
                    new Network(
                        cells.get(0),
                        cells.get(1),
                        cells.get(2),
                        number(cells.get(3)),
                        optional(cells.get(4)),
                        number(cells.get(5)),
                        optional(cells.get(6)),
                        number(cells.get(7)),
                        number(cells.get(8)),
                        number(cells.get(9)),
                        number(cells.get(10))))
            .toList(),
        rows(lines, LAYERS)
            .map(
                cells ->
                    new LayerCount(
                        cells.get(0),
                        cells.get(1),
                        cells.get(2),
                        cells.get(3),
                        number(cells.get(4))))
            .toList());
  }

  /** The table for people. */
  String markdown() {
    StringBuilder text = new StringBuilder(INTRODUCTION);
    new TreeSet<>(tools).forEach(tool -> text.append(TOOL).append(tool).append('\n'));
    text.append('\n').append(NETWORKS).append("\n\n");
    text.append(
        "| model | core | for | instructions | cycles | arena | stack | measured | flash"
            + " | beyond weights | constants |\n");
    text.append("|:--|:--|:--|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    for (Network n : networks) {
      row(
          text,
          List.of(n.model(), n.core(), n.goal()),
          List.of(
              OptionalLong.of(n.instructions()),
              n.cycles(),
              OptionalLong.of(n.arena()),
              n.stack(),
              OptionalLong.of(n.measuredStack()),
              OptionalLong.of(n.flash()),
              OptionalLong.of(n.beyondWeights()),
              OptionalLong.of(n.constants())));
    }
    text.append('\n').append(LAYERS).append("\n\n");
    text.append("| model | core | for | layer | instructions |\n");
    text.append("|:--|:--|:--|:--|--:|\n");
    for (LayerCount layer : layers) {
      row(
          text,
          List.of(layer.model(), layer.core(), layer.goal(), layer.layer()),
          List.of(OptionalLong.of(layer.instructions())));
    }
    return text.toString();
  }

  private static void row(StringBuilder text, List<String> names, List<OptionalLong> figures) {
    Stream<String> numbers =
        figures.stream()
            .map(n -> n.isPresent() ? String.format(Locale.ROOT, "%,d", n.getAsLong()) : "");
    text.append("| ");
    text.append(Stream.concat(names.stream(), numbers).collect(Collectors.joining(" | ")));
    text.append(" |\n");
  }

  /** The cells of the table below a heading, without the table's own two heading lines. */
  private static Stream<List<String>> rows(List<String> lines, String heading) {
    return lines.stream()
        .dropWhile(line -> !line.equals(heading))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.startsWith("|"))
        .skip(2)
        .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ", -1)));
  }

  private static OptionalLong optional(String grouped) {
    return grouped.isEmpty() ? OptionalLong.empty() : OptionalLong.of(number(grouped));
  }

  private static long number(String grouped) {
    return Long.parseLong(grouped.replace(",", ""));
  }
}
