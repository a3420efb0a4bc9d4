package io.mcudeploy.quantization;

import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.Requantize;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The integer graph while it is being put together. */
final class Assembly {
  private final Graph graph;
  private final Ranges ranges;
  private final Scales scales;
  private final List<Layer> layers = new ArrayList<>();
  private final Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
  private final Map<String, Int8Array> constants = new LinkedHashMap<>();

  /** The tensor that holds each value; views share one. */
  private final Map<String, String> tensorOf = new HashMap<>();

  private final Map<String, String> requantized = new HashMap<>();
  private final Set<String> layerNames = new HashSet<>();

  /** Whether the step that is being lowered takes int16; otherwise it sees int8 only. */
  private boolean takesInt16 = true;

  Assembly(Graph graph, Ranges ranges, Scales scales) {
    this.graph = graph;
    this.ranges = ranges;
    this.scales = scales;
    graph.nodes().forEach(node -> layerNames.add(node.name()));
    graph
        .inputs()
        .forEach(
            (input, type) -> {
              define(input, type.shape(), scales.of(input));
              tensorOf.put(input, input);
            });
    graph
        .states()
        .forEach(
            (state, type) -> {
              define(state, type.type().shape(), scales.of(state));
              tensorOf.put(state, state);
            });
  }

  Graph graph() {
    return graph;
  }

  Shape shape(String value) {
    return graph.type(value).shape();
  }

  /**
   * Adds a step's layers.
   *
   * @throws DiagnosticException E0304 if the step has no integer counterpart
   */
  void lower(Step step) {
    takesInt16 = step.lowering().takesInt16();
    try {
      step.lowering().lower(step, this);
    } catch (Multiplier.TooLargeException e) {
      throw unsupported(step, "the scales around `" + step.name() + "` lie too far apart");
    }
    takesInt16 = true;
  }

  /**
   * The quantization of a value, or the one that covers a constant, as the step that is being
   * lowered sees it.
   */
  Quantization quantization(String value) {
    Quantization quantization = scales.of(value);
    return takesInt16 || quantization.storage() != StorageType.INT16 || isState(value)
        ? quantization
        : quantization.storedAs(StorageType.INT8);
  }

  private boolean isState(String value) {
    return graph.states().containsKey(value)
        || graph.states().values().stream().anyMatch(state -> state.next().equals(value));
  }

  /** The quantization of a value whatever the step that is being lowered takes. */
  Quantization own(String value) {
    return scales.of(value);
  }

  /** The quantization of an operand that will be rescaled: a constant is made at that scale. */
  Quantization operandScale(String value, Quantization output) {
    return graph.constants().containsKey(value) ? output : quantization(value);
  }

  /** The numbers of a constant; empty for other values. */
  Optional<Tensor.Floats> constant(String value) {
    return graph.constants().get(value) instanceof Tensor.Floats floats
        ? Optional.of(floats)
        : Optional.empty();
  }

  /** The numbers of an input that this operator only takes as a constant. */
  Tensor.Floats requireConstant(Step step, int input, String role) {
    return constant(step.input(input))
        .orElseThrow(() -> unsupported(step, "the " + role + " is not a constant"));
  }

  /** The optional third input of a layer with weights; zeros if it is absent. */
  Tensor.Floats bias(Step step, int outputs) {
    return step.node().inputs().size() > 2
        ? requireConstant(step, 2, "bias")
        : new Tensor.Floats(Shape.of(outputs), new float[outputs]);
  }

  /** The largest predictions for each output capsule of a routing step. */
  List<Double> predictionRanges(Step step) {
    return ranges.predictionsOf(step.name());
  }

  DiagnosticException unsupported(Step step, String message) {
    return Lowerings.unsupported(step.node(), graph, message).asException();
  }

  /** The tensor that holds a value at the quantization the value has. */
  String tensor(String value) {
    return tensor(value, quantization(value));
  }

  /** The tensor that holds a value or constant at this quantization, made if need be. */
  String tensor(String value, Quantization wanted) {
    if (graph.constants().containsKey(value)) {
      return constantTensor(value, wanted);
    }
    String tensor = tensorOf.get(value);
    if (tensor == null) {
      throw new IllegalStateException(value + " has no tensor yet");
    }
    Quantization actual = tensors.get(tensor).quantization();
    if (actual.equals(wanted)) {
      return tensor;
    }
    String key = tensor + " at " + wanted;
    String existing = requantized.get(key);
    if (existing != null) {
      return existing;
    }
    Shape shape = tensors.get(tensor).shape();
    String result =
        intermediate(
            value + "_requantize",
            new Requantize(shape.elements(), Rescale.of(actual, wanted)),
            List.of(tensor),
            shape,
            wanted);
    requantized.put(key, result);
    return result;
  }

  /**
   * Adds the layer that computes a step's output. An operator whose output is stored otherwise than
   * the value is followed by a change of storage.
   */
  void add(Step step, IntegerOperator operator, List<String> inputs) {
    String output = step.output();
    Quantization wanted = scales.of(output);
    Quantization given = wanted.storedAs(operator.outputStorage(0));
    if (given.equals(wanted)) {
      add(step, operator, inputs, List.of(output));
      return;
    }
    checkBound(operator, step);
    String stored =
        intermediate(
            step.name() + "_" + given.storage().name().toLowerCase(Locale.ROOT),
            operator,
            inputs,
            shape(output),
            given);
    Requantize change = new Requantize(shape(output).elements(), Rescale.of(given, wanted));
    add(step, change, List.of(stored), List.of(output));
  }

  /** Adds the layer that computes a step's outputs, or those of them that have a tensor. */
  void add(Step step, IntegerOperator operator, List<String> inputs, List<String> outputs) {
    for (String output : outputs) {
      define(output, shape(output), scales.of(output));
      tensorOf.put(output, output);
    }
    append(new Layer(step.name(), operator, inputs, outputs), step);
  }

  /** Lets a step's output be another view of a tensor, or a requantized copy of it. */
  void alias(Step step, String tensor) {
    String output = step.output();
    Quantization wanted = scales.of(output);
    Quantization actual = tensors.get(tensor).quantization();
    if (actual.equals(wanted)) {
      tensorOf.put(output, tensor);
    } else {
      int elements = shape(output).elements();
      add(step, new Requantize(elements, Rescale.of(actual, wanted)), List.of(tensor));
    }
  }

  /** Adds a layer that no node stands for, and gives its output's name. */
  String intermediate(
      String name,
      IntegerOperator operator,
      List<String> inputs,
      Shape shape,
      Quantization quantization) {
    String unique = name;
    for (int i = 2; layerNames.contains(unique) || isTaken(unique); i++) {
      unique = name + "_" + i;
    }
    layerNames.add(unique);
    define(unique, shape, quantization);
    layers.add(new Layer(unique, operator, inputs, List.of(unique)));
    return unique;
  }

  /** The graph, with every output defined by a layer of its own. */
  QuantizedGraph finish() {
    List<String> outputs = new ArrayList<>();
    for (String output : graph.outputs()) {
      outputs.add(ownTensor(output));
    }
    Map<String, String> states = new LinkedHashMap<>();
    graph
        .states()
        .forEach((state, next) -> states.put(state, becoming(state, next.next(), states)));
    return new QuantizedGraph(
        graph.name(),
        List.copyOf(graph.inputs().keySet()),
        outputs,
        layers,
        tensors,
        constants,
        states);
  }

  /** The tensor that becomes a state: the value's own if it is nothing else, else a last copy. */
  private String becoming(String state, String value, Map<String, String> states) {
    String tensor = tensor(value, quantization(state));
    boolean shared =
        graph.inputs().containsKey(tensor)
            || graph.outputs().contains(tensor)
            || graph.states().containsKey(tensor)
            || constants.containsKey(tensor)
            || states.containsValue(tensor);
    return shared ? copy(state + "_next", tensor, shape(state)) : tensor;
  }

  /** The tensor of an output under the output's own name and shape, copied if it must be. */
  private String ownTensor(String output) {
    String tensor = tensor(output);
    if (tensor.equals(output)
        && !graph.inputs().containsKey(output)
        && !graph.states().containsKey(output)) {
      return output;
    }
    boolean rename =
        !graph.inputs().containsKey(tensor)
            && !graph.states().containsKey(tensor)
            && !constants.containsKey(tensor)
            && !graph.outputs().contains(tensor)
            && !tensors.containsKey(output);
    if (rename) {
      rename(tensor, output);
      return output;
    }
    return copy(output + "_copy", tensor, shape(output));
  }

  private String copy(String name, String tensor, Shape shape) {
    Shape flat = Shape.of(shape.elements());
    return intermediate(
        name,
        new Copy(tensors.get(tensor).storage(), shape.elements(), flat, List.of(1), 0),
        List.of(tensor),
        shape,
        tensors.get(tensor).quantization());
  }

  private void rename(String tensor, String output) {
    QuantizedTensor old = tensors.remove(tensor);
    define(output, shape(output), old.quantization());
    tensorOf.replaceAll((value, holder) -> holder.equals(tensor) ? output : holder);
    layers.replaceAll(
        layer ->
            new Layer(
                layer.name(),
                layer.operator(),
                renamed(layer.inputs(), tensor, output),
                renamed(layer.outputs(), tensor, output)));
  }

  private static List<String> renamed(List<String> names, String from, String to) {
    return names.stream().map(name -> name.equals(from) ? to : name).toList();
  }

  private String constantTensor(String value, Quantization quantization) {
    String name = value;
    for (int i = 2; tensors.containsKey(name); i++) {
      if (tensors.get(name).quantization().equals(quantization)) {
        return name;
      }
      name = value + "_" + i;
    }
    QuantizedTensor tensor = define(name, shape(value), quantization);
    byte[] image =
        graph.constants().get(value) instanceof Tensor.Integers integers
            ? MemoryImage.of(integers, tensor.storage())
            : MemoryImage.quantized((Tensor.Floats) graph.constants().get(value), tensor);
    constants.put(name, Int8Array.of(image));
    return name;
  }

  private void append(Layer layer, Step step) {
    checkBound(layer.operator(), step);
    layers.add(layer);
  }

  private void checkBound(IntegerOperator operator, Step step) {
    long bound = operator.accumulatorBound();
    long limit = operator.accumulatorLimit();
    if (bound > limit) {
      throw Diagnostic.of(
              Code.E0303,
              new Location.Node(graph.name(), step.name(), step.node().operator().kind()),
              String.format("a sum of `%s` could reach %,d", step.name(), bound))
          .note(String.format("its accumulators hold %,d", limit))
          .help("split the layer's input channels into two layers and add the results")
          .asException();
    }
  }

  private boolean isTaken(String tensor) {
    return tensors.containsKey(tensor) || graph.types().containsKey(tensor);
  }

  private QuantizedTensor define(String name, Shape shape, Quantization quantization) {
    QuantizedTensor tensor = new QuantizedTensor(name, shape, quantization);
    tensors.put(name, tensor);
    return tensor;
  }
}
