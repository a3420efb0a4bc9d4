package io.mcudeploy.quantization;

import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.List;

/** Post-training quantization to int8 weights and int8 or int16 activations. */
public final class Quantizer {
  private Quantizer() {}

  /**
   * Whether a network can only be quantized with what calibration sees of it. A network whose file
   * prescribes every scale needs none.
   */
  public static boolean needsCalibration(Graph graph) {
    List<Step> steps = Step.of(graph);
    return steps.stream().anyMatch(step -> step.lowering().needsCalibration())
        || !Scales.open(graph, steps).isEmpty();
  }

  /**
   * The network in integers. Layers keep the names of their nodes, tensors those of their values.
   *
   * @param graph after the passes: shapes static, constants folded
   * @param ranges of all values of this graph whose scales the graph does not fix
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0304 for a node that has no integer
   *     counterpart, E0303 for a layer whose sums do not fit 32 bits
   */
  public static QuantizedGraph quantize(Graph graph, Ranges ranges) {
    SoftmaxMasks limited = SoftmaxMasks.limit(graph, ranges);
    List<Step> steps = Step.of(limited.graph());
    Scales scales = Scales.of(limited.graph(), limited.ranges(), steps);
    Assembly assembly = new Assembly(limited.graph(), limited.ranges(), scales);
    for (Step step : steps) {
      assembly.lower(step);
    }
    return assembly.finish();
  }
}
