package io.mcudeploy.emulator;

import java.util.List;
import java.util.Map;

/**
 * A run of the test program under the {@linkplain CountingPlugin plugin}.
 *
 * @param result what the run showed as any other
 * @param layers what each layer executed for the last input, without the calls of the hooks
 * @param functions what each function executed in these layers, without what it called
 */
public record CountedRun(
    RunResult result, List<LayerCounts> layers, Map<String, LayerCounts> functions) {
  public CountedRun {
    layers = List.copyOf(layers);
    functions = Map.copyOf(functions);
  }
}
