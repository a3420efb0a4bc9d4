package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.MemoryRegion;
import io.mcudeploy.board.MemoryRegion.Role;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.diagnostics.Suggestion;
import io.mcudeploy.plan.Banks;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Ports;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which of a board's memories a network may use for what, and how much of them. */
final class MemoryMap {
  private static final String ARENA = "arena";
  private static final String WEIGHTS = "weights";
  private static final String WEIGHTS_OF_LAYER = "-weights";

  private final Board board;
  private final List<MemoryRegion> arenas = new ArrayList<>();
  private final List<MemoryRegion> flashes = new ArrayList<>();
  private final Map<String, String> pins = new TreeMap<>();
  private final Map<String, MemoryRegion> weightPins = new TreeMap<>();

  /**
   * @throws DiagnosticException E0503 if the user's wishes name what is not there
   */
  MemoryMap(Board board, QuantizedGraph graph, Placing placing) {
    this.board = board;
    Map<String, MemoryRegion> wishes = new LinkedHashMap<>();
    placing.regions().forEach((what, region) -> wishes.put(what, region(board, region, "--place")));
    Optional<MemoryRegion> arena = Optional.ofNullable(wishes.remove(ARENA));
    Optional<MemoryRegion> weights = Optional.ofNullable(wishes.remove(WEIGHTS));
    arenas.addAll(arena.map(List::of).orElse(board.regions(Role.ARENA)));
    flashes.addAll(weights.map(List::of).orElse(board.regions(Role.WEIGHTS)));
    arenas.forEach(MemoryMap::checkWritable);
    flashes.forEach(MemoryMap::checkLasting);
    wishes.forEach((what, region) -> place(graph, placing.ports(), what, region));
  }

  /**
   * A memory that the user names.
   *
   * @param option that names it
   * @throws DiagnosticException E0503 if the board has none of that name
   */
  static MemoryRegion region(Board board, String name, String option) {
    Set<String> names = new TreeSet<>();
    board.memories().forEach(memory -> names.add(memory.name()));
    return board
        .memory(name)
        .orElseThrow(
            () ->
                unknown(
                    option + ": " + board.name() + " has no memory `" + name + "`",
                    "its memories: " + String.join(", ", names),
                    name,
                    names));
  }

  private void place(QuantizedGraph graph, Ports ports, String what, MemoryRegion region) {
    Set<String> tensors = new LinkedHashSet<>();
    Set<String> layers = new LinkedHashSet<>();
    for (Layer layer : graph.layers()) {
      tensors.addAll(layer.outputs());
      layers.add(layer.name() + WEIGHTS_OF_LAYER);
    }
    if (ports == Ports.ARENA) {
      tensors.addAll(graph.inputs());
    } else {
      tensors.removeAll(graph.outputs());
    }
    if (tensors.contains(what)) {
      checkWritable(region);
      pins.put(what, region.name());
      if (!arenas.contains(region)) {
        arenas.add(region);
      }
    } else if (layers.contains(what)) {
      checkLasting(region);
      String layer = what.substring(0, what.length() - WEIGHTS_OF_LAYER.length());
      weightPins.put(layer, region);
    } else if (graph.inputs().contains(what) || graph.outputs().contains(what)) {
      throw Diagnostic.of(
              Code.E0503,
              Location.nowhere(),
              "--place: `" + what + "` is the caller's: it lies where your program has it")
          .help("--ports arena has inputs and outputs in the arena")
          .asException();
    } else {
      Set<String> known = new TreeSet<>(tensors);
      known.addAll(layers);
      known.addAll(List.of(ARENA, WEIGHTS));
      throw unknown(
          "--place: the network has no tensor `" + what + "`",
          "tensors between layers, LAYER-weights, arena and weights can be placed",
          what,
          known);
    }
  }

  private static DiagnosticException unknown(
      String message, String note, String name, Set<String> known) {
    Diagnostic diagnostic = Diagnostic.of(Code.E0503, Location.nowhere(), message).note(note);
    Optional<String> near = Suggestion.closest(name, known);
    return near.map(hit -> diagnostic.help("did you mean `" + hit + "`?"))
        .orElse(diagnostic)
        .asException();
  }

  private static void checkWritable(MemoryRegion region) {
    if (!region.access().contains("w")) {
      throw Diagnostic.of(
              Code.E0503, region.location(), "`" + region.name() + "` cannot be written to")
          .asException();
    }
  }

  private static void checkLasting(MemoryRegion region) {
    if (!isLasting(region)) {
      throw Diagnostic.of(
              Code.E0503,
              region.location(),
              "`" + region.name() + "` does not keep weights without power")
          .help("place them in flash, or in external memory that something loads before the start")
          .asException();
    }
  }

  /** Whether constants may lie in a region: nothing in the generated project loads them. */
  static boolean isLasting(MemoryRegion region) {
    return region.kind() != MemoryRegion.Kind.RAM || region.holds(Role.WEIGHTS);
  }

  /** The memories that the arena may use. */
  List<MemoryRegion> arenas() {
    return List.copyOf(arenas);
  }

  /** The memories that constants may use. */
  List<MemoryRegion> flashes() {
    return List.copyOf(flashes);
  }

  /**
   * The memories of the arena for the planner, and what the user has fixed.
   *
   * @param besideBytes variables and stack, which share a region with the arena where the board
   *     says so
   */
  Banks banks(long besideBytes) {
    return new Banks(
        arenas.stream()
            .map(region -> Banks.Bank.of(region.name(), room(region, besideBytes)))
            .toList(),
        pins);
  }

  /**
   * Whether tensors lie where the user wants them.
   *
   * @throws DiagnosticException E0503 for the first that does not
   */
  void check(Plan plan) {
    pins.forEach(
        (tensor, region) -> {
          if (!plan.memory().contains(tensor)) {
            throw Diagnostic.of(
                    Code.E0503, Location.nowhere(), "--place: `" + tensor + "` takes no memory")
                .asException();
          }
          if (!plan.memory().parts().get(plan.memory().part(tensor)).region().equals(region)) {
            List<String> together = plan.memory().of(tensor).buffer().names();
            throw Diagnostic.of(
                    Code.E0503,
                    Location.nowhere(),
                    "--place: `" + tensor + "` cannot be in `" + region + "`")
                .note("it shares its memory with " + String.join(", ", together))
                .asException();
          }
        });
  }

  /** What an arena may take of a region. */
  static long room(MemoryRegion region, long besideBytes) {
    boolean shared = region.holds(Role.STACK) || region.holds(Role.DATA);
    return Math.max(0, region.size() - (shared ? besideBytes : 0));
  }

  /** What constants may take of all memories together. */
  long flashBytes(long codeBytes) {
    return flashes.stream().mapToLong(region -> flashRoom(region, codeBytes)).sum();
  }

  static long flashRoom(MemoryRegion region, long codeBytes) {
    return Math.max(0, region.size() - (region.holds(Role.CODE) ? codeBytes : 0));
  }

  /** Where the user wants the constants of a layer, or of one of those that it computes. */
  private Optional<MemoryRegion> weightPin(Layer layer) {
    return layer.origins().stream()
        .flatMap(origin -> Stream.ofNullable(weightPins.get(origin)))
        .findFirst();
  }

  /**
   * The memory of each layer's constants where it is not the board's first choice; nothing if they
   * do not fit. Where one memory is too small, the faster ones hold what is read most.
   */
  Optional<Map<String, String>> weightRegions(Plan plan, long codeBytes) {
    List<Integer> needed = plan.schedule().newConstantBytes();
    Map<MemoryRegion, Long> rooms = new LinkedHashMap<>();
    flashes.forEach(region -> rooms.put(region, flashRoom(region, codeBytes)));
    Map<String, Int8Array> tensors = plan.schedule().graph().constants();
    rooms.merge(
        flashes.get(0),
        tensors.values().stream().mapToLong(tensor -> -tensor.length()).sum(),
        Long::sum);
    Map<String, MemoryRegion> regions = new HashMap<>();
    List<Step> free = new ArrayList<>();
    for (Step step : plan.schedule().steps()) {
      Optional<MemoryRegion> pinned = weightPin(step.layer());
      if (pinned.isEmpty()) {
        free.add(step);
      } else {
        rooms.putIfAbsent(pinned.get(), flashRoom(pinned.get(), codeBytes));
        rooms.merge(pinned.get(), (long) -needed.get(step.number() - 1), Long::sum);
        regions.put(step.layer().name(), pinned.get());
      }
    }
    long together = free.stream().mapToLong(step -> needed.get(step.number() - 1)).sum();
    Optional<MemoryRegion> one =
        flashes.stream().filter(region -> rooms.get(region) >= together).findFirst();
    if (one.isEmpty()) {
      free.sort(
          Comparator.comparingDouble(
              step ->
                  -(double) step.layer().operator().macs()
                      / Math.max(1, needed.get(step.number() - 1))));
    }
    for (Step step : free) {
      long bytes = needed.get(step.number() - 1);
      Optional<MemoryRegion> region =
          one.or(() -> flashes.stream().filter(r -> rooms.get(r) >= bytes).findFirst());
      if (region.isEmpty()) {
        return Optional.empty();
      }
      rooms.merge(region.get(), -bytes, Long::sum);
      regions.put(step.layer().name(), region.get());
    }
    if (rooms.values().stream().anyMatch(room -> room < 0)) {
      return Optional.empty();
    }
    Map<String, String> special = new TreeMap<>();
    if (!flashes.get(0).equals(board.region(Role.WEIGHTS))) {
      tensors.keySet().forEach(name -> special.put(Plan.keyOf(name), flashes.get(0).name()));
    }
    for (Step step : plan.schedule().steps()) {
      MemoryRegion region = regions.get(step.layer().name());
      if (step.constantBytes() > 0 && !region.equals(board.region(Role.WEIGHTS))) {
        special.put(step.layer().name(), region.name());
      }
    }
    return Optional.of(special);
  }
}
