package io.mcudeploy.quantized;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A network in integers, ready to be planned and generated.
 *
 * @param inputs names of tensors the caller provides
 * @param outputs names of tensors the caller reads, each defined by a layer
 * @param layers in an order in which they can run
 * @param tensors every tensor, by name
 * @param constants memory images of the tensors that are fixed
 * @param states tensors that every inference takes over from the one before, each with the tensor
 *     that becomes it; they begin as real 0. Both lie at one place, so no layer reads the state
 *     once a layer has defined what becomes of it, and that layer may {@linkplain
 *     IntegerOperator#updates update} it in place if it reads it
 */
public record QuantizedGraph(
    String name,
    List<String> inputs,
    List<String> outputs,
    List<Layer> layers,
    Map<String, QuantizedTensor> tensors,
    Map<String, Int8Array> constants,
    Map<String, String> states) {

  /** A network without states. */
  public QuantizedGraph(
      String name,
      List<String> inputs,
      List<String> outputs,
      List<Layer> layers,
      Map<String, QuantizedTensor> tensors,
      Map<String, Int8Array> constants) {
    this(name, inputs, outputs, layers, tensors, constants, Map.of());
  }

  public QuantizedGraph {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    layers = List.copyOf(layers);
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
    Set<String> defined = new TreeSet<>(inputs);
    defined.addAll(constants.keySet());
    states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
    defined.addAll(states.keySet());
    for (Layer layer : layers) {
      for (String input : layer.inputs()) {
        check(defined.contains(input), layer.name() + " uses " + input + " before its definition");
      }
      for (String output : layer.outputs()) {
        check(defined.add(output), output + " is defined twice");
      }
    }
    for (String tensor : defined) {
      check(tensors.containsKey(tensor), "tensor " + tensor + " has no type");
    }
    for (Layer layer : layers) {
      for (int i = 0; i < layer.inputs().size(); i++) {
        checkStorage(layer, layer.inputs().get(i), layer.operator().inputStorage(i), tensors);
      }
      for (int i = 0; i < layer.outputs().size(); i++) {
        checkStorage(layer, layer.outputs().get(i), layer.operator().outputStorage(i), tensors);
      }
    }
    for (String output : outputs) {
      check(defined.contains(output), "output " + output + " is not defined");
    }
    for (Map.Entry<String, String> state : states.entrySet()) {
      checkState(state.getKey(), state.getValue(), layers, outputs, tensors);
    }
  }

  public QuantizedTensor tensor(String tensorName) {
    QuantizedTensor tensor = tensors.get(tensorName);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + tensorName);
    }
    return tensor;
  }

  /**
   * The same network with its layers in another order.
   *
   * @param order the index of each layer, in the order they are to run
   * @throws IllegalArgumentException if they cannot run in this order
   */
  public QuantizedGraph ordered(List<Integer> order) {
    if (order.size() != layers.size() || Set.copyOf(order).size() != layers.size()) {
      throw new IllegalArgumentException(order + " is not an order of " + layers.size());
    }
    return new QuantizedGraph(
        name,
        inputs,
        outputs,
        order.stream().map(layers::get).toList(),
        tensors,
        constants,
        states);
  }

  /** The memory image of a state before the first inference. */
  public byte[] initialState(String state) {
    QuantizedTensor tensor = tensor(state);
    byte[] image = new byte[tensor.bytes()];
    for (int i = 0; i < tensor.shape().elements(); i++) {
      tensor.storage().put(image, i, tensor.quantization().zeroPoint());
    }
    return image;
  }

  public long macs() {
    return layers.stream().mapToLong(layer -> layer.operator().macs()).sum();
  }

  /** Bytes of parameters in flash, before any packing. */
  public long parameterBytes() {
    return layers.stream().mapToLong(layer -> layer.operator().parameterBytes()).sum()
        + constants.values().stream().mapToLong(Int8Array::length).sum();
  }

  /** One line per input, state, layer and output. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("quantized graph " + name + "\n");
    inputs.forEach(input -> text.append("  input ").append(tensor(input)).append('\n'));
    states.forEach(
        (state, next) ->
            text.append("  state ")
                .append(tensor(state))
                .append(", then ")
                .append(next)
                .append('\n'));
    layers.forEach(layer -> text.append("  ").append(layer).append('\n'));
    outputs.forEach(output -> text.append("  output ").append(tensor(output)).append('\n'));
    return text.toString();
  }

  private static void checkStorage(
      Layer layer, String tensor, StorageType expected, Map<String, QuantizedTensor> tensors) {
    StorageType actual = tensors.get(tensor).storage();
    check(
        actual == expected,
        layer.name() + " takes " + tensor + " as " + expected + ", but it is " + actual);
  }

  private static void checkState(
      String state,
      String next,
      List<Layer> layers,
      List<String> outputs,
      Map<String, QuantizedTensor> tensors) {
    check(
        tensors.get(state).shape().elements() == tensors.get(next).shape().elements()
            && tensors.get(state).quantization().equals(tensors.get(next).quantization()),
        "state " + state + " becomes " + next + ", which is of another type");
    check(!outputs.contains(next) && !outputs.contains(state), state + " is an output");
    boolean defined = false;
    for (Layer layer : layers) {
      int output = layer.outputs().indexOf(next);
      for (int input = 0; input < layer.inputs().size(); input++) {
        if (layer.inputs().get(input).equals(state)) {
          check(
              !defined && (output < 0 || layer.operator().updates(input, output)),
              layer.name() + " reads " + state + " after " + next + " took its place");
        }
      }
      defined |= output >= 0;
    }
    check(defined, "no layer defines " + next);
  }

  private static void check(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
