package io.mcudeploy.board;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.diagnostics.Suggestion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The boards and cores that come with the tool, and boards that users describe themselves. Adding a
 * board is adding a file to {@code boards/boards} and its name to the list here.
 */
public final class Boards {
  /** Names of the cores that come with the tool. */
  public static final List<String> CORES =
      List.of(
          "cortex-m0",
          "cortex-m3",
          "cortex-m4",
          "cortex-m7",
          "cortex-m33",
          "cortex-m55",
          "rv32imc",
          "rv32imac");

  /** Names of the boards that come with the tool, in the order in which they are listed. */
  public static final List<String> NAMES =
      List.of(
          "nucleo-h755zi-q",
          "nucleo-l4r5zi",
          "nucleo-l552ze-q",
          "nucleo-f446re",
          "netduinoplus2",
          "nrf52840",
          "rp2040",
          "microbit",
          "mps2-an385",
          "mps2-an386",
          "mps2-an500",
          "mps2-an505",
          "mps3-an547",
          "hifive1",
          "esp32-c3",
          "gap8",
          "qemu-riscv32");

  private Boards() {}

  /** Every board that comes with the tool. */
  public static List<Board> all() {
    return NAMES.stream().map(Boards::builtIn).toList();
  }

  /**
   * The board a user asks for.
   *
   * @param nameOrFile a board's name or alias, or the path of a description ending in {@code .yaml}
   *     or {@code .yml}
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0601 if there is no such board, E0602 if
   *     its description is damaged
   */
  public static Board find(String nameOrFile) {
    if (nameOrFile.endsWith(".yaml") || nameOrFile.endsWith(".yml")) {
      return read(Path.of(nameOrFile));
    }
    if (NAMES.contains(nameOrFile)) {
      return builtIn(nameOrFile);
    }
    List<Board> all = all();
    TreeSet<String> names = new TreeSet<>(NAMES);
    for (Board board : all) {
      if (board.aliases().contains(nameOrFile)) {
        return board;
      }
      names.addAll(board.aliases());
    }
    Diagnostic diagnostic =
        Diagnostic.of(
                Code.E0601, Location.nowhere(), "there is no board named `" + nameOrFile + "`")
            .note("known boards: " + String.join(", ", names));
    Optional<String> near = Suggestion.closest(nameOrFile, names);
    if (near.isPresent()) {
      diagnostic = diagnostic.help("did you mean `" + near.get() + "`?");
    }
    throw diagnostic
        .help("describe your own board in a file and give its path: --board my-board.yaml")
        .asException();
  }

  /**
   * A core that comes with the tool.
   *
   * @throws IllegalArgumentException if there is no such core
   */
  public static Core core(String name) {
    if (!CORES.contains(name)) {
      throw new IllegalArgumentException("no core " + name);
    }
    String file = "boards/cores/" + name + ".yaml";
    return core(YamlSection.parse(file, resource(file)));
  }

  /** The text of a file of {@code boards/startup}. */
  public static String startup(String file) {
    return resource("boards/startup/" + file);
  }

  private static String resource(String name) {
    try (InputStream stream = Boards.class.getClassLoader().getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is missing from the tool");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Board builtIn(String name) {
    String file = "boards/boards/" + name + ".yaml";
    return board(YamlSection.parse(file, resource(file)));
  }

  private static Board read(Path file) {
    String content;
    try {
      content = Files.readString(file);
    } catch (IOException e) {
      throw Diagnostic.of(
              Code.E0601,
              new Location.File(file.toString()),
              "the board description cannot be read: " + e.getMessage())
          .help("the boards that come with the tool are listed by `mcu-deploy boards`")
          .asException();
    }
    return board(YamlSection.parse(file.toString(), content));
  }

  private static Core core(YamlSection yaml) {
    YamlSection compiler = yaml.section("compiler");
    Core core =
        new Core(
            yaml.text("name"),
            yaml.text("title"),
            yaml.choice("architecture", Architecture.values(), Architecture::id),
            compiler.text("prefix"),
            compiler.texts("flags"),
            compiler.text("multilib"),
            yaml.texts("kernels"),
            Set.copyOf(yaml.choices("features", Feature.values(), Feature::id)),
            yaml.text("source"));
    compiler.end();
    yaml.end();
    return core;
  }

  private static Board board(YamlSection yaml) {
    String name = yaml.text("name");
    String coreName = yaml.text("core");
    if (!CORES.contains(coreName)) {
      String help =
          Suggestion.closest(coreName, CORES)
                  .map(near -> "did you mean `" + near + "`? ")
                  .orElse("")
              + "Known cores: "
              + String.join(", ", CORES);
      throw yaml.damaged("core", "there is no core named `" + coreName + "`")
          .diagnostic()
          .help(help)
          .asException();
    }
    Core core = core(coreName);
    YamlSection clock = yaml.section("clock");
    List<MemoryRegion> memories = memories(yaml);
    Optional<Machine> machine = yaml.optionalSection("machine").map(m -> machine(m, memories));
    Board board =
        new Board(
            name,
            yaml.text("title"),
            yaml.optionalTexts("aliases").orElse(List.of()),
            core,
            clock.hertz("frequency"),
            clock.text("source"),
            memories,
            yaml.choice("boot", Board.Boot.values(), boot -> boot.name().toLowerCase(Locale.ROOT)),
            machine,
            emulation(yaml.section("emulation"), name, core, machine));
    clock.end();
    yaml.end();
    return board;
  }

  private static List<MemoryRegion> memories(YamlSection yaml) {
    YamlSection section = yaml.section("memories");
    List<MemoryRegion> regions = new ArrayList<>();
    for (String name : section.keys()) {
      YamlSection entry = section.section(name);
      long origin = entry.number("origin");
      long size = entry.bytes("size");
      if (size == 0 || origin + size > 1L << 32) {
        throw entry.damaged("size", "`" + name + "` does not end within the 32-bit address space");
      }
      String access = entry.text("access");
      if (!access.matches("r?w?x?") || access.isEmpty()) {
        throw entry.damaged("access", "`access` must be some of r, w and x, in this order");
      }
      MemoryRegion region =
          new MemoryRegion(
              name,
              origin,
              size,
              entry.choice("kind", MemoryRegion.Kind.values(), MemoryRegion.Kind::id),
              access,
              entry.choices("holds", MemoryRegion.Role.values(), MemoryRegion.Role::id),
              entry.optionalNumber("wait-states"),
              0,
              entry.text("source"),
              entry.location("size"));
      entry.end();
      for (MemoryRegion other : regions) {
        if (region.overlaps(other)) {
          throw entry.damaged("origin", "`" + name + "` overlaps `" + other.name() + "`");
        }
      }
      regions.add(region);
    }
    for (MemoryRegion.Role role : MemoryRegion.Role.values()) {
      if (regions.stream().noneMatch(region -> region.holds(role))) {
        throw yaml.damaged("memories", "no memory holds the " + role.id())
            .diagnostic()
            .help("add `" + role.id() + "` to the `holds` of one of them")
            .asException();
      }
    }
    return regions;
  }

  private static Machine machine(YamlSection yaml, List<MemoryRegion> memories) {
    YamlSection counter = yaml.section("counter");
    InstructionCounter.Device device =
        counter.choice("device", InstructionCounter.Device.values(), InstructionCounter.Device::id);
    boolean inCore = device == InstructionCounter.Device.MINSTRET;
    InstructionCounter instructions;
    try {
      instructions =
          new InstructionCounter(
              device,
              inCore ? 0 : counter.number("address"),
              Math.toIntExact(counter.number("icount-shift")),
              Math.toIntExact(counter.number("ticks")),
              Math.toIntExact(counter.number("instructions")));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw counter.damaged("ticks", e.getMessage());
    }
    Machine machine =
        new Machine(
            yaml.text("name"),
            yaml.optionalTexts("options").orElse(List.of()),
            memories,
            instructions,
            yaml.text("source"));
    counter.end();
    yaml.end();
    return machine;
  }

  private static Emulation emulation(
      YamlSection yaml, String name, Core core, Optional<Machine> own) {
    String twin = yaml.text("twin");
    Machine machine;
    if (twin.equals(name)) {
      machine = own.orElseThrow(() -> yaml.damaged("twin", "`" + name + "` has no `machine`"));
    } else if (NAMES.contains(twin)) {
      Board other = builtIn(twin);
      if (other.core().architecture() != core.architecture()) {
        throw yaml.damaged(
            "twin", "`" + twin + "` has a " + other.core().name() + ", this board " + core.name());
      }
      machine =
          other
              .machine()
              .orElseThrow(() -> yaml.damaged("twin", "`" + twin + "` is no emulated machine"));
    } else {
      throw yaml.damaged("twin", "there is no board named `" + twin + "` to stand in")
          .diagnostic()
          .help("for the core " + core.name() + " see the boards with a `machine`")
          .asException();
    }
    Emulation emulation = new Emulation(twin, machine, yaml.text("proves"), yaml.text("limits"));
    yaml.end();
    return emulation;
  }
}
