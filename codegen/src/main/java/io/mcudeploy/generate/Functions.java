package io.mcudeploy.generate;

import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The C functions of a model's kernels. Steps whose template, arguments and parameters are equal
 * share one function.
 */
final class Functions {
  /** What makes two functions the same C. */
  private record Key(String template, Map<String, Object> arguments, List<String> parameters) {}

  /**
   * One function.
   *
   * @param name without the model's prefix
   * @param parameters as C declares them
   * @param bound of the accumulators of all layers that call it
   * @param layers names of these layers
   */
  record Function(
      String name, KernelCode code, List<String> parameters, long bound, List<String> layers) {}

  private final Map<Key, Function> functions = new LinkedHashMap<>();
  private final Set<String> names = new LinkedHashSet<>();
  private final Map<Integer, List<Key>> byStep = new LinkedHashMap<>();

  /** Takes the step's kernels in. */
  void add(Step step, List<QuantizedTensor> inputs, List<QuantizedTensor> outputs) {
    byStep.put(
        step.number(),
        step.kernels().stream().map(code -> add(step, code, inputs, outputs)).toList());
  }

  private Key add(
      Step step, KernelCode code, List<QuantizedTensor> inputs, List<QuantizedTensor> outputs) {
    List<String> parameters = parameters(code, inputs, outputs);
    Key key = new Key(code.template(), code.arguments(), parameters);
    long bound = step.layer().operator().accumulatorBound();
    Function known = functions.get(key);
    List<String> layers = new ArrayList<>(known == null ? List.of() : known.layers());
    if (!layers.contains(step.layer().name())) {
      layers.add(step.layer().name());
    }
    functions.put(
        key,
        known == null
            ? new Function(fresh(code.stem()), code, parameters, bound, layers)
            : new Function(
                known.name(), known.code(), parameters, Math.max(known.bound(), bound), layers));
    return key;
  }

  /** The function of one of a step's kernels. */
  Function of(Step step, int kernel) {
    return functions.get(byStep.get(step.number()).get(kernel));
  }

  /** All functions, in the order of first use. */
  List<Function> all() {
    return List.copyOf(functions.values());
  }

  private String fresh(String stem) {
    String name = stem;
    for (int i = 2; !names.add(name); i++) {
      name = stem + "_" + i;
    }
    return name;
  }

  private static List<String> parameters(
      KernelCode code, List<QuantizedTensor> inputs, List<QuantizedTensor> outputs) {
    List<String> parameters = new ArrayList<>();
    for (int i = 0; i < code.inputs().size(); i++) {
      parameters.add("const " + pointer(inputs.get(i).storage(), code.inputs().get(i)));
    }
    for (ConstantArray constant : code.constants()) {
      parameters.add("const " + constant.type().cName() + " *" + constant.name());
    }
    code.scratch().ifPresent(s -> parameters.add(s.type().cName() + " *" + s.name()));
    for (int i = 0; i < code.outputs().size(); i++) {
      parameters.add(pointer(outputs.get(i).storage(), code.outputs().get(i)));
    }
    return parameters;
  }

  private static String pointer(StorageType storage, String name) {
    return storage.cName() + " *" + name;
  }
}
