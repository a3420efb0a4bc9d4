package io.mcudeploy.firmware;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.board.Board;
import io.mcudeploy.board.Machine;
import io.mcudeploy.board.MemoryRegion;
import io.mcudeploy.board.MemoryRegion.Role;
import io.mcudeploy.emulator.Emulator;
import io.mcudeploy.emulator.ModelUnderTest;
import io.mcudeploy.emulator.TestProgram;
import io.mcudeploy.generate.BoardFiles;
import io.mcudeploy.generate.SourceFile;
import io.mcudeploy.generate.Templates;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Toolchain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Everything of a generated project besides the model's own sources: Makefile, CMakeLists.txt, the
 * board's start-up code, linker script and example firmware, and the test program. The project
 * builds with these alone.
 */
public final class FirmwareProject {
  private static final long STACK_BYTES = 4 << 10;

  private final String banner;
  private final Board board;
  private final Machine machine;
  private final ModelUnderTest model;
  private final String optimization;
  private final Templates templates = new Templates();

  /**
   * @param banner the first line of generated files
   * @param machine the machine that runs the test program, such as the board's twin
   * @param optimization the compiler's level, such as {@code -O3}
   */
  public FirmwareProject(
      String banner, Board board, Machine machine, ModelUnderTest model, String optimization) {
    this.banner = banner;
    this.board = board;
    this.machine = machine;
    this.model = model;
    this.optimization = optimization;
  }

  /** The files, their paths below the project's folder. */
  public List<SourceFile> files() {
    Map<String, Object> values = values();
    List<SourceFile> files = new ArrayList<>();
    for (String name : List.of("Makefile", "CMakeLists.txt", "board/main.c")) {
      files.add(new SourceFile(name, templates.render("project/" + name + ".vm", values)));
    }
    files.addAll(BoardFiles.startup(board.core().architecture()));
    files.add(
        new SourceFile(
            BoardFiles.FOLDER + "/" + BoardFiles.LINKER_SCRIPT,
            BoardFiles.linkerScript(templates, banner, layout())));
    files.addAll(new TestProgram(banner, board, machine, model).files());
    return List.copyOf(files);
  }

  /**
   * Compiles and links the test program for the emulated machine.
   *
   * @param folder of the generated project
   * @param more compiler flags that do not change the code
   * @param build where objects and the image go; exists
   * @return the image
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0604 if the compiler rejects something
   */
  public static Path buildTest(
      Toolchain toolchain, String model, Path folder, List<String> more, Path build) {
    return toolchain.build(
        folder,
        TestProgram.sources(model, toolchain.core().architecture()),
        Stream.concat(TestProgram.flags(model).stream(), more.stream()).toList(),
        folder.resolve(TestProgram.FOLDER).resolve("twin.ld"),
        build,
        "twin");
  }

  /**
   * Compiles and links the example firmware for the board: whatever does not fit the board's
   * memories does not link.
   *
   * @param folder of the generated project
   * @param more compiler flags that do not change the code
   * @param build where objects and the image go; exists
   * @return the image
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0604 if the compiler or linker rejects
   *     something
   */
  public static Path buildFirmware(
      Toolchain toolchain, String model, Path folder, List<String> more, Path build) {
    Architecture architecture = toolchain.core().architecture();
    return toolchain.build(
        folder,
        List.of(
            model + ".c",
            model + "_kernels.c",
            model + "_weights.c",
            BoardFiles.FOLDER + "/main.c",
            BoardFiles.FOLDER + "/" + BoardFiles.startupName(architecture),
            BoardFiles.FOLDER + "/memory.c"),
        Stream.concat(Stream.of("-I."), more.stream()).toList(),
        folder.resolve(BoardFiles.FOLDER).resolve(BoardFiles.LINKER_SCRIPT),
        build,
        "firmware");
  }

  private BoardFiles.Layout layout() {
    MemoryRegion stack = board.region(Role.STACK);
    long stackBytes = Math.min(STACK_BYTES, stack.size() / 8);
    ModelUnderTest.ArenaPart first = model.arena().get(0);
    MemoryRegion arena =
        first.region().isEmpty()
            ? board
                .arenaRegion(first.bytes(), stackBytes + STACK_BYTES / 4)
                .orElse(board.region(Role.ARENA))
            : board.memory(first.region()).orElseThrow();
    return new BoardFiles.Layout(
        board.title(),
        board.core().architecture(),
        board.memories(),
        arena,
        model.furtherParts().stream()
            .map(part -> board.memory(part.region()).orElseThrow())
            .toList(),
        model.weightRegions().stream().map(name -> board.memory(name).orElseThrow()).toList(),
        stackBytes);
  }

  private Map<String, Object> values() {
    Architecture architecture = board.core().architecture();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("banner", banner);
    values.put("model", model.name());
    values.put("MODEL", model.name().toUpperCase(Locale.ROOT));
    values.put("board", board.name());
    values.put("title", board.title());
    values.put("core", board.core().name());
    values.put("machine", machine.name());
    values.put("compiler", board.core().compiler());
    values.put("archiver", board.core().compilerPrefix() + "ar");
    values.put("emulator", Tool.emulator(architecture).programs().get(0));
    List<String> arguments = Emulator.arguments(machine, "");
    values.put("emulatorArguments", String.join(" ", arguments.subList(0, arguments.size() - 1)));
    values.put("targetFlags", String.join(" ", board.core().compilerFlags()));
    values.put("cFlags", String.join(" ", Toolchain.cFlags(optimization)));
    values.put("optimization", optimization);
    values.put("linkFlags", String.join(" ", Toolchain.LINK_FLAGS));
    values.put("startup", BoardFiles.startupName(architecture));
    List<Map<String, Object>> ports = new ArrayList<>();
    addPorts(ports, "input", model.inputs());
    int passedInputs = ports.size();
    addPorts(ports, "output", model.outputs());
    values.put("ports", ports);
    values.put(
        "portNote",
        model.passed().isEmpty()
            ? ", at the place in the arena that a function of " + model.name() + ".h tells"
            : "");
    values.put(
        "parts",
        model.furtherParts().stream()
            .map(
                part ->
                    Map.of("name", part.cName(), "macro", part.cName().toUpperCase(Locale.ROOT)))
            .toList());
    values.put("runArguments", arguments(ports));
    values.put(
        "resets",
        model.states().isEmpty()
            ? List.of()
            : List.of(model.name() + "_reset(" + arguments(List.of()) + ");"));
    values.put("selftestArguments", arguments(ports.subList(passedInputs, ports.size())));
    return values;
  }

  private static void addPorts(
      List<Map<String, Object>> list, String stem, List<ModelUnderTest.Port> ports) {
    for (int i = 0; i < ports.size(); i++) {
      ModelUnderTest.Port port = ports.get(i);
      if (port.inArena().isPresent()) {
        continue;
      }
      list.add(
          Map.of(
              "name",
              ports.size() == 1 ? stem : stem + "_" + (i + 1),
              "type",
              port.type().cName(),
              "elements",
              port.bytes() / port.type().bytes()));
    }
  }

  private String arguments(List<Map<String, Object>> ports) {
    List<String> arguments = new ArrayList<>(List.of("&arena"));
    model.furtherParts().forEach(part -> arguments.add("&arena_" + part.cName()));
    ports.forEach(port -> arguments.add((String) port.get("name")));
    return String.join(", ", arguments);
  }
}
