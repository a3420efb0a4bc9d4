package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Core;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.emulator.CountedRun;
import io.mcudeploy.emulator.Emulator;
import io.mcudeploy.emulator.FirstDifference;
import io.mcudeploy.emulator.ModelUnderTest;
import io.mcudeploy.emulator.RunResult;
import io.mcudeploy.firmware.FirmwareProject;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.toolchain.CallGraph;
import io.mcudeploy.toolchain.ElfFile;
import io.mcudeploy.toolchain.TemporaryFolder;
import io.mcudeploy.toolchain.Toolchain;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A generated project as programs: compiled, linked, run on the emulated twin. */
final class Firmware {
  private static final String BOARD = "board";
  private static final String TEST = "test";

  private final Path project;
  private final ModelUnderTest model;
  private final Toolchain toolchain;
  private final Emulator emulator;

  /**
   * A request's project in a temporary folder, as programs.
   *
   * @param pad where the project is written and compiled
   */
  static Firmware temporary(
      TemporaryFolder pad, BuildRequest request, Plan plan, Vectors vectors, Tools tools) {
    OutputDirectory project = OutputDirectory.create(pad.path().resolve("project"));
    project.write(ProjectFiles.of(request, plan).all(vectors));
    return of(project.draft(), request, plan, tools);
  }

  /** A request's project as programs. */
  static Firmware of(Path project, BuildRequest request, Plan plan, Tools tools) {
    return new Firmware(
        project, request.board(), ModelUnderTest.of(request.name(), plan), request.goal(), tools);
  }

  /**
   * @param goal the project was planned for
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0603 if a tool is missing
   */
  Firmware(Path project, Board board, ModelUnderTest model, Goal goal, Tools tools) {
    this.project = project;
    this.model = model;
    this.toolchain = Toolchain.of(board.core(), tools).optimizing(goal.optimization());
    this.emulator = Emulator.of(board.emulation().machine(), board.core().architecture(), tools);
  }

  /** The versions of compiler and emulator. */
  List<String> tools() {
    return List.of(toolchain.compiler().version(), emulator.qemu().version());
  }

  /** The board's image: the network, start-up code and the example. */
  ElfFile boardImage(Path build) {
    return boardImage(build, List.of());
  }

  private ElfFile boardImage(Path build, List<String> flags) {
    Path image =
        FirmwareProject.buildFirmware(
            toolchain, model.name(), project, flags, folder(build, BOARD));
    try {
      return ElfFile.read(image);
    } catch (IOException e) {
      throw Diagnostic.of(
              Code.E0801,
              new Location.File(image.toString()),
              "the compiled image cannot be read back: " + e.getMessage())
          .help("check that the temporary folder has room; TMPDIR names another")
          .asException();
    }
  }

  /** The board's image with what its objects and the compiler tell about it. */
  Footprint footprint(Path build) {
    ElfFile image = boardImage(build, List.of(CallGraph.FLAG));
    try {
      return Footprint.of(model.name(), image, build.resolve(BOARD));
    } catch (IOException e) {
      throw TemporaryFolder.failure(e);
    }
  }

  /** Runs the test program under the plugin that counts. */
  CountedRun count(Path build, Vectors vectors, Core core, Tools tools) {
    return emulator.count(
        testImage(build, List.of(CallGraph.FLAG)),
        core,
        model,
        vectors.records(),
        vectors.expected(),
        tools);
  }

  /** The stack that one inference needs at most in the test program that was counted. */
  CallGraph.Stack testStack(Path build) {
    String name = model.name();
    try {
      return CallGraph.read(build.resolve(TEST))
          .without(Set.of(name + "_layer_begin", name + "_layer_end"))
          .stack(name + "_run");
    } catch (IOException e) {
      throw TemporaryFolder.failure(e);
    }
  }

  /** Runs the test program and returns what it showed, right or wrong. */
  RunResult run(Path build, Vectors vectors) {
    return emulator.run(testImage(build, List.of()), model, vectors.records(), vectors.expected());
  }

  private Path testImage(Path build, List<String> flags) {
    return FirmwareProject.buildTest(toolchain, model.name(), project, flags, folder(build, TEST));
  }

  /**
   * Compares a run with the golden model.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0702 if anything differs, E0701 if the
   *     test program complains about something else
   */
  static void check(List<FirstDifference.ComparedLayer> layers, Vectors vectors, RunResult result) {
    Optional<FirstDifference> difference =
        FirstDifference.find(layers, vectors.expected(), result.layers());
    if (difference.isPresent()) {
      throw difference.get().diagnostic().asException();
    }
    if (!result.problems().isEmpty()) {
      Diagnostic diagnostic =
          Diagnostic.of(
              Code.E0704,
              Location.nowhere(),
              "all results are right, but the firmware breaks a rule of the test program");
      for (String problem : result.problems()) {
        diagnostic = diagnostic.note(problem);
      }
      throw diagnostic.asException();
    }
  }

  private static Path folder(Path build, String name) {
    try {
      return Files.createDirectories(build.resolve(name));
    } catch (IOException e) {
      throw Diagnostic.of(
              Code.E0801,
              new Location.File(build.toString()),
              "the folder for compiled files cannot be made: " + e.getMessage())
          .asException();
    }
  }
}
