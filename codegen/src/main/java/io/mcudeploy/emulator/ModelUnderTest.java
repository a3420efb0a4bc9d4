package io.mcudeploy.emulator;

import io.mcudeploy.plan.Lifetimes;
import io.mcudeploy.plan.Placement;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.List;

/**
 * What the test program needs to know about a generated model: its C names, its memory, and what
 * each layer writes.
 *
 * @param name prefix of the C names
 * @param inputs in the order of the C function's parameters
 * @param outputs in the order of the C function's parameters, after the inputs
 * @param states places in the arena that are kept from call to call
 */
public record ModelUnderTest(
    String name,
    int arenaBytes,
    List<Port> inputs,
    List<Port> outputs,
    List<TestedLayer> layers,
    List<Place> states) {

  /** A buffer of the caller. */
  public record Port(String name, StorageType type, int bytes) {}

  /**
   * A layer and everything it may write.
   *
   * @param outputs where its output tensors are when it has run, in the operator's order
   * @param scratch what else it may write
   */
  public record TestedLayer(String name, List<Place> outputs, List<Place> scratch) {
    public TestedLayer {
      outputs = List.copyOf(outputs);
      scratch = List.copyOf(scratch);
    }
  }

  /**
   * A range of memory.
   *
   * @param memory 0 for the arena, then the inputs, then the outputs
   * @param offset bytes from the memory's start
   */
  public record Place(int memory, int offset, int bytes) {}

  public ModelUnderTest {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    layers = List.copyOf(layers);
    states = List.copyOf(states);
  }

  /** A model without states. */
  public ModelUnderTest(
      String name,
      int arenaBytes,
      List<Port> inputs,
      List<Port> outputs,
      List<TestedLayer> layers) {
    this(name, arenaBytes, inputs, outputs, layers, List.of());
  }

  /** The model that is generated from a plan. */
  public static ModelUnderTest of(String name, Plan plan) {
    QuantizedGraph graph = plan.schedule().graph();
    List<TestedLayer> layers = new ArrayList<>();
    for (Step step : plan.schedule().steps()) {
      List<Place> outputs =
          step.layer().outputs().stream().map(output -> place(plan, output)).toList();
      List<Place> scratch = new ArrayList<>();
      if (step.kernel().scratchBytes() > 0) {
        Placement placement = plan.memory().of(Lifetimes.scratchName(step));
        scratch.add(new Place(0, placement.offset(), step.kernel().scratchBytes()));
      }
      layers.add(new TestedLayer(step.layer().name(), outputs, scratch));
    }
    return new ModelUnderTest(
        name,
        Math.max(1, plan.arenaBytes()),
        ports(graph, graph.inputs()),
        ports(graph, graph.outputs()),
        layers,
        graph.states().keySet().stream().map(state -> place(plan, state)).toList());
  }

  /** Bytes of all inputs together. */
  public int inputBytes() {
    return inputs.stream().mapToInt(Port::bytes).sum();
  }

  /** Bytes that the test program writes for each input: every layer's outputs. */
  public int tensorBytes() {
    return layers.stream().flatMap(layer -> layer.outputs().stream()).mapToInt(Place::bytes).sum();
  }

  private static Place place(Plan plan, String tensor) {
    QuantizedGraph graph = plan.schedule().graph();
    int bytes = graph.tensor(tensor).bytes();
    int output = graph.outputs().indexOf(tensor);
    return output >= 0
        ? new Place(1 + graph.inputs().size() + output, 0, bytes)
        : new Place(0, plan.memory().of(tensor).offset(), bytes);
  }

  private static List<Port> ports(QuantizedGraph graph, List<String> names) {
    List<Port> ports = new ArrayList<>();
    for (String name : names) {
      QuantizedTensor tensor = graph.tensor(name);
      ports.add(new Port(name, tensor.storage(), tensor.bytes()));
    }
    return ports;
  }
}
