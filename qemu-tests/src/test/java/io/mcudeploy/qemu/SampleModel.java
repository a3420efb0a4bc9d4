package io.mcudeploy.qemu;

import io.mcudeploy.board.Board;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.Normalization;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Deployment;
import io.mcudeploy.deploy.Profile;
import io.mcudeploy.deploy.Profiling;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.network.Network;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network of the folder {@code models}, calibrated on its images, or one of the {@linkplain
 * BenchmarkNetworks benchmark}. Importing and quantizing is done once for all tests.
 */
record SampleModel(String name, Path file, Graph graph, QuantizedGraph quantized, Samples samples) {
  static final String CAPSNET = "capsnet_mnist";
  static final String DSCNN = "dscnn_mnist";

  /** Every sample network. */
  static final List<String> NAMES = List.of(CAPSNET, DSCNN);

  /** The brightness of pixels in the files; the networks were trained on 0 to 1. */
  private static final Normalization BRIGHTNESS =
      new Normalization(1.0 / 255, 0, List.of(), List.of());

  private static final Map<String, SampleModel> LOADED = new ConcurrentHashMap<>();

  static SampleModel named(String name) {
    return LOADED.computeIfAbsent(
        name, model -> BenchmarkNetworks.NAMES.contains(model) ? written(model) : load(model));
  }

  /** The project's root folder, whatever folder the tests run in. */
  static Path projectRoot() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("models/" + CAPSNET + ".onnx"))) {
      folder = folder.getParent();
    }
    return Optional.ofNullable(folder)
        .orElseThrow(() -> new IllegalStateException("no folder above holds the sample models"));
  }

  /** The file of typical images. */
  static Path calibrationFile() {
    return projectRoot().resolve("models/mnist_calibration_images.idx3.gz");
  }

  /**
   * Builds the network's project.
   *
   * @param emitOnly whether to stop before compiler and emulator
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0702 if a layer differs from the golden
   *     model
   */
  Report build(Board board, Goal goal, Path output, boolean emitOnly) {
    BuildRequest request = new BuildRequest(file, board, goal, name, output, emitOnly);
    // All the inputs that firmware is compared on, without a comparison of accuracies.
    return new Deployment(request, Tools.ofThisProcess(), line -> {})
        .build(graph, quantized, Optional.of(samples.first(4)));
  }

  /** Measures the network as the command {@code profile} does. */
  Profile profile(Board board, Goal goal) {
    BuildRequest request = new BuildRequest(file, board, goal, name, Path.of(name), false);
    return new Profiling(request, Tools.ofThisProcess(), line -> {})
        .profile(graph, quantized, Optional.of(samples.first(4)));
  }

  /** A sample network of the folder {@code models}, calibrated. */
  private static SampleModel load(String name) {
    Path file = projectRoot().resolve("models").resolve(name + ".onnx");
    Network network = read(file);
    DataSet images =
        DataFile.samples(
            calibrationFile(),
            network.graph().inputs().values().iterator().next().shape(),
            BRIGHTNESS);
    Samples samples = Samples.of(network.graph(), images);
    return of(name, file, network, Optional.of(samples), samples);
  }

  /** A network of the benchmark, whose file prescribes all integers; fed with noise. */
  private static SampleModel written(String name) {
    try {
      Path folder = Files.createTempDirectory("mcu-deploy-tests");
      Path file = folder.resolve(name + ".tflite");
      Files.write(file, BenchmarkNetworks.file(name));
      file.toFile().deleteOnExit();
      folder.toFile().deleteOnExit();
      return written(name, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that prescribes all integers; fed with noise. */
  static SampleModel written(String name, Path file) {
    Network network = read(file);
    return of(name, file, network, Optional.empty(), Samples.synthetic(network.graph(), 4));
  }

  private static Network read(Path file) {
    return Network.read(file, ImportOptions.none(), SampleModel::refuse);
  }

  private static SampleModel of(
      String name, Path file, Network network, Optional<Samples> calibration, Samples samples) {
    QuantizedGraph quantized =
        network.quantized(calibration, RangeMethod.MSE, SampleModel::refuse, done -> {});
    return new SampleModel(name, file, network.graph(), quantized, samples);
  }

  private static void refuse(Diagnostic warning) {
    throw warning.asException();
  }
}
