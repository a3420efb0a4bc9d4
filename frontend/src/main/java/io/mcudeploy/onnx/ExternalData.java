package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.onnx.proto.StringStringEntryProto;
import io.mcudeploy.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Weights kept in files beside the model file. A model comes from anywhere, so only files inside
 * its own folder are read: no absolute path, no {@code ..}, no symbolic link that leads out.
 */
final class ExternalData {
  private final Path model;

  ExternalData(Path model) {
    this.model = model;
  }

  /**
   * The bytes of one tensor.
   *
   * @param expected how many bytes the tensor's type and dimensions call for
   * @throws DiagnosticException if the entry is malformed, leads outside the folder, or the file is
   *     shorter than it says
   */
  ByteBuffer read(TensorProto tensor, long expected) {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      entries.put(entry.getKey(), entry.getValue());
    }
    Path file = locate(tensor, entries.getOrDefault("location", ""));
    long offset = number(tensor, entries, "offset", 0);
    try (FileChannel channel = FileChannel.open(file)) {
      long length = number(tensor, entries, "length", channel.size() - offset);
      if (length != expected) {
        throw damaged(
            tensor, "has " + length + " bytes of external data, its dimensions need " + expected);
      }
      if (length > Integer.MAX_VALUE || offset > channel.size() - length) {
        throw damaged(
            tensor,
            String.format(
                "needs bytes %d to %d of %s, which has %d",
                offset, offset + length, file.getFileName(), channel.size()));
      }
      return channel.map(MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw unreadable(tensor, file.getFileName().toString());
    }
  }

  private Path locate(TensorProto tensor, String location) {
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw damaged(tensor, "names an external file that no file system accepts");
    }
    if (location.isBlank() || relative.isAbsolute() || climbs(relative)) {
      throw outside(tensor, location);
    }
    Path folder = model.toAbsolutePath().getParent();
    try {
      Path file = folder.resolve(relative).toRealPath();
      if (!file.startsWith(folder.toRealPath())) {
        throw outside(tensor, location);
      }
      if (!Files.isRegularFile(file)) {
        throw unreadable(tensor, location);
      }
      return file;
    } catch (IOException e) {
      throw unreadable(tensor, location);
    }
  }

  private static boolean climbs(Path relative) {
    for (Path segment : relative) {
      if (segment.toString().equals("..")) {
        return true;
      }
    }
    return false;
  }

  private long number(
      TensorProto tensor, Map<String, String> entries, String key, long whenAbsent) {
    String text = entries.get(key);
    if (text == null) {
      return whenAbsent;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, together with negative numbers.
    }
    throw damaged(tensor, "has the external data " + key + " `" + text + "`");
  }

  private DiagnosticException damaged(TensorProto tensor, String what) {
    return Diagnostic.of(
            Code.E0102,
            new Location.File(model.toString()),
            "tensor `" + tensor.getName() + "` " + what)
        .asException();
  }

  private DiagnosticException outside(TensorProto tensor, String location) {
    return Diagnostic.of(
            Code.E0102,
            new Location.File(model.toString()),
            "tensor `" + tensor.getName() + "` keeps its data in `" + location + "`")
        .note("only files inside the model file's own folder are read")
        .help("store the weights inside the model file, or beside it")
        .asException();
  }

  private DiagnosticException unreadable(TensorProto tensor, String location) {
    return Diagnostic.of(
            Code.E0101,
            new Location.File(model.toString()),
            "the file `"
                + location
                + "` with the data of `"
                + tensor.getName()
                + "` cannot be read")
        .help("copy it into the model file's folder under this name")
        .asException();
  }
}
