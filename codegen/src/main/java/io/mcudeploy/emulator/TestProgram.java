package io.mcudeploy.emulator;

import io.mcudeploy.board.Architecture;
import io.mcudeploy.board.Board;
import io.mcudeploy.board.Feature;
import io.mcudeploy.board.InstructionCounter;
import io.mcudeploy.board.Machine;
import io.mcudeploy.board.MemoryRegion;
import io.mcudeploy.generate.BoardFiles;
import io.mcudeploy.generate.SourceFile;
import io.mcudeploy.generate.Templates;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The program that runs a generated model on an emulated machine, watches it and counts its
 * instructions: the folder {@code test} of the generated project. It builds with nothing but the
 * project's own build files.
 */
public final class TestProgram {
  /** The folder of the generated project. */
  public static final String FOLDER = "test";

  private static final long STACK_BYTES = 64 << 10;
  private static final int GUARD = 32;
  private static final List<String> FIXED =
      List.of("main.c", "semihosting.h", "semihosting.c", "counter.h");

  private final String banner;
  private final Board board;
  private final Machine machine;
  private final ModelUnderTest model;
  private final Templates templates = new Templates();

  /**
   * @param banner the first line of generated files
   * @param machine the machine to run on, such as the board's twin
   */
  public TestProgram(String banner, Board board, Machine machine, ModelUnderTest model) {
    this.banner = banner;
    this.board = board;
    this.machine = machine;
    this.model = model;
  }

  /** The files, their paths beginning with the folder. */
  public List<SourceFile> files() {
    List<SourceFile> files = new ArrayList<>();
    for (String name : FIXED) {
      files.add(file(name, Templates.read("project/test/" + name)));
    }
    files.add(file("counter.c", BoardFiles.counter(machine.counter().device())));
    files.add(file("model.h", modelHeader()));
    files.add(file("twin.h", twinHeader()));
    files.add(file("twin.ld", BoardFiles.linkerScript(templates, banner, twinMemory())));
    return List.copyOf(files);
  }

  /** The C and assembler files of the whole test program, in a generated project's folder. */
  public static List<String> sources(String model, Architecture architecture) {
    return List.of(
        model + ".c",
        model + "_kernels.c",
        model + "_weights.c",
        FOLDER + "/main.c",
        FOLDER + "/semihosting.c",
        FOLDER + "/counter.c",
        BoardFiles.FOLDER + "/" + BoardFiles.startupName(architecture),
        BoardFiles.FOLDER + "/memory.c");
  }

  /** The compiler flags that only the test program needs. */
  public static List<String> flags(String model) {
    return List.of("-I.", "-I" + FOLDER, "-D" + model.toUpperCase(Locale.ROOT) + "_HOOKS");
  }

  private SourceFile file(String name, String text) {
    return new SourceFile(FOLDER + "/" + name, text);
  }

  private BoardFiles.Layout twinMemory() {
    long ram = machine.region(MemoryRegion.Role.STACK).size();
    return new BoardFiles.Layout(
        "QEMU's machine " + machine.name(),
        board.core().architecture(),
        machine.memories(),
        region(model.arena().get(0).region()).orElse(machine.region(MemoryRegion.Role.ARENA)),
        model.furtherParts().stream().flatMap(part -> region(part.region()).stream()).toList(),
        model.weightRegions().stream().flatMap(name -> region(name).stream()).toList(),
        Math.min(STACK_BYTES, ram / 4));
  }

  /** The machine's own memory of a name; a board that has a twin has other memories. */
  private Optional<MemoryRegion> region(String name) {
    return machine.memories().stream().filter(region -> region.name().equals(name)).findFirst();
  }

  private String twinHeader() {
    InstructionCounter counter = machine.counter();
    boolean arm = board.core().architecture() == Architecture.ARM;
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("banner", banner);
    values.put("machine", machine.name());
    values.put("core", board.core().name());
    values.put("shift", counter.icountShift());
    values.put("ticks", counter.ticks());
    values.put("instructions", counter.instructions());
    values.put("address", "0x%08X".formatted(counter.address()));
    values.put("arm", arm ? 1 : 0);
    values.put("trapUnaligned", arm && !board.core().has(Feature.UNALIGNED_ACCESS) ? 1 : 0);
    return templates.render("project/test/twin.h.vm", values);
  }

  private String modelHeader() {
    List<Map<String, Object>> memories = new ArrayList<>();
    memories.add(memory(0, "the arena", model.arena().get(0).bytes(), 4));
    List<ModelUnderTest.Port> ports = new ArrayList<>(model.inputs());
    ports.addAll(model.outputs());
    for (ModelUnderTest.Port port : ports) {
      memories.add(memory(memories.size(), port.name(), port.bytes(), port.type().bytes()));
    }
    for (ModelUnderTest.ArenaPart part : model.furtherParts()) {
      Map<String, Object> memory =
          new LinkedHashMap<>(
              memory(memories.size(), "the arena in " + part.region(), part.bytes(), 4));
      if (region(part.region()).isPresent()) {
        memory.put("section", ".arena." + part.region());
      }
      memories.add(memory);
    }
    List<Map<String, Object>> places = new ArrayList<>();
    List<Map<String, Object>> calls = new ArrayList<>();
    List<Map<String, Object>> layers = new ArrayList<>();
    int start = 0;
    for (ModelUnderTest.TestedLayer layer : model.layers()) {
      int firstCall = calls.size();
      for (ModelUnderTest.Call call : layer.calls()) {
        int first = places.size();
        call.outputs().forEach(place -> places.add(place(place, true)));
        call.scratch().forEach(place -> places.add(place(place, false)));
        calls.add(Map.of("first", first, "count", places.size() - first));
      }
      layers.add(
          Map.of(
              "name",
              cString(layer.name()),
              "first",
              firstCall,
              "count",
              calls.size() - firstCall,
              "start",
              start));
      start += layer.bytes();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("banner", banner);
    values.put("model", model.name());
    values.put("inputs", model.inputs());
    values.put("outputs", model.outputs());
    values.put("inputBytes", model.inputBytes());
    values.put("tensorBytes", model.tensorBytes());
    values.put("memories", memories);
    values.put("places", places);
    values.put("calls", calls);
    values.put("layers", layers);
    values.put("states", model.states().stream().map(state -> place(state, false)).toList());
    values.put("stateBytes", model.states().stream().mapToInt(ModelUnderTest.Place::bytes).sum());
    values.put(
        "resets", model.states().isEmpty() ? List.of() : List.of(String.join(", ", arenas())));
    List<Map<String, Object>> copiesIn = new ArrayList<>();
    List<Map<String, Object>> copiesOut = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      int memory = i + 1;
      List<Map<String, Object>> copies = i < model.inputs().size() ? copiesIn : copiesOut;
      ports
          .get(i)
          .inArena()
          .ifPresent(
              place ->
                  copies.add(
                      Map.of(
                          "port", memory,
                          "memory", place.memory(),
                          "offset", place.offset(),
                          "bytes", place.bytes())));
    }
    values.put("copiesIn", copiesIn);
    values.put("copiesOut", copiesOut);
    values.put("runArguments", arguments(0));
    values.put("selftestArguments", arguments(model.inputs().size()));
    return templates.render("project/test/model.h.vm", values);
  }

  /** One memory with its guards, beginning at an address aligned to nothing more than asked for. */
  private static Map<String, Object> memory(int index, String name, int bytes, int alignment) {
    return Map.of(
        "index",
        index,
        "name",
        comment(name),
        "bytes",
        bytes,
        "skip",
        GUARD + alignment,
        "section",
        ".arena");
  }

  private static Map<String, Object> place(ModelUnderTest.Place place, boolean output) {
    return Map.of(
        "memory", place.memory(),
        "offset", place.offset(),
        "bytes", place.bytes(),
        "output", Boolean.toString(output));
  }

  /** The C arguments for the arena's parts. */
  private List<String> arenas() {
    List<String> arguments = new ArrayList<>();
    arguments.add("(" + model.name() + "_arena *)(void *)memories[0].bytes");
    int memory = 1 + model.inputs().size() + model.outputs().size();
    for (ModelUnderTest.ArenaPart part : model.furtherParts()) {
      String type = model.name() + "_arena_" + part.cName();
      arguments.add("(" + type + " *)(void *)memories[" + memory++ + "].bytes");
    }
    return arguments;
  }

  /** The C arguments: the arena, then the ports from one on. */
  private List<String> arguments(int firstPort) {
    List<String> arguments = new ArrayList<>(arenas());
    List<ModelUnderTest.Port> ports = new ArrayList<>(model.inputs());
    ports.addAll(model.outputs());
    for (int i = firstPort; i < ports.size(); i++) {
      if (ports.get(i).inArena().isPresent()) {
        continue;
      }
      arguments.add(
          "(" + ports.get(i).type().cName() + " *)(void *)memories[" + (i + 1) + "].bytes");
    }
    for (int i = 0; i + 1 < arguments.size(); i++) {
      arguments.set(i, arguments.get(i) + ",");
    }
    return arguments;
  }

  /** A name from the model file inside a comment. */
  private static String comment(String name) {
    return name.replaceAll("[^ -~]", "?").replace("*/", "* /").replace("/*", "/ *");
  }

  /** A name from the model file as a C string; what is not plain ASCII becomes a question mark. */
  private static String cString(String name) {
    String plain = name.replaceAll("[^ -~]", "?");
    return "\"" + plain.replace("\\", "\\\\").replace("\"", "\\\"").replace("?", "\\?") + "\"";
  }
}
