package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mcudeploy.board.Board;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.Deployment;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The MLPerf Tiny int8 networks give TFLite Micro's outputs on every core: the build compares every
 * layer of every recorded vector with the golden model, and the golden model's outputs are the
 * recorded ones.
 */
class TfliteNetworksTest {
  /** As many inputs as a build compares. */
  private static final int AT_ONCE = 4;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everyVectorGivesTheRecordedOutput() {
    Map<String, String> networks =
        Map.of("kws", "kws_ref_model.tflite", "ic", "pretrainedResnet_quant.tflite");
    return Targets.chosen().stream()
        .flatMap(
            board ->
                new TreeMap<>(networks)
                    .entrySet().stream()
                        .map(
                            network ->
                                dynamicTest(
                                    network.getKey() + " on " + board.core().name(),
                                    () ->
                                        check(
                                            Recorded.of(network.getKey(), network.getValue()),
                                            board))));
  }

  private void check(Recorded network, Board board) {
    NeededTools.assumeFor(board.core().architecture());
    GoldenModel golden = new GoldenModel(network.quantized());
    for (int i = 0; i < network.inputs().size(); i++) {
      assertThat(golden.run(List.of(network.inputs().get(i))))
          .containsExactly(network.outputs().get(i));
    }
    QuantizedTensor input = network.quantized().tensor(network.quantized().inputs().get(0));
    List<Map<String, Tensor>> reals =
        network.inputs().stream()
            .map(image -> Map.<String, Tensor>of(input.name(), MemoryImage.real(image, input)))
            .toList();
    for (int first = 0; first < reals.size(); first += AT_ONCE) {
      List<Map<String, Tensor>> some =
          reals.subList(first, Math.min(reals.size(), first + AT_ONCE));
      Path project = folder.resolve(network.name() + "-" + board.name() + "-" + first);
      BuildRequest request =
          new BuildRequest(network.file(), board, Goal.TIME, network.name(), project, false);
      Report report =
          new Deployment(request, Tools.ofThisProcess(), line -> {})
              .build(network.graph(), network.quantized(), Optional.of(Samples.of(some)));
      assertThat(report.verified().orElseThrow().inputs())
          .as(Targets.command(TfliteNetworksTest.class, board))
          .isEqualTo(some.size());
    }
  }

  /** A network with inputs, and the outputs of TFLite Micro for them. */
  private record Recorded(
      String name,
      Path file,
      Network network,
      QuantizedGraph quantized,
      List<byte[]> inputs,
      List<byte[]> outputs) {
    static Recorded of(String name, String file) throws IOException {
      Path folder = data();
      Path model = folder.resolve(file);
      Network network = Network.read(model, ImportOptions.none(), TfliteNetworksTest::refuse);
      QuantizedGraph quantized =
          network.quantized(
              Optional.empty(), RangeMethod.MSE, TfliteNetworksTest::refuse, done -> {});
      Path vectors = folder.resolve("tflm_vectors");
      return new Recorded(
          name,
          model,
          network,
          quantized,
          parts(vectors.resolve(name + "_inputs.bin"), quantized, quantized.inputs()),
          parts(vectors.resolve(name + "_outputs.bin"), quantized, quantized.outputs()));
    }

    Graph graph() {
      return network.graph();
    }
  }

  private static void refuse(Diagnostic warning) {
    throw warning.asException();
  }

  private static List<byte[]> parts(Path file, QuantizedGraph graph, List<String> tensors)
      throws IOException {
    byte[] all = Files.readAllBytes(file);
    int size = graph.tensor(tensors.get(0)).bytes();
    List<byte[]> parts = new ArrayList<>();
    for (int start = 0; start < all.length; start += size) {
      parts.add(Arrays.copyOfRange(all, start, start + size));
    }
    return parts;
  }

  /** Data that may not be redistributed lies beside the project; skips the test without it. */
  private static Path data() {
    for (Path at = SampleModel.projectRoot(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared/data/mlperf-tiny");
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    return Assumptions.abort("no shared/data/mlperf-tiny beside the project");
  }
}
