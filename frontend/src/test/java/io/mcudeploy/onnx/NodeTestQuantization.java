package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a node test comes out in integers, calibrated on its own inputs.
 *
 * @param error the largest difference of the golden model from the expected output beyond what
 *     rounding the inputs explains, in steps of the output's scale; absent if it was not run
 * @param layers how many integer layers the node became
 * @param reason why it was not run; empty if it was
 */
record NodeTestQuantization(Optional<Double> error, int layers, String reason) {

  /** Runs the test with as many variable inputs as can be computed in integers. */
  static NodeTestQuantization of(OnnxNodeTest test, Path folder) {
    NodeTestQuantization result = notRun("it is computed at import");
    for (int count : test.feeds().tailSet(1, true).descendingSet()) {
      result = of(test, folder, count);
      if (result.error.isPresent()) {
        return result;
      }
    }
    return result;
  }

  private static NodeTestQuantization of(OnnxNodeTest test, Path folder, int count) {
    TensorDecoder decoder = new TensorDecoder(folder);
    Map<String, Tensor> sample = test.numbers(count, decoder);
    List<Tensor> expected = test.outputs().stream().map(decoder::decode).toList();
    List<Tensor> all = Stream.concat(sample.values().stream(), expected.stream()).toList();
    if (!all.stream().allMatch(Tensor.Floats.class::isInstance)) {
      return notRun("its inputs or outputs are integers");
    }
    if (!all.stream().allMatch(NodeTestQuantization::isFinite)) {
      return notRun("its numbers are not all finite");
    }
    Network network;
    IntegerRun run;
    try {
      network =
          Network.read(
              ModelText.write(folder, test.fed(count)), ImportOptions.none(), diagnostic -> {});
      run = IntegerRun.of(network, sample);
    } catch (DiagnosticException e) {
      return notRun(e.diagnostic().message());
    }
    List<Tensor> ofRounded = new Interpreter(network.graph()).run(run.fed());
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      float[] got = run.reals(i);
      float[] wanted = ((Tensor.Floats) expected.get(i)).values();
      float[] explained = ((Tensor.Floats) ofRounded.get(i)).values();
      for (int k = 0; k < wanted.length; k++) {
        double error = Math.abs((double) got[k] - wanted[k]);
        double ofInputs = Math.abs((double) explained[k] - wanted[k]);
        worst = Math.max(worst, (error - ofInputs) / run.step(i));
      }
    }
    return new NodeTestQuantization(Optional.of(worst), run.quantized().layers().size(), "");
  }

  private static boolean isFinite(Tensor tensor) {
    float sum = 0;
    for (float value : ((Tensor.Floats) tensor).values()) {
      sum += value * 0;
    }
    return sum == 0;
  }

  private static NodeTestQuantization notRun(String reason) {
    return new NodeTestQuantization(Optional.empty(), 0, reason);
  }
}
