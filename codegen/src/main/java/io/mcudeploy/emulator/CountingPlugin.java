package io.mcudeploy.emulator;

import io.mcudeploy.board.Core;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.toolchain.Command;
import io.mcudeploy.toolchain.ElfFile;
import io.mcudeploy.toolchain.InstalledTool;
import io.mcudeploy.toolchain.TemporaryFolder;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Our plugin for QEMU, {@code counting_plugin.c} with {@code issue_rules.c}, which is compiled when
 * it is needed: every version of QEMU wants it for its own version of the plugins' interface.
 *
 * @param library the compiled plugin
 */
public record CountingPlugin(Path library) {
  private static final List<String> SOURCES =
      List.of("counting_plugin.c", "issue_rules.c", "issue_rules.h");

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.(\\d+)(?:\\.(\\d+))?");
  private static final Pattern LINE = Pattern.compile("(window|function) (\\S+) (.*)");

  /** Windows that the test program opens to measure an empty layer and to prove its counter. */
  private static final int CALIBRATIONS = 2;

  /** The test program runs every input twice with hooks, and counts in the second run. */
  private static final int RUNS = 2;

  /**
   * Compiles the plugin with the host's compiler.
   *
   * @param folder where to; exists
   * @throws DiagnosticException E0603 if there is no compiler, E0701 if it rejects the plugin
   */
  static CountingPlugin compile(Path folder, InstalledTool qemu, Tools tools) {
    InstalledTool compiler = tools.require(Tool.HOST_GCC);
    Path library = folder.resolve("counting_plugin.so").toAbsolutePath();
    List<String> words = new ArrayList<>(List.of(compiler.program().toString(), "-std=c99"));
    words.addAll(List.of("-O2", "-shared", "-fPIC", "-fvisibility=hidden"));
    if (System.getProperty("os.name").startsWith("Mac")) {
      // The emulator's functions are there only when it loads the plugin.
      words.addAll(List.of("-undefined", "dynamic_lookup"));
    }
    words.add("-DPLUGIN_API=" + interfaceVersion(qemu.version()));
    words.addAll(List.of("-o", library.toString()));
    for (String source : SOURCES) {
      copy(source, folder);
      if (source.endsWith(".c")) {
        words.add(source);
      }
    }
    Command.Outcome outcome =
        new Command(words, folder, PATIENCE)
            .run()
            .orElseThrow(
                () -> new IllegalStateException(words.get(0) + " does not start any more"));
    if (outcome.status() != 0) {
      Diagnostic diagnostic =
          Diagnostic.of(
              Code.E0701, Location.nowhere(), "the plugin that counts for QEMU does not compile");
      for (String line : outcome.output().lines().limit(12).toList()) {
        diagnostic = diagnostic.note(line);
      }
      throw diagnostic
          .note("the compiler is: " + compiler.version())
          .help(Tool.HOST_GCC.variable() + " may name another compiler for this machine")
          .asException();
    }
    return new CountingPlugin(library);
  }

  private static void copy(String name, Path folder) {
    try (InputStream source = CountingPlugin.class.getResourceAsStream("/emulator/" + name)) {
      if (source == null) {
        throw new IllegalStateException("the plugin's source is not part of the program: " + name);
      }
      Files.copy(source, folder.resolve(name));
    } catch (IOException e) {
      throw TemporaryFolder.failure(e);
    }
  }

  /** The version of the plugins' interface that an emulator takes. */
  static int interfaceVersion(String qemu) {
    Matcher version = VERSION.matcher(qemu);
    if (!version.find()) {
      return 1;
    }
    int patch = version.group(3) == null ? 0 : Integer.parseInt(version.group(3));
    int number =
        (Integer.parseInt(version.group(1)) * 100 + Integer.parseInt(version.group(2))) * 100
            + patch;
    return number < 80204 ? 1 : number < 90100 ? 2 : 3;
  }

  /**
   * The words that load the plugin into the emulator of a test program.
   *
   * @param image the linked test program
   * @param inputs how many it will run
   * @param out where the plugin writes what it counted
   */
  List<String> arguments(Core core, ElfFile image, ModelUnderTest model, int inputs, Path out) {
    int calls = model.layers().stream().mapToInt(layer -> layer.calls().size()).sum();
    return List.of(
        "-plugin",
        library
            + ",core="
            + CycleTable.argument(core)
            + ",begin="
            + symbol(image, model.name() + "_layer_begin")
            + ",end="
            + symbol(image, model.name() + "_layer_end")
            + ",first="
            + (CALIBRATIONS + (RUNS * inputs - 1) * calls + 1)
            + ",count="
            + calls
            + ",marks="
            + symbol(image, "layer_marks")
            + ",layers="
            + model.layers().size()
            + ",out="
            + out.toAbsolutePath());
  }

  private static String symbol(ElfFile image, String name) {
    long address =
        image
            .symbol(name)
            .orElseThrow(() -> new IllegalStateException("the test program has no " + name))
            .address();
    return Long.toHexString(address);
  }

  /**
   * Reads what the plugin wrote.
   *
   * @param calls of each layer in one inference
   */
  static CountedRun parse(RunResult result, List<Integer> calls, Path out) {
    Map<String, LayerCounts> functions = new LinkedHashMap<>();
    List<LayerCounts> windows = new ArrayList<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(out);
    } catch (IOException e) {
      throw new UncheckedIOException("QEMU's plugin wrote nothing", e);
    }
    for (String line : lines) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new IllegalStateException("not a line of the plugin: " + line);
      }
      LayerCounts counts = counts(matcher.group(3).trim());
      if (matcher.group(1).equals("window")) {
        windows.add(counts);
      } else {
        functions.merge(matcher.group(2), counts, LayerCounts::plus);
      }
    }
    LayerCounts empty = windows.remove(0);
    List<LayerCounts> layers = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      LayerCounts counts = windows.get(i);
      for (int call = 0; call < calls.get(i); call++) {
        counts = counts.minus(empty);
      }
      layers.add(counts);
    }
    return new CountedRun(result, layers, functions);
  }

  private static LayerCounts counts(String text) {
    String[] words = text.split(" ", -1);
    Map<String, Long> numbers = new LinkedHashMap<>();
    for (int i = 0; i + 1 < words.length; i += 2) {
      numbers.put(words[i], Long.parseLong(words[i + 1]));
    }
    return new LayerCounts(
        numbers.get("instructions"),
        numbers.get("cycles"),
        numbers.get("refills"),
        numbers.get("spread"),
        numbers.get("loads"),
        numbers.get("stores"),
        numbers.get("multiplies"),
        numbers.get("branches"));
  }
}
