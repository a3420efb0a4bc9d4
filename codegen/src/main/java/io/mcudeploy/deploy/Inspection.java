package io.mcudeploy.deploy;

import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Numbers;
import io.mcudeploy.plan.Buffer;
import io.mcudeploy.plan.MemoryPlan;
import io.mcudeploy.plan.Placement;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.simplification.Simplification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What would be built for a board, known without building: kernels and why, memory, and what helps
 * where it does not fit.
 *
 * @param report as of a build that stops before the compiler
 * @param reordered whether layers run in another order than the model file's
 * @param places of all buffers of the arena, in the order of their first use
 * @param problem why it does not fit, with remedies; the plan is then the smallest found
 */
public record Inspection(
    Report report, boolean reordered, List<Place> places, Optional<Diagnostic> problem) {

  /**
   * A buffer of the arena.
   *
   * @param region its memory; empty if none has room
   * @param offset bytes from the start of the arena's part in that memory
   * @param first number of the layer that writes it first
   * @param last number of the layer that reads it last
   * @param contents tensors that take each other's place or are parts of one another, or scratch
   */
  public record Place(
      String region, int offset, int bytes, int first, int last, List<String> contents) {
    public Place {
      contents = List.copyOf(contents);
    }

    static List<Place> of(MemoryPlan memory) {
      return memory.placements().stream().map(placement -> of(memory, placement)).toList();
    }

    private static Place of(MemoryPlan memory, Placement placement) {
      Buffer buffer = placement.buffer();
      MemoryPlan.Part part = memory.parts().get(memory.part(buffer.names().get(0)));
      return new Place(
          part.region(),
          placement.offset() - part.start(),
          buffer.bytes(),
          buffer.first(),
          buffer.last(),
          buffer.names());
    }
  }

  public Inspection {
    places = List.copyOf(places);
  }

  /**
   * Plans without generating anything.
   *
   * @param request whose output stays untouched
   * @throws DiagnosticException E0503 if the user's wishes name what is not there
   */
  public static Inspection of(BuildRequest request, QuantizedGraph original) {
    Simplification simplification = Simplification.of(original);
    QuantizedGraph graph = simplification.graph();
    Fit fit = new Fit(request.board(), graph, request.placing());
    Fit.Outcome outcome = fit.attempt(request.goal());
    Report report =
        Report.of(
                request,
                outcome.placed(),
                outcome.plan().constantBytes(),
                List.of(),
                Optional.empty(),
                Optional.empty())
            .with(List.of(), simplification.removals());
    return new Inspection(
        report,
        !outcome.plan().schedule().keepsOrderOf(graph),
        Place.of(outcome.plan().memory()),
        fit.problem(request.goal(), outcome));
  }

  /** For machines, in a fixed order. */
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>(report.facts());
    facts.put("fits", problem.isEmpty());
    problem.ifPresent(
        diagnostic -> {
          Map<String, Object> values = new LinkedHashMap<>();
          values.put("code", diagnostic.code().name());
          values.put("message", diagnostic.message());
          values.put("notes", diagnostic.notes());
          values.put("helps", diagnostic.helps());
          facts.put("problem", values);
        });
    facts.put("reordered", reordered);
    facts.put("places", places);
    return facts;
  }

  /** For people: the report, where everything lies, and what does not fit. */
  public String markdown() {
    StringBuilder text = new StringBuilder(report.markdown());
    text.append("\nLayers run in the order of the table, ");
    text.append(reordered ? "not in the model file's" : "which is the model file's").append(".\n");
    if (!places.isEmpty()) {
      MarkdownTable table =
          new MarkdownTable("lrrrl", List.of("memory", "from", "bytes", "layers", "what"));
      places.forEach(place -> table.row(cells(place)));
      text.append("\nThe arena:\n\n").append(table.text());
    }
    problem.ifPresent(diagnostic -> text.append('\n').append(diagnostic).append('\n'));
    return text.toString();
  }

  private static List<String> cells(Place place) {
    return List.of(
        place.region().isEmpty() ? "none has room" : place.region(),
        Numbers.grouped(place.offset()),
        Numbers.grouped(place.bytes()),
        place.first() == place.last()
            ? Integer.toString(place.first())
            : place.first() + " to " + place.last(),
        String.join(", ", place.contents()));
  }
}
