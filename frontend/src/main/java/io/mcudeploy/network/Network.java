package io.mcudeploy.network;

import io.mcudeploy.calibration.Calibration;
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
   * The network in integers: calibrate, quantize.
   *
   * @param samples typical inputs; without them the ranges come from noise, with a warning. A
   *     network whose file prescribes every scale needs none
   * @param progress is told the number of samples done, from any thread
   */
  public QuantizedGraph quantized(
      Optional<Samples> samples,
      RangeMethod method,
      Diagnostics diagnostics,
      IntConsumer progress) {
    if (!Quantizer.needsCalibration(graph)) {
      return Quantizer.quantize(graph, Ranges.of(Map.of()));
    }
    Ranges ranges =
        samples
            .map(given -> Calibration.of(graph, given, method, progress))
            .orElseGet(() -> Calibration.withoutSamples(graph, method, diagnostics));
    return Quantizer.quantize(graph, ranges);
  }
}
