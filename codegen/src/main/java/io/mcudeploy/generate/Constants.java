package io.mcudeploy.generate;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The constants of a network: their names, numbers, and the memories they lie in. */
final class Constants {
  /**
   * A constant array in flash.
   *
   * @param place the macro that puts it into its memory; empty for the board's first choice
   */
  record Constant(String name, String comment, ConstantArray array, String place) {}

  private final ModelInterface caller;
  private final Plan plan;
  private final QuantizedGraph graph;
  private final SelfTest selfTest;
  private final List<Constant> constants = new ArrayList<>();
  private final Map<ConstantArray, String> ofKernels = new LinkedHashMap<>();
  private final Map<String, String> ofTensors = new LinkedHashMap<>();

  Constants(ModelInterface caller, Plan plan) {
    this.caller = caller;
    this.plan = plan;
    this.graph = plan.schedule().graph();
    this.selfTest = SelfTest.of(graph);
    nameAll();
  }

  /** Bytes in flash, without the self-test's. */
  int bytes() {
    return constants.stream().mapToInt(constant -> constant.array().bytes()).sum();
  }

  /** The C name of a tensor of the graph that is constant. */
  String name(String tensor) {
    return ofTensors.get(tensor);
  }

  /** The C name of an array that a kernel reads. */
  String name(ConstantArray array) {
    return ofKernels.get(array);
  }

  /** Names and numbers of all, in order: what tells one model from another. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Constant constant : constants) {
      text.append(constant.name()).append(Arrays.toString(constant.array().values().toArray()));
    }
    return text.toString();
  }

  private void nameAll() {
    CNames names = new CNames(Set.of("selftest_crc"));
    caller.inputs().forEach(input -> names.of("selftest " + input.parameter()));
    graph
        .constants()
        .forEach(
            (name, data) -> {
              String identifier = caller.model() + "_" + names.of(name);
              ofTensors.put(name, identifier);
              constants.add(
                  new Constant(
                      identifier, name, constantTensor(name, data), weightPlace(Plan.keyOf(name))));
            });
    for (Step step : plan.schedule().steps()) {
      // Bands of one layer may read different arrays of one name.
      Set<String> ofStep = new LinkedHashSet<>();
      for (KernelCode kernel : step.kernels()) {
        for (ConstantArray array : kernel.constants()) {
          if (!ofKernels.containsKey(array)) {
            String plain = step.layer().name() + " " + array.name();
            String distinct = plain;
            for (int i = 2; !ofStep.add(distinct); i++) {
              distinct = plain + " " + i;
            }
            String name = caller.model() + "_" + names.of(distinct);
            ofKernels.put(array, name);
            constants.add(
                new Constant(
                    name,
                    step.layer().name() + ": " + array.comment(),
                    array,
                    weightPlace(step.layer().name())));
          }
        }
      }
    }
  }

  private String weightPlace(String key) {
    String region = plan.weightRegions().get(key);
    return region == null ? "" : weightMacro(region);
  }

  private String weightMacro(String region) {
    return caller.upper()
        + "_WEIGHTS_IN_"
        + ModelInterface.regionName(region).toUpperCase(Locale.ROOT);
  }

  /** The macros that put constants into memories other than the board's first choice. */
  List<Map<String, String>> weightPlaces() {
    return plan.weightRegions().values().stream()
        .distinct()
        .map(region -> Map.of("region", region, "macro", weightMacro(region)))
        .toList();
  }

  private ConstantArray constantTensor(String name, Int8Array data) {
    QuantizedTensor tensor = graph.tensor(name);
    int bytes = tensor.storage().bytes();
    int[] values = new int[data.length() / bytes];
    for (int i = 0; i < values.length; i++) {
      // Little endian; the last byte carries the sign.
      values[i] = data.get((i + 1) * bytes - 1);
      for (int b = bytes - 2; b >= 0; b--) {
        values[i] = values[i] << 8 | (data.get(i * bytes + b) & 0xff);
      }
    }
    return new ConstantArray(
        "x",
        CType.of(tensor.storage()),
        Int32Array.of(values),
        0,
        tensor.shape() + ", zero point " + tensor.quantization().zeroPoint());
  }

  List<Map<String, Object>> values() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Constant constant : constants) {
      Map<String, Object> constantValues =
          constantValues(
              constant.name(),
              constant.comment(),
              constant.array().type(),
              constant.array().values().length(),
              CText.initialiser(constant.array()));
      if (!constant.place().isEmpty()) {
        constantValues.put("place", " " + constant.place());
      }
      list.add(constantValues);
    }
    for (int i = 0; i < caller.inputs().size(); i++) {
      ModelInterface.Port input = caller.inputs().get(i);
      ConstantArray array =
          constantTensor(input.tensor().name(), Int8Array.of(selfTest.inputs().get(i)));
      list.add(
          constantValues(
              caller.model() + "_selftest_" + input.parameter(),
              "the self-test's input, noise",
              array.type(),
              array.values().length(),
              CText.initialiser(array)));
    }
    String crcs =
        CText.initialiser(
            selfTest.crcs().stream().mapToInt(Long::intValue).toArray(), CType.UINT32, 0);
    list.add(
        constantValues(
            caller.model() + "_selftest_crc",
            "CRC-32 of each layer's output for the self-test's input",
            CType.UINT32,
            selfTest.crcs().size(),
            crcs));
    return list;
  }

  private static Map<String, Object> constantValues(
      String name, String comment, CType type, int elements, String initialiser) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("comment", CText.plain(comment));
    values.put("declaration", "const " + type.cName() + " " + name + "[" + elements + "]");
    values.put("place", "");
    values.put("initialiser", initialiser);
    return values;
  }
}
