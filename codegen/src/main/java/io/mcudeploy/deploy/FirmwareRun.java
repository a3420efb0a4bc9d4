package io.mcudeploy.deploy;

import io.mcudeploy.emulator.RunResult;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.toolchain.TemporaryFolder;
import io.mcudeploy.toolchain.Tools;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Inputs of the user's on the emulated firmware, without leaving a project behind. */
public final class FirmwareRun {
  private FirmwareRun() {}

  /**
   * Every tensor of each input, by name, as the golden model gives them. All of the network's
   * channels are computed, also those that a build leaves out.
   *
   * @param request what to build; its output folder is not used
   * @param inputs for each run the memory images of the network's inputs
   */
  public static List<Map<String, byte[]>> tensors(
      BuildRequest request, QuantizedGraph integers, List<List<byte[]>> inputs, Tools tools) {
    Plan plan = new Fit(request.board(), integers, request.placing()).plan(request.goal());
    QuantizedGraph graph = plan.schedule().graph();
    Vectors vectors = Vectors.of(graph, inputs);
    try (TemporaryFolder pad = TemporaryFolder.create()) {
      RunResult run =
          Firmware.temporary(pad, request, plan, vectors, tools).run(pad.path(), vectors);
      List<Map<String, byte[]>> all = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        all.add(named(graph, inputs.get(i), run.layers().get(i)));
      }
      return all;
    }
  }

  private static Map<String, byte[]> named(
      QuantizedGraph graph, List<byte[]> inputs, List<List<byte[]>> layers) {
    Map<String, byte[]> tensors = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      tensors.put(graph.inputs().get(i), inputs.get(i));
    }
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = graph.layers().get(i);
      for (int k = 0; k < layer.outputs().size(); k++) {
        tensors.put(layer.outputs().get(k), layers.get(i).get(k));
      }
    }
    return tensors;
  }
}
