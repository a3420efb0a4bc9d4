package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.emulator.ModelUnderTest;
import io.mcudeploy.emulator.RunResult;
import io.mcudeploy.emulator.TestProgram;
import io.mcudeploy.toolchain.TemporaryFolder;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A generated project compiled and run again, in whatever state it is now.
 *
 * @param name of the model
 * @param board it was built for
 * @param machine that ran it
 * @param inputs how many were compared
 * @param changedFiles files that are no longer what was generated
 */
public record Verification(
    String name,
    String board,
    String machine,
    int inputs,
    int layers,
    OptionalLong instructions,
    long stackBytes,
    List<String> changedFiles) {

  /**
   * Verifies a project.
   *
   * @param boardFile the board's description, where it is the user's own
   * @throws DiagnosticException E0702 with the first layer that differs from the golden model
   */
  public static Verification of(Path project, Optional<String> boardFile, Tools tools) {
    Manifest manifest = Manifest.read(project);
    Board board = Boards.find(boardFile.orElse(manifest.board()));
    ModelUnderTest model = manifest.modelUnderTest();
    Vectors vectors = vectors(project, model);
    List<String> changed = manifest.changedFiles(project);
    try (TemporaryFolder build = TemporaryFolder.create()) {
      RunResult run =
          new Firmware(project, board, model, manifest.goal(), tools).run(build.path(), vectors);
      Firmware.check(manifest.comparedLayers(), vectors, run);
      return new Verification(
          manifest.name(),
          board.name(),
          board.emulation().machine().name(),
          vectors.inputs().size(),
          manifest.layers().size(),
          run.totalInstructions(),
          run.stackBytes(),
          changed);
    } catch (DiagnosticException e) {
      Diagnostic diagnostic = e.diagnostic();
      for (String file : changed) {
        diagnostic = diagnostic.note(file + " is no longer what was generated");
      }
      throw diagnostic.asException();
    }
  }

  private static Vectors vectors(Path project, ModelUnderTest model) {
    Path test = project.resolve(TestProgram.FOLDER);
    try {
      byte[] inputs = Files.readAllBytes(test.resolve("inputs.bin"));
      byte[] golden = Files.readAllBytes(test.resolve("golden.bin"));
      int runs = model.inputBytes() == 0 ? 0 : inputs.length / model.inputBytes();
      if (runs == 0
          || inputs.length != runs * model.inputBytes()
          || golden.length != runs * model.tensorBytes()) {
        throw damaged(test, "inputs.bin and golden.bin do not fit the manifest");
      }
      return Vectors.parse(model, inputs, golden);
    } catch (IOException e) {
      throw damaged(test, "inputs.bin or golden.bin cannot be read");
    }
  }

  private static DiagnosticException damaged(Path folder, String what) {
    return Diagnostic.of(Code.E0703, new Location.File(folder.toString()), what)
        .help("generate the project again")
        .asException();
  }
}
