package io.mcudeploy.tflite;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens a .tflite file. */
final class ModelFile {
  private static final String IDENTIFIER = "TFL3";
  private static final int HEADER_BYTES = 8;

  private ModelFile() {}

  /** Whether a file says of itself that it is a TFLite model, whatever its name. */
  static boolean isTflite(Path file) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      while (header.hasRemaining() && channel.read(header) >= 0) {}
      return new FlatBuffer(header.flip()).hasIdentifier(IDENTIFIER);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The file's bytes, mapped.
   *
   * @throws DiagnosticException if the file cannot be read
   */
  static FlatBuffer open(Path file) {
    Location location = new Location.File(file.toString());
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw Diagnostic.of(Code.E0101, location, "the model file has more than 2 GiB")
            .asException();
      }
      return new FlatBuffer(channel.map(MapMode.READ_ONLY, 0, channel.size()));
    } catch (IOException e) {
      throw Diagnostic.of(
              Code.E0101, location, "the file `" + file + "` cannot be read: " + e.getMessage())
          .asException();
    }
  }
}
