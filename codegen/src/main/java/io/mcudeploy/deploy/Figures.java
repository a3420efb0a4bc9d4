package io.mcudeploy.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of a {@code profile.json} or {@code report.json} that two of them can be compared by.
 *
 * @param title what was measured on which board
 * @param totals figures of the network by what they are, such as {@code arenaBytes}
 * @param layers figures of each layer by its name
 */
record Figures(String title, Map<String, Long> totals, Map<String, Map<String, Long>> layers) {
  static final String INSTRUCTIONS = "instructions";

  /** What the network takes of the RAM; a file has those that were found out. */
  static final List<String> RAM = List.of("arenaBytes", "stackBytes", "measuredStackBytes");

  /** Where a total is found in either file. */
  private static final Map<String, List<String>> PLACES = places();

  private static final List<String> OF_LAYERS =
      List.of(INSTRUCTIONS, "cycles", "scratchBytes", "constantBytes");

  private static Map<String, List<String>> places() {
    Map<String, List<String>> places = new LinkedHashMap<>();
    places.put(INSTRUCTIONS, List.of("/instructions", "/verified/instructions"));
    places.put("cycles", List.of("/cycles"));
    places.put("arenaBytes", List.of("/arenaBytes"));
    places.put("stackBytes", List.of("/stack/boundBytes"));
    places.put("measuredStackBytes", List.of("/stack/testMeasuredBytes", "/verified/stackBytes"));
    places.put("flashBytes", List.of("/flash/imageBytes", "/verified/flashBytes"));
    places.put("flashBeyondWeightsBytes", List.of("/flash/beyondWeightsBytes"));
    return places;
  }

  Figures {
    totals = new LinkedHashMap<>(totals);
    layers = new LinkedHashMap<>(layers);
  }

  /**
   * Reads a file.
   *
   * @throws DiagnosticException E0401 if it cannot be read, E0402 if it is neither a profile nor a
   *     report
   */
  static Figures read(Path file) {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw damaged(file, "it is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw Diagnostic.of(Code.E0401, new Location.File(file.toString()), "the file cannot be read")
          .help("`mcu-deploy profile` writes profile.json, `mcu-deploy build` report.json")
          .asException();
    }
    Map<String, Long> totals = new LinkedHashMap<>();
    PLACES.forEach(
        (figure, places) ->
            places.stream()
                .map(root::at)
                .filter(JsonNode::isIntegralNumber)
                .findFirst()
                .ifPresent(number -> totals.put(figure, number.longValue())));
    Map<String, Map<String, Long>> layers = new LinkedHashMap<>();
    for (JsonNode layer : root.path("layers")) {
      Map<String, Long> figures = new LinkedHashMap<>();
      for (String figure : OF_LAYERS) {
        if (layer.path(figure).isIntegralNumber()) {
          figures.put(figure, layer.path(figure).longValue());
        }
      }
      layers.put(layer.path("name").asText(), figures);
    }
    if (layers.isEmpty() || !totals.containsKey("arenaBytes")) {
      throw damaged(file, "it is neither a profile nor a report of a build");
    }
    String title = root.path("name").asText() + " on " + root.path("board").asText();
    return new Figures(title, totals, layers);
  }

  private static DiagnosticException damaged(Path file, String what) {
    return Diagnostic.of(Code.E0402, new Location.File(file.toString()), what)
        .help("`mcu-deploy profile` writes profile.json, `mcu-deploy build` report.json")
        .asException();
  }
}
