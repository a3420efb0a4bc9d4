package io.mcudeploy.deploy;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.diagnostics.Numbers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What changed from one profile or report to another.
 *
 * @param titles what was measured before and after
 * @param totals changes of the network's figures
 * @param layers changes of layers, the largest change of instructions first
 */
public record Comparison(List<String> titles, List<Change> totals, List<Change> layers) {
  /**
   * A figure before and after.
   *
   * @param layer its layer, or empty for the network
   * @param before -1 if it was not there
   * @param after -1 if it is no longer there
   */
  public record Change(String layer, String figure, long before, long after) {
    private long growth() {
      return Math.max(0, after) - Math.max(0, before);
    }

    private Map<String, Object> facts() {
      Map<String, Object> facts = new LinkedHashMap<>();
      if (!layer.isEmpty()) {
        facts.put("layer", layer);
      }
      facts.put("figure", figure);
      if (before >= 0) {
        facts.put("before", before);
      }
      if (after >= 0) {
        facts.put("after", after);
      }
      return facts;
    }

    private List<String> cells() {
      return List.of(
          layer.isEmpty() ? "all" : layer,
          figure,
          before < 0 ? "" : Numbers.grouped(before),
          after < 0 ? "" : Numbers.grouped(after),
          String.format(Locale.ROOT, "%+,d", growth()),
          before <= 0 || after < 0
              ? ""
              : String.format(Locale.ROOT, "%+.2f %%", 100.0 * growth() / before));
    }
  }

  public Comparison {
    titles = List.copyOf(titles);
    totals = List.copyOf(totals);
    layers = List.copyOf(layers);
  }

  /**
   * Compares two files.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0401 or E0402 if one is no such file
   */
  public static Comparison of(Path before, Path after) {
    Figures old = Figures.read(before);
    Figures now = Figures.read(after);
    List<Change> layers = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>(now.layers().keySet());
    names.addAll(old.layers().keySet());
    for (String name : names) {
      layers.addAll(
          changes(
              name,
              old.layers().getOrDefault(name, Map.of()),
              now.layers().getOrDefault(name, Map.of())));
    }
    layers.sort(
        Comparator.comparing((Change change) -> !change.figure().equals(Figures.INSTRUCTIONS))
            .thenComparing(change -> -Math.abs(change.growth())));
    return new Comparison(
        List.of(old.title(), now.title()), changes("", old.totals(), now.totals()), layers);
  }

  private static List<Change> changes(
      String layer, Map<String, Long> before, Map<String, Long> after) {
    Set<String> figures = new LinkedHashSet<>(after.keySet());
    figures.addAll(before.keySet());
    // A figure that only one kind of file has says nothing; a layer that is new or gone does.
    figures.removeIf(
        figure ->
            before.getOrDefault(figure, -1L).equals(after.getOrDefault(figure, -1L))
                || (!before.isEmpty() && !before.containsKey(figure))
                || (!after.isEmpty() && !after.containsKey(figure)));
    return figures.stream()
        .map(
            figure ->
                new Change(
                    layer,
                    figure,
                    before.getOrDefault(figure, -1L),
                    after.getOrDefault(figure, -1L)))
        .toList();
  }

  /**
   * What is worse than allowed: a layer or the network that executes more instructions, or any
   * memory that needs more bytes.
   *
   * @param instructions percent more that are allowed
   * @param ramBytes more that are allowed
   */
  public Optional<Diagnostic> regression(double instructions, long ramBytes, Path after) {
    List<String> worse = new ArrayList<>();
    for (Change change : all()) {
      boolean slower =
          change.figure().equals(Figures.INSTRUCTIONS)
              && change.after() > Math.max(0, change.before()) * (1 + instructions / 100);
      boolean larger = Figures.RAM.contains(change.figure()) && change.growth() > ramBytes;
      // A layer that is new is judged with the network.
      if ((slower || larger) && (change.before() >= 0 || change.layer().isEmpty())) {
        worse.add(
            String.format(
                Locale.ROOT,
                "%s: %,d %s, before %,d",
                change.layer().isEmpty() ? "the network" : "layer `" + change.layer() + "`",
                change.after(),
                words(change.figure()),
                change.before()));
      }
    }
    if (worse.isEmpty()) {
      return Optional.empty();
    }
    Diagnostic diagnostic =
        Diagnostic.of(Code.E0705, new Location.File(after.toString()), worse.get(0));
    for (String other : worse.subList(1, worse.size())) {
      diagnostic = diagnostic.note(other);
    }
    return Optional.of(diagnostic.help("--instructions PERCENT and --ram BYTES allow more"));
  }

  private List<Change> all() {
    List<Change> all = new ArrayList<>(layers);
    all.addAll(totals);
    return all;
  }

  /** As {@code bytes of stack} for {@code stackBytes}. */
  private static String words(String figure) {
    return figure.endsWith("Bytes")
        ? "bytes of "
            + figure
                .replaceFirst("Bytes$", "")
                .replaceAll("([A-Z])", " $1")
                .toLowerCase(Locale.ROOT)
        : figure;
  }

  /** The comparison for machines. */
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("before", titles.get(0));
    facts.put("after", titles.get(1));
    facts.put("network", totals.stream().map(Change::facts).toList());
    facts.put("layers", layers.stream().map(Change::facts).toList());
    return facts;
  }

  /** The comparison for people. */
  public String markdown() {
    if (layers.isEmpty() && totals.isEmpty()) {
      return titles.get(1) + ": no figure changed\n";
    }
    MarkdownTable table =
        new MarkdownTable(
            "llrrrr", List.of("layer", "figure", "before", "after", "change", "percent"));
    all().forEach(change -> table.row(change.cells()));
    return "%s against %s\n\n%s".formatted(titles.get(1), titles.get(0), table.text());
  }
}
