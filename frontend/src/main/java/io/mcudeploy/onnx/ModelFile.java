package io.mcudeploy.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.onnx.proto.ModelProto;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens a model file and parses its outer structure. */
final class ModelFile {
  private ModelFile() {}

  /**
   * The parsed file.
   *
   * @throws DiagnosticException if the file cannot be read or is not an ONNX model
   */
  static ModelProto parse(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw unreadable(file, "`" + file + "` is not a file").asException();
    }
    // Mapped and never copied: weights stay in the file until they are decoded, one by one.
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw unreadable(file, "the model file has more than 2 GiB")
            .help("store large weights as external data")
            .asException();
      }
      CodedInputStream input =
          UnsafeByteOperations.unsafeWrap(channel.map(MapMode.READ_ONLY, 0, channel.size()))
              .newCodedInput();
      input.enableAliasing(true);
      ModelProto model = ModelProto.parseFrom(input);
      if (!model.hasGraph() || model.getOpsetImportCount() == 0) {
        throw damaged(file, "the file holds no ONNX model");
      }
      return model;
    } catch (InvalidProtocolBufferException e) {
      throw damaged(file, "the file is no ONNX model, or only a part of one");
    } catch (NoSuchFileException e) {
      throw unreadable(file, "there is no file `" + file + "`").asException();
    } catch (IOException e) {
      throw unreadable(file, "the file `" + file + "` cannot be read: " + e.getMessage())
          .asException();
    }
  }

  private static Diagnostic unreadable(Path file, String message) {
    return Diagnostic.of(Code.E0101, new Location.File(file.toString()), message);
  }

  private static DiagnosticException damaged(Path file, String message) {
    return Diagnostic.of(Code.E0102, new Location.File(file.toString()), message)
        .help("export the model again, or compare the file's size with the original's")
        .asException();
  }
}
