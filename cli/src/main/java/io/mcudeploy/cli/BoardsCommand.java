package io.mcudeploy.cli;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.board.MemoryRegion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the boards, or tells everything about one. */
@Command(
    name = "boards",
    description = "List the boards, or describe one.",
    mixinStandardHelpOptions = true)
final class BoardsCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(arity = "0..1", paramLabel = "BOARD", description = "A board to describe.")
  private Optional<String> name;

  @Mixin private JsonOption json;

  BoardsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<Board> boards = name.map(wanted -> List.of(Boards.find(wanted))).orElseGet(Boards::all);
    if (json.wanted()) {
      console.json(boards.stream().map(BoardsCommand::facts).toList());
    } else if (name.isPresent()) {
      describe(boards.get(0));
    } else {
      TextTable table =
          new TextTable("board", "also", "core", "RAM KiB", "flash KiB", "emulated by");
      for (Board board : boards) {
        table.row(
            board.name(),
            String.join(", ", board.aliases()),
            board.core().name(),
            board.ramBytes() / 1024,
            board.flashBytes() / 1024,
            board.emulation().machine().name());
      }
      table.print(console.out());
    }
    return 0;
  }

  private void describe(Board board) {
    console.out().println(board.name() + ": " + board.title());
    console
        .out()
        .println(
            "core: "
                + board.core().title()
                + ", "
                + board.clockHertz() / 1_000_000
                + " MHz ("
                + board.clockSource()
                + ")");
    console
        .out()
        .println(
            "compiler: "
                + board.core().compiler()
                + " "
                + String.join(" ", board.core().compilerFlags()));
    console.out().println("kernels: " + String.join(", then ", board.core().kernels()));
    console.out().println();
    TextTable table = new TextTable("memory", "origin", "KiB", "kind", "waits", "holds", "source");
    for (MemoryRegion region : board.memories()) {
      table.row(
          region.name(),
          String.format("0x%08X", region.origin()),
          region.size() / 1024,
          region.kind().id(),
          region.waitStates().isPresent() ? Integer.toString(region.waitStates().getAsInt()) : "",
          String.join(" ", region.holds().stream().map(MemoryRegion.Role::id).toList()),
          region.source());
    }
    table.print(console.out());
    console.out().println();
    console.out().println("emulated by: " + board.emulation().machine().name());
    console.out().println("which proves: " + board.emulation().proves());
    console.out().println("and does not: " + board.emulation().limits());
  }

  private static Map<String, Object> facts(Board board) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", board.name());
    facts.put("title", board.title());
    facts.put("aliases", board.aliases());
    facts.put("core", board.core().name());
    facts.put("clockHertz", board.clockHertz());
    facts.put("ramBytes", board.ramBytes());
    facts.put("flashBytes", board.flashBytes());
    facts.put(
        "memories",
        board.memories().stream()
            .map(
                region ->
                    Map.of(
                        "name", region.name(),
                        "origin", region.origin(),
                        "size", region.size(),
                        "kind", region.kind().id(),
                        "holds", region.holds().stream().map(MemoryRegion.Role::id).toList(),
                        "source", region.source()))
            .toList());
    facts.put("emulatedBy", board.emulation().machine().name());
    facts.put("proves", board.emulation().proves());
    facts.put("limits", board.emulation().limits());
    return facts;
  }
}
