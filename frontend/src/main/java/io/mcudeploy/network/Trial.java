package io.mcudeploy.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One way of quantization that was tried.
 *
 * @param what was changed, as on the command line
 * @param decibels SQNR of the network's worst output
 * @param gain in decibels, over the best recipe so far; 0 for the first
 * @param agreement share of the samples on which float and integer network give the same answer
 * @param kept whether the change became part of the best recipe
 */
public record Trial(String what, double decibels, double gain, double agreement, boolean kept) {
  /** What {@link #cells} are. */
  public static final List<String> COLUMNS =
      List.of("tried", "SQNR", "gain", "same answer", "kept");

  /** A row for people. */
  public List<String> cells() {
    return List.of(
        what,
        String.format(Locale.ROOT, "%.2f", decibels),
        String.format(Locale.ROOT, "%+.2f", gain),
        String.format(Locale.ROOT, "%.2f %%", 100 * agreement),
        kept ? "yes" : "no");
  }

  /** A row for machines. */
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("tried", what);
    facts.put("decibels", decibels);
    facts.put("gain", gain);
    facts.put("agreement", agreement);
    facts.put("kept", kept);
    return facts;
  }
}
