package io.mcudeploy.toolchain;

import io.mcudeploy.board.Core;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Compiles and links for one core.
 *
 * @param compiler GCC for the core's architecture
 * @param optimization the compiler's level, such as {@code -O3}
 */
public record Toolchain(Core core, InstalledTool compiler, String optimization) {
  /** The level that the kernels' figures hold for. */
  public static final String FASTEST = "-O3";

  private static final List<String> C_FLAGS =
      List.of(
          "-ffreestanding",
          "-fno-common",
          "-ffunction-sections",
          "-fdata-sections",
          "-Wall",
          "-Wextra",
          "-Wconversion",
          "-Wshadow",
          "-Wundef");

  /** How every image is linked: with our own start-up code and GCC's arithmetic library only. */
  public static final List<String> LINK_FLAGS = List.of("-nostdlib", "-Wl,--gc-sections");

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int QUOTED_LINES = 12;

  /**
   * How every file is compiled, here and in the generated project's own build: freestanding C99
   * without libc.
   */
  public static List<String> cFlags(String optimization) {
    List<String> flags = new ArrayList<>(List.of("-std=c99", optimization));
    flags.addAll(C_FLAGS);
    return flags;
  }

  /**
   * The toolchain for a core, optimising for the fewest instructions.
   *
   * @throws DiagnosticException E0603 if there is no compiler for it
   */
  public static Toolchain of(Core core, Tools tools) {
    return new Toolchain(core, tools.require(Tool.compiler(core.architecture())), FASTEST);
  }

  /** This toolchain at another level of optimisation. */
  public Toolchain optimizing(String level) {
    return new Toolchain(core, compiler, level);
  }

  /**
   * Compiles files side by side and links them.
   *
   * @param folder where the sources' names and {@code -I} start from
   * @param sources C and assembler files, their paths below the folder
   * @param flags more flags for every file, such as {@code -Itest}
   * @param script the linker script
   * @param build where objects and the image go; exists
   * @return the image, {@code <name>.elf}
   * @throws DiagnosticException E0604 if the compiler or linker rejects something
   */
  public Path build(
      Path folder, List<String> sources, List<String> flags, Path script, Path build, String name) {
    List<String> link = new ArrayList<>(List.of(compiler.program().toString()));
    link.addAll(core.compilerFlags());
    link.addAll(LINK_FLAGS);
    objects(folder, sources, flags, build).forEach(object -> link.add(object.toString()));
    Path image = build.resolve(name + ".elf").toAbsolutePath();
    link.addAll(List.of("-T", script.toAbsolutePath().toString(), "-lgcc", "-o", image.toString()));
    run(link, folder, name + ".elf");
    return image;
  }

  private List<Path> objects(Path folder, List<String> sources, List<String> flags, Path build) {
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<Path>> objects = new ArrayList<>();
      for (String source : sources) {
        Path object = build.resolve(source.replace('/', '_').replaceFirst("\\.[cS]$", ".o"));
        objects.add(workers.submit(() -> compile(folder, source, flags, object)));
      }
      List<Path> done = new ArrayList<>();
      for (Future<Path> object : objects) {
        done.add(object.get());
      }
      return done;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DiagnosticException diagnostic) {
        throw diagnostic;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while compiling", e);
    } finally {
      workers.shutdownNow();
    }
  }

  private Path compile(Path folder, String source, List<String> flags, Path object) {
    Path result = object.toAbsolutePath();
    List<String> words = new ArrayList<>(List.of(compiler.program().toString()));
    words.addAll(core.compilerFlags());
    words.addAll(cFlags(optimization));
    words.addAll(flags);
    words.addAll(List.of("-c", source, "-o", result.toString()));
    run(words, folder, source);
    return result;
  }

  private void run(List<String> words, Path folder, String what) {
    Command.Outcome outcome =
        new Command(words, folder, PATIENCE)
            .run()
            .orElseThrow(
                () -> new IllegalStateException(words.get(0) + " does not start any more"));
    if (outcome.status() == 0) {
      return;
    }
    Diagnostic diagnostic =
        Diagnostic.of(
            Code.E0604,
            new Location.File(folder.resolve(what).toString()),
            outcome.timedOut()
                ? "the compiler takes longer than " + PATIENCE.toMinutes() + " minutes"
                : compiler.program().getFileName() + " rejects `" + what + "`");
    for (String line : outcome.output().lines().limit(QUOTED_LINES).toList()) {
      diagnostic = diagnostic.note(line);
    }
    throw diagnostic
        .note("the command was: " + String.join(" ", words))
        .note("the compiler is: " + compiler.version())
        .help("if the generated code was not changed by hand, please report this")
        .asException();
  }
}
