package io.mcudeploy.generate;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.board.Boards;
import io.mcudeploy.board.InstructionCounter;
import io.mcudeploy.board.MemoryRegion;
import io.mcudeploy.board.MemoryRegion.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a generated project holds for its board: start-up code and linker script. */
public final class BoardFiles {
  /** The folder of the generated project with the board's files. */
  public static final String FOLDER = "board";

  /** The name of the linker script in that folder. */
  public static final String LINKER_SCRIPT = "board.ld";

  /**
   * Where an image goes in memory.
   *
   * @param title whose memory it is
   * @param arena which of the memories holds the arena, or its first part
   * @param furtherArenas memories that hold further parts
   * @param furtherWeights memories that hold constants besides the first that may
   * @param stackBytes kept free for the stack at the end of the memory that holds it
   */
  public record Layout(
      String title,
      Architecture architecture,
      List<MemoryRegion> memories,
      MemoryRegion arena,
      List<MemoryRegion> furtherArenas,
      List<MemoryRegion> furtherWeights,
      long stackBytes) {
    public Layout {
      memories = List.copyOf(memories);
      furtherArenas = List.copyOf(furtherArenas);
      furtherWeights = List.copyOf(furtherWeights);
    }
  }

  private BoardFiles() {}

  /** The start-up code, which is the same for the board and for its twin. */
  public static List<SourceFile> startup(Architecture architecture) {
    String name = startupName(architecture);
    return List.of(
        new SourceFile(FOLDER + "/" + name, Boards.startup(name)),
        new SourceFile(FOLDER + "/memory.c", Boards.startup("memory.c")));
  }

  /** The file name of an architecture's start-up code. */
  public static String startupName(Architecture architecture) {
    return architecture == Architecture.ARM ? "cortex-m.c" : "riscv.S";
  }

  /** The C file that reads a counter of instructions. */
  public static String counter(InstructionCounter.Device device) {
    return Boards.startup("counter-" + device.id() + ".c");
  }

  /** A linker script for GNU ld. */
  public static String linkerScript(Templates templates, String banner, Layout layout) {
    Map<Long, MemoryRegion> used = new TreeMap<>();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("banner", banner);
    values.put("title", layout.title());
    values.put("entry", layout.architecture() == Architecture.ARM ? "Reset_Handler" : "_start");
    for (Role role : List.of(Role.CODE, Role.WEIGHTS, Role.DATA, Role.STACK)) {
      MemoryRegion region = first(layout.memories(), role);
      used.put(region.origin(), region);
      values.put(role.id(), region.name());
    }
    used.put(layout.arena().origin(), layout.arena());
    values.put("arena", layout.arena().name());
    for (List<MemoryRegion> further : List.of(layout.furtherArenas(), layout.furtherWeights())) {
      further.forEach(region -> used.put(region.origin(), region));
    }
    values.put("furtherArenas", layout.furtherArenas().stream().map(MemoryRegion::name).toList());
    values.put("furtherWeights", layout.furtherWeights().stream().map(MemoryRegion::name).toList());
    values.put("stackBytes", layout.stackBytes());
    values.put("regions", used.values().stream().map(BoardFiles::region).toList());
    return templates.render("project/linker.ld.vm", values);
  }

  private static MemoryRegion first(List<MemoryRegion> memories, Role role) {
    return memories.stream().filter(region -> region.holds(role)).findFirst().orElseThrow();
  }

  private static Map<String, Object> region(MemoryRegion region) {
    return Map.of(
        "name", region.name(),
        "access", region.access(),
        "origin", "0x%08X".formatted(region.origin()),
        "bytes", region.size(),
        "source",
            region.reserved() > 0
                ? region.source() + "; " + region.reserved() + " bytes behind it are reserved"
                : region.source());
  }
}
