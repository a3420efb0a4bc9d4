package io.mcudeploy.cli;

import io.mcudeploy.importing.ImportOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which network, and what its file does not say. */
final class ModelOptions {
  @Parameters(paramLabel = "MODEL", description = "The network, an ONNX or .tflite file.")
  private Path file;

  @Option(
      names = "--dim",
      paramLabel = "NAME=VALUE",
      description = "The extent of a symbolic dimension; the batch is 1.")
  private Map<String, Integer> dimensions = new LinkedHashMap<>();

  @Option(
      names = "--output",
      paramLabel = "VALUE",
      description = "Keep only this output (repeatable); any value of the network can be one.")
  private List<String> outputs = List.of();

  @Option(
      names = "--stateful",
      description = {
        "Let recurrent layers go on where the inference before ended, for streams cut into pieces.",
        "Without it every inference is a whole sequence that begins with zeros."
      })
  private boolean stateful;

  Path file() {
    return file;
  }

  ImportOptions importOptions() {
    return new ImportOptions(dimensions, outputs, stateful);
  }
}
