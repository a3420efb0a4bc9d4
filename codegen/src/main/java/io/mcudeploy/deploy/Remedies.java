package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.board.MemoryRegion;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Ports;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What helps a network that does not fit a board, the cheapest first: memory that was reserved,
 * another goal, another place, another board. Only what was found to fit is named.
 */
final class Remedies {
  private static final int BOARDS = 4;

  private final Fit fit;
  private final Board board;
  private final QuantizedGraph graph;
  private final Placing placing;
  private final Goal goal;
  private final Fit.Outcome failure;
  private final MemoryMap map;

  /**
   * @param fit of the board, which knows the network's kernels
   * @param failure the plan that does not fit
   */
  Remedies(
      Fit fit, Board board, QuantizedGraph graph, Placing placing, Goal goal, Fit.Outcome failure) {
    this.fit = fit;
    this.board = board;
    this.graph = graph;
    this.placing = placing;
    this.goal = goal;
    this.failure = failure;
    this.map = new MemoryMap(board, graph, placing);
  }

  /** What helps where the arena has no room. */
  List<String> forRam(long besideBytes) {
    long arena = failure.plan().arenaBytes();
    List<String> remedies = new ArrayList<>();
    for (MemoryRegion region : map.arenas()) {
      long spare = MemoryMap.room(whole(region), besideBytes) - arena;
      if (region.reserved() > 0 && spare >= 0) {
        remedies.add(lessReserved(region, spare));
      }
    }
    remedies.addAll(
        otherGoals(Goal.RAM, Fit.Outcome::fitsRam, plan -> plan.arenaBytes() + besideBytes));
    if (placing.ports() == Ports.CALLER) {
      Placing inArena = new Placing(placing.regions(), Ports.ARENA);
      Fit.Outcome outcome = new Fit(board, graph, inArena).attempt(goal);
      if (outcome.fits()) {
        remedies.add(
            text(
                    "--ports arena: %,d bytes of arena hold inputs and outputs too; layers may"
                        + " write over the inputs",
                    outcome.plan().arenaBytes())
                + inParts(outcome.plan()));
      }
    }
    for (MemoryRegion region : board.memories()) {
      if (!map.arenas().contains(region)
          && region.access().contains("w")
          && MemoryMap.room(region, besideBytes) >= arena) {
        remedies.add("--place arena=" + region.name() + ": " + memory(region));
      }
    }
    remedies.addAll(otherBoards());
    return remedies;
  }

  /** What helps where the constants have no room. */
  List<String> forFlash(long codeBytes) {
    long constants = failure.constantBytes();
    List<String> remedies = new ArrayList<>();
    for (MemoryRegion region : map.flashes()) {
      long spare = MemoryMap.flashRoom(whole(region), codeBytes) - constants;
      if (region.reserved() > 0 && spare >= 0) {
        remedies.add(lessReserved(region, spare));
      }
    }
    remedies.addAll(
        otherGoals(
            Goal.SIZE,
            outcome -> outcome.weightRegions().isPresent(),
            plan -> plan.constantBytes() + codeBytes));
    for (MemoryRegion region : board.memories()) {
      if (!map.flashes().contains(region)
          && MemoryMap.isLasting(region)
          && MemoryMap.flashRoom(region, codeBytes) >= constants) {
        remedies.add("--place weights=" + region.name() + ": " + memory(region));
      }
    }
    remedies.addAll(otherBoards());
    return remedies;
  }

  /** The region with nothing reserved. */
  private static MemoryRegion whole(MemoryRegion region) {
    return region.reserving(-region.reserved());
  }

  private static String lessReserved(MemoryRegion region, long spare) {
    return text(
        "--reserve %s=%d or less, in place of %,d", region.name(), spare, region.reserved());
  }

  /**
   * Goals whose plans fit, those that cost the fewest instructions first.
   *
   * @param least the goal that takes the least of what is short; if there is too little for it,
   *     there is for all
   */
  private List<String> otherGoals(
      Goal least, Predicate<Fit.Outcome> hasRoom, ToLongFunction<Plan> bytes) {
    Map<Goal, Fit.Outcome> outcomes = new EnumMap<>(Goal.class);
    outcomes.put(goal, failure);
    if (!hasRoom.test(outcomes.computeIfAbsent(least, fit::attempt))) {
      return List.of();
    }
    for (Goal other : Goal.values()) {
      outcomes.computeIfAbsent(other, fit::attempt);
    }
    String memory = least == Goal.RAM ? "RAM" : "flash";
    double cost = failure.plan().schedule().cost();
    Map<Goal, Plan> plans = new EnumMap<>(Goal.class);
    outcomes.forEach(
        (other, outcome) -> {
          if (outcome.fits()) {
            plans.put(other, outcome.plan());
          }
        });
    return plans.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> entry.getValue().schedule().cost()))
        .map(
            entry ->
                text(
                        "--optimize %s: %,d bytes of %s, about %+.0f %% instructions",
                        entry.getKey().name().toLowerCase(Locale.ROOT),
                        bytes.applyAsLong(entry.getValue()),
                        memory,
                        100 * (entry.getValue().schedule().cost() / cost - 1))
                    + inParts(entry.getValue()))
        .toList();
  }

  /** What a plan does to need less memory, and what that costs, behind a comma. */
  static String inParts(Plan plan) {
    return Report.RowByRow.of(plan)
        .map(
            trade ->
                trade.macsAgain() == 0
                    ? ", row by row"
                    : text(
                        ", row by row in stripes of columns, %.1f %% of the multiplications twice",
                        trade.percentAgain()))
        .orElse("");
  }

  private static String memory(MemoryRegion region) {
    String waits =
        region.waitStates().isPresent()
            ? ", " + region.waitStates().getAsInt() + " wait states"
            : "";
    return text("%,d bytes, %s%s; %s", region.size(), region.kind().id(), waits, region.source());
  }

  /** Boards with enough memory: those with the same core, then others, the smallest first. */
  private List<String> otherBoards() {
    Predicate<Board> sameCore = other -> other.core().name().equals(board.core().name());
    List<Board> large =
        Boards.all().stream()
            .filter(other -> !other.name().equals(board.name()))
            .filter(
                other ->
                    new Fit(other, graph, new Placing(Map.of(), placing.ports()))
                        .holds(failure.plan()))
            .sorted(Comparator.comparingLong(Board::ramBytes))
            .toList();
    List<String> remedies = new ArrayList<>();
    List<Board> family = large.stream().filter(sameCore).toList();
    List<Board> others = large.stream().filter(sameCore.negate()).toList();
    if (!family.isEmpty()) {
      remedies.add("--board, with the same core: " + names(family));
    }
    if (!others.isEmpty()) {
      remedies.add("--board, with another core: " + names(others));
    }
    return remedies;
  }

  private static String names(List<Board> boards) {
    return boards.stream()
        .limit(BOARDS)
        .map(
            other ->
                text(
                    "%s (%,d KiB of RAM, %,d KiB of flash)",
                    other.name(), other.ramBytes() >> 10, other.flashBytes() >> 10))
        .collect(Collectors.joining(", "));
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
