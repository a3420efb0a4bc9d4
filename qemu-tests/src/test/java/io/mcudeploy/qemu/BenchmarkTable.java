package io.mcudeploy.qemu;

import io.mcudeploy.deploy.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

      The sample networks on every core, as `BenchmarkTest` measures them under QEMU.
      The test fails if an arena grows by a byte or a count by more than 1 %.
      Instruction counts are exact; they are not cycle counts.
      Arena, stack, flash and constants are bytes; flash is the board's whole image: network, start-up
      code and example.

      To record new figures:

          mvn -pl qemu-tests -am test -Dtest=BenchmarkTest -Dbenchmarks.record=true \\
              -Dsurefire.failIfNoSpecifiedTests=false

      """;

  /** A build's figures; instructions are of one inference, the rest are bytes. */
  record Network(
      String model,
      String core,
      String goal,
      long instructions,
      long arena,
      long stack,
      long flash,
      long constants) {
    /** Which build this is. */
    String key() {
      return model + " on " + core + " for least " + goal;
    }
  }

  /** The instructions of one layer. */
  record LayerCount(String model, String core, String goal, String layer, long instructions) {
    /** Which layer of which build this is. */
    String key() {
      return "layer " + layer + " of " + model + " on " + core + " for least " + goal;
    }
  }

  BenchmarkTable {
    tools = Set.copyOf(tools);
    networks = List.copyOf(networks);
    layers = List.copyOf(layers);
  }

  /** The figures of some builds. */
  static BenchmarkTable of(Map<SampleBuild, Report> reports) {
    Set<String> tools = new TreeSet<>();
    List<Network> networks = new ArrayList<>();
    List<LayerCount> layers = new ArrayList<>();
    reports.forEach(
        (build, report) -> {
          Report.Verified verified = report.verified().orElseThrow();
          String core = build.board().core().name();
          tools.addAll(verified.tools());
          networks.add(
              new Network(
                  build.model(),
                  core,
                  build.goalName(),
                  verified.instructions().orElseThrow(),
                  report.arenaBytes(),
                  verified.stackBytes(),
                  verified.flashBytes(),
                  report.constantBytes()));
          for (Report.LayerRow layer : report.layers()) {
            layers.add(
                new LayerCount(
                    build.model(),
                    core,
                    build.goalName(),
                    layer.number() + " `" + layer.name() + "`",
                    layer.instructions().orElseThrow()));
          }
        });
    return new BenchmarkTable(tools, networks, layers);
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
                        number(cells.get(4)),
                        number(cells.get(5)),
                        number(cells.get(6)),
                        number(cells.get(7))))
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
    text.append("| model | core | least | instructions | arena | stack | flash | constants |\n");
    text.append("|:--|:--|:--|--:|--:|--:|--:|--:|\n");
    for (Network n : networks) {
      row(
          text,
          List.of(n.model(), n.core(), n.goal()),
          List.of(n.instructions(), n.arena(), n.stack(), n.flash(), n.constants()));
    }
    text.append('\n').append(LAYERS).append("\n\n");
    text.append("| model | core | least | layer | instructions |\n");
    text.append("|:--|:--|:--|:--|--:|\n");
    for (LayerCount layer : layers) {
      row(
          text,
          List.of(layer.model(), layer.core(), layer.goal(), layer.layer()),
          List.of(layer.instructions()));
    }
    return text.toString();
  }

  private static void row(StringBuilder text, List<String> names, List<Long> figures) {
    Stream<String> numbers = figures.stream().map(n -> String.format(Locale.ROOT, "%,d", n));
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

  private static long number(String grouped) {
    return Long.parseLong(grouped.replace(",", ""));
  }
}
