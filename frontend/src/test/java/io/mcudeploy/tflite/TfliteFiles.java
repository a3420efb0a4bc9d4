package io.mcudeploy.tflite;

import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantized.QuantizedGraph;
import java.nio.file.Path;
import java.util.Optional;

/** Reads model files as the command line does; a warning fails the test. */
final class TfliteFiles {
  private TfliteFiles() {}

  static Network network(Path file) {
    return Network.read(
        file,
        ImportOptions.none(),
        diagnostic -> {
          throw diagnostic.asException();
        });
  }

  /** The integer network of a file that prescribes all of it. */
  static QuantizedGraph quantized(Path file) {
    return quantized(network(file), Optional.empty());
  }

  static QuantizedGraph quantized(Network network, Optional<Samples> samples) {
    return network.quantized(
        samples,
        RangeMethod.MSE,
        diagnostic -> {
          throw diagnostic.asException();
        },
        done -> {});
  }
}
