package io.mcudeploy.qemu;

import io.mcudeploy.quantized.Layer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the layers of a {@link CaseImage} gave.
 *
 * @param layersOfCase numbers from 1, one for each kernel variant of the case
 * @param outputs of each layer
 * @param instructions of each layer
 * @param problems what the test program complained about besides differences
 */
record CaseResults(
    Map<String, List<Integer>> layersOfCase,
    List<Layer> layers,
    List<List<byte[]>> outputs,
    List<Long> instructions,
    List<String> problems) {
  private static final Pattern OF_LAYER = Pattern.compile("input 0 layer (\\d+) .*");

  CaseResults {
    layersOfCase = Map.copyOf(layersOfCase);
    layers = List.copyOf(layers);
    outputs = List.copyOf(outputs);
    instructions = List.copyOf(instructions);
    problems = List.copyOf(problems);
  }

  /** The outputs of every kernel variant of a case, by the layer's name. */
  Map<String, List<byte[]>> variants(String id) {
    Map<String, List<byte[]>> variants = new LinkedHashMap<>();
    for (int number : layersOfCase.get(id)) {
      variants.put(layers.get(number - 1).name(), outputs.get(number - 1));
    }
    return variants;
  }

  /** The instructions of every kernel variant of a case. */
  List<Long> instructions(String id) {
    return layersOfCase.get(id).stream().map(number -> instructions.get(number - 1)).toList();
  }

  /** Complaints about a case's layers, such as memory written that is not theirs. */
  List<String> problems(String id) {
    return problems.stream()
        .filter(problem -> layersOfCase.get(id).contains(layerOf(problem)))
        .toList();
  }

  /** Complaints about no layer in particular: the guards, the self-test, the stack. */
  List<String> generalProblems() {
    return problems.stream().filter(problem -> layerOf(problem) == 0).toList();
  }

  private static int layerOf(String problem) {
    Matcher matcher = OF_LAYER.matcher(problem);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
