package io.mcudeploy.network;

import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.Progress;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.capsules.Recognition;
import io.mcudeploy.diagnostics.Diagnostics;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.onnx.OnnxImporter;
import io.mcudeploy.passes.Passes;
import io.mcudeploy.passes.RealInterface;
import io.mcudeploy.quantization.Quantizer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.tflite.TfliteImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * A network in real numbers, simplified, with its capsule layers recognised.
 *
 * @param graph computes what the file says, up to rounding
 * @param recognition which capsule layers were found, and which were not
 */
public record Network(Graph graph, Recognition recognition) {

  /**
   * Reads a model file, whatever its name says: import, simplify, recognise capsules, simplify what
   * is left.
   */
  public static Network read(Path file, ImportOptions options, Diagnostics diagnostics) {
    Graph imported =
        TfliteImporter.accepts(file)
            ? TfliteImporter.read(file, options)
            : OnnxImporter.read(file, options, diagnostics);
    Graph simplified = Passes.simplify(RealInterface.of(imported));
    Recognition recognition = Recognition.of(simplified);
    recognition.warnings(file.toString()).forEach(diagnostics::report);
    return new Network(Passes.simplify(recognition.graph()), recognition);
  }

  /**
   * The network in integers by the usual recipe: calibrate, quantize.
   *
   * @param samples typical inputs; without them the ranges come from noise, with a warning. A
   *     network whose file prescribes every scale needs none
   * @param done is told the number of samples done, from any thread
   */
  public QuantizedGraph quantized(
      Optional<Samples> samples, RangeMethod method, Diagnostics diagnostics, IntConsumer done) {
    if (!Quantizer.needsCalibration(graph)) {
      return Quantizer.quantize(graph, Ranges.of(Map.of()));
    }
    Ranges ranges =
        samples
            .map(given -> Calibration.of(graph, given, method, done))
            .orElseGet(() -> Calibration.withoutSamples(graph, method, diagnostics));
    return Quantizer.quantize(graph, ranges);
  }

  /** The network in integers by any recipe. */
  public QuantizedNetwork quantized(
      Optional<Samples> samples, Recipe recipe, Diagnostics diagnostics, Progress progress) {
    return decided()
        .orElseGet(
            () -> new Workbench(graph, orNoise(samples, diagnostics), progress).quantize(recipe));
  }

  /**
   * The network in integers by the best recipe that a search on the samples finds.
   *
   * @param start the recipe that others must beat
   */
  public QuantizedNetwork bestQuantized(
      Optional<Samples> samples, Recipe start, Diagnostics diagnostics, Progress progress) {
    return decided()
        .orElseGet(() -> RecipeSearch.from(graph, orNoise(samples, diagnostics), start, progress));
  }

  /** The network in integers if its file leaves no choice. */
  private Optional<QuantizedNetwork> decided() {
    return Quantizer.needsCalibration(graph)
        ? Optional.empty()
        : Optional.of(
            new QuantizedNetwork(graph, Quantizer.quantize(graph, Ranges.of(Map.of())), List.of()));
  }

  private Samples orNoise(Optional<Samples> samples, Diagnostics diagnostics) {
    return samples.orElseGet(() -> Calibration.noise(graph, diagnostics));
  }
}
