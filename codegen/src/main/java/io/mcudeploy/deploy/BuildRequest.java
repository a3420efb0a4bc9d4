package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.generate.Provenance;
import io.mcudeploy.plan.Goal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What to build.
 *
 * @param model the model file, for the provenance
 * @param name prefix of files and C names: a C identifier in lower case
 * @param output the project's folder
 * @param emitOnly whether to stop before compiler and emulator
 * @param placing what the user wants to lie where
 */
public record BuildRequest(
    Path model,
    Board board,
    Goal goal,
    String name,
    Path output,
    boolean emitOnly,
    Placing placing) {
  /** What to build, with everything where the board's description and the planner put it. */
  public BuildRequest(
      Path model, Board board, Goal goal, String name, Path output, boolean emitOnly) {
    this(model, board, goal, name, output, emitOnly, Placing.FREE);
  }

  public BuildRequest {
    if (!name.matches("[a-z][a-z0-9_]*")) {
      throw Diagnostic.of(
              Code.E0802, Location.nowhere(), "`" + name + "` cannot be the prefix of C names")
          .help("use --name with lower-case letters, digits and underscores, a letter first")
          .asException();
    }
  }

  /** A prefix for C names from a model's file name, such as {@code kws_v2} from KWS-v2.onnx. */
  public static String nameOf(Path model) {
    String file = model.getFileName().toString().toLowerCase(Locale.ROOT);
    String stem = file.replaceFirst("\\.[^.]*$", "").replaceAll("[^a-z0-9]+", "_");
    String name = stem.replaceAll("^_+|_+$", "");
    return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "model_" + name : name;
  }

  /** Where the generated files come from. */
  Provenance provenance() {
    return new Provenance(
        ToolVersion.CURRENT,
        model.getFileName().toString(),
        sha256(model),
        board.name(),
        board.core().name());
  }

  private static String sha256(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        digest.update(buffer, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw Diagnostic.of(
              Code.E0101,
              new Location.File(file.toString()),
              "the model file cannot be read: " + e.getMessage())
          .asException();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
