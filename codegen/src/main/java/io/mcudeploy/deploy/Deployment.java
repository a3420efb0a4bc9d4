package io.mcudeploy.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.emulator.FirstDifference;
import io.mcudeploy.emulator.RunResult;
import io.mcudeploy.evaluation.Evaluation;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Trial;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.simplification.Simplification;
import io.mcudeploy.toolchain.ElfFile;
import io.mcudeploy.toolchain.TemporaryFolder;
import io.mcudeploy.toolchain.Tools;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Builds a verified project from an integer network; {@link #build} is the table of contents. */
public final class Deployment {
  /** Inputs that the firmware is compared on; each costs an emulated inference or four. */
  private static final int VECTORS = 4;

  /** Samples on which the report compares float and int8. */
  private static final int REPORTED_SAMPLES = 100;

  private final BuildRequest request;
  private final Tools tools;
  private final Consumer<String> talk;

  /**
   * @param talk is told what goes on, a line a stage
   */
  public Deployment(BuildRequest request, Tools tools, Consumer<String> talk) {
    this.request = request;
    this.tools = tools;
    this.talk = talk;
  }

  /** As below, where the recipe of quantization was not searched for. */
  public Report build(Graph graph, QuantizedGraph quantized, Optional<Samples> samples) {
    return build(graph, quantized, samples, List.of());
  }

  /**
   * Plans, generates, compiles, runs, compares, reports. The project's folder appears only if all
   * of that succeeds.
   *
   * @param graph the float network
   * @param original the same network in integers
   * @param samples typical inputs, where there are any
   * @param trials ways of quantization that were tried, for the report
   */
  public Report build(
      Graph graph, QuantizedGraph original, Optional<Samples> samples, List<Trial> trials) {
    Simplification simplification = simplify(original, talk);
    Plan plan = plan(request, simplification.graph(), talk);
    QuantizedGraph quantized = plan.schedule().graph();
    Vectors vectors = vectors(graph, quantized, samples);
    Map<String, byte[]> files = ProjectFiles.of(request, plan).all(vectors);
    try (OutputDirectory directory = OutputDirectory.create(request.output())) {
      directory.write(files);
      talk.accept("generated " + files.size() + " files");
      Report report =
          report(plan, directory, vectors, evaluate(graph, quantized, samples))
              .with(trials, simplification.removals());
      directory.write(reports(report));
      directory.publish();
      return report;
    }
  }

  static Simplification simplify(QuantizedGraph original, Consumer<String> talk) {
    Simplification simplification = Simplification.of(original);
    simplification.removals().forEach(removal -> talk.accept("removed " + removal));
    return simplification;
  }

  static Plan plan(BuildRequest request, QuantizedGraph graph, Consumer<String> talk) {
    Plan plan = new Fit(request.board(), graph, request.placing()).plan(request.goal());
    talk.accept(
        String.format(
            Locale.ROOT,
            "planned %,d bytes of arena, %,d above the lower bound%s",
            plan.arenaBytes(),
            plan.gap(),
            plan.schedule().keepsOrderOf(graph) ? "" : "; layers run in another order"));
    return plan;
  }

  private Report report(
      Plan plan, OutputDirectory directory, Vectors vectors, Optional<Evaluation> samples) {
    int constantBytes = plan.constantBytes();
    if (request.emitOnly()) {
      return Report.of(request, plan, constantBytes, List.of(), Optional.empty(), samples);
    }
    QuantizedGraph graph = plan.schedule().graph();
    Firmware firmware = Firmware.of(directory.draft(), request, plan, tools);
    try (TemporaryFolder build = TemporaryFolder.create()) {
      ElfFile image = firmware.boardImage(build.path());
      talk.accept("compiled for " + request.board().title());
      RunResult run = firmware.run(build.path(), vectors);
      Firmware.check(FirstDifference.ComparedLayer.of(graph), vectors, run);
      talk.accept("verified on " + request.board().emulation().machine().name());
      Report.Verified verified =
          new Report.Verified(
              vectors.inputs().size(),
              run.totalInstructions(),
              run.stackBytes(),
              image.flashBytes(),
              image.codeBytes(),
              firmware.tools());
      return Report.of(
          request, plan, constantBytes, run.instructions(), Optional.of(verified), samples);
    }
  }

  /** The first samples, or noise where there are none, as the firmware's inputs. */
  static Vectors vectors(Graph graph, QuantizedGraph quantized, Optional<Samples> samples) {
    Samples given = samples.orElseGet(() -> Samples.synthetic(graph, VECTORS)).first(VECTORS);
    return Vectors.of(
        quantized,
        IntStream.range(0, given.count())
            .mapToObj(index -> images(graph, quantized, given.sample().apply(index)))
            .toList());
  }

  private static List<byte[]> images(
      Graph graph, QuantizedGraph quantized, Map<String, Tensor> sample) {
    List<byte[]> images = new ArrayList<>();
    for (String input : graph.inputs().keySet()) {
      images.add(
          MemoryImage.of(
              sample.get(input), quantized.tensor(quantized.inputs().get(images.size()))));
    }
    return images;
  }

  private static Optional<Evaluation> evaluate(
      Graph graph, QuantizedGraph quantized, Optional<Samples> samples) {
    return samples.map(
        given ->
            Evaluation.of(
                graph, quantized, given.first(REPORTED_SAMPLES), Optional.empty(), () -> {}));
  }

  private static Map<String, byte[]> reports(Report report) {
    try {
      String json =
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(report.facts());
      return new TreeMap<>(
          Map.of(
              "report.json", (json + "\n").getBytes(StandardCharsets.UTF_8),
              "report.md", report.markdown().getBytes(StandardCharsets.UTF_8)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
