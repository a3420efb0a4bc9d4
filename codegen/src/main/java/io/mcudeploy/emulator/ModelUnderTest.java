package io.mcudeploy.emulator;

import io.mcudeploy.plan.Chain;
import io.mcudeploy.plan.Lifetimes;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Ports;
import io.mcudeploy.plan.Step;
import io.mcudeploy.plan.Views;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the test program and the project's build files need to know about a generated model: its C
 * names, its memory, and what each layer writes.
 *
 * @param name prefix of the C names
 * @param arena its parts, in the order of the C function's parameters; at least one
 * @param inputs in the order of the C function's parameters
 * @param outputs in the order of the C function's parameters, after the inputs
 * @param states places in the arena that are kept from call to call
 * @param weightRegions memories that hold constants besides the board's first choice
 */
public record ModelUnderTest(
    String name,
    List<ArenaPart> arena,
    List<Port> inputs,
    List<Port> outputs,
    List<TestedLayer> layers,
    List<Place> states,
    List<String> weightRegions) {

  /**
   * What the arena takes of one memory.
   *
   * @param region the memory's name on the board; empty where it is the board's first choice
   */
  public record ArenaPart(String region, int bytes) {
    /** The end of C names that belong to this part. */
    public String cName() {
      return region.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
    }
  }

  /**
   * An input or output.
   *
   * @param inArena where it lies in the arena; absent where it is the caller's
   */
  public record Port(String name, StorageType type, int bytes, Optional<Place> inArena) {
    /** A buffer of the caller. */
    public Port(String name, StorageType type, int bytes) {
      this(name, type, bytes, Optional.empty());
    }
  }

  /**
   * A layer and everything it may write.
   *
   * @param sizes bytes of its output tensors, in the operator's order
   * @param calls one that computes all outputs, or several that compute rows of the only output,
   *     from the first to the last
   */
  public record TestedLayer(String name, List<Integer> sizes, List<Call> calls) {
    public TestedLayer {
      sizes = List.copyOf(sizes);
      calls = List.copyOf(calls);
    }

    /** A layer that runs as a whole. */
    public static TestedLayer whole(String name, List<Place> outputs, List<Place> scratch) {
      return new TestedLayer(
          name, outputs.stream().map(Place::bytes).toList(), List.of(new Call(outputs, scratch)));
    }

    /** Bytes of all outputs. */
    public int bytes() {
      return sizes.stream().mapToInt(Integer::intValue).sum();
    }
  }

  /**
   * What a layer may write when it runs once.
   *
   * @param outputs where its outputs are afterwards, or the rows that it has computed
   * @param scratch what else it may write
   */
  public record Call(List<Place> outputs, List<Place> scratch) {
    public Call {
      outputs = List.copyOf(outputs);
      scratch = List.copyOf(scratch);
    }
  }

  /**
   * A range of memory.
   *
   * @param memory 0 for the arena, then the inputs, then the outputs, then the arena's other parts
   * @param offset bytes from the memory's start
   */
  public record Place(int memory, int offset, int bytes) {}

  public ModelUnderTest {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    layers = List.copyOf(layers);
    arena = List.copyOf(arena);
    states = List.copyOf(states);
    weightRegions = List.copyOf(weightRegions);
  }

  /** A model without states, in the memories that are the board's first choice. */
  public ModelUnderTest(
      String name,
      int arenaBytes,
      List<Port> inputs,
      List<Port> outputs,
      List<TestedLayer> layers) {
    this(
        name,
        List.of(new ArenaPart("", arenaBytes)),
        inputs,
        outputs,
        layers,
        List.of(),
        List.of());
  }

  /** The model that is generated from a plan. */
  public static ModelUnderTest of(String name, Plan plan) {
    QuantizedGraph graph = plan.schedule().graph();
    List<TestedLayer> layers = new ArrayList<>();
    for (Step step : plan.schedule().steps()) {
      List<Place> scratch = new ArrayList<>();
      if (step.scratchBytes() > 0) {
        scratch.add(inArena(plan, Lifetimes.scratchName(step), step.scratchBytes()));
      }
      List<Integer> sizes =
          step.layer().outputs().stream().map(output -> graph.tensor(output).bytes()).toList();
      List<Call> calls =
          plan.schedule()
              .chain(step.number())
              .map(chain -> calls(plan, chain, step.number(), scratch))
              .orElseGet(
                  () ->
                      List.of(
                          new Call(
                              step.layer().outputs().stream().map(o -> place(plan, o)).toList(),
                              scratch)));
      layers.add(new TestedLayer(step.layer().name(), sizes, calls));
    }
    return new ModelUnderTest(
        name,
        plan.memory().parts().stream()
            .map(part -> new ArenaPart(part.region(), Math.max(1, part.bytes())))
            .toList(),
        ports(plan, graph.inputs()),
        ports(plan, graph.outputs()),
        layers,
        graph.states().keySet().stream().map(state -> place(plan, state)).toList(),
        plan.weightRegions().values().stream().distinct().toList());
  }

  /** The parts of the arena behind the first. */
  public List<ArenaPart> furtherParts() {
    return arena.subList(1, arena.size());
  }

  /** Bytes of all inputs together. */
  public int inputBytes() {
    return inputs.stream().mapToInt(Port::bytes).sum();
  }

  /** Bytes that the test program writes for each input: every layer's outputs. */
  public int tensorBytes() {
    return layers.stream().mapToInt(TestedLayer::bytes).sum();
  }

  /** The calls of a layer that runs row by row. */
  private static List<Call> calls(Plan plan, Chain chain, int number, List<Place> scratch) {
    List<Call> calls = new ArrayList<>();
    for (Chain.Loop loop : chain.loops()) {
      for (int turn = 0; turn < loop.turns(); turn++) {
        for (Chain.Band band : loop.bands()) {
          if (band.number() == number) {
            Place memory = place(plan, band.output().tensor());
            List<Place> written = new ArrayList<>(scratch);
            if (band.movedBytes() > 0) {
              written.add(new Place(memory.memory(), memory.offset(), band.movedBytes()));
            }
            int offset = memory.offset() + band.output().offset(turn);
            calls.add(
                new Call(
                    List.of(new Place(memory.memory(), offset, band.output().bytes())), written));
          }
        }
      }
    }
    return calls;
  }

  private static Place place(Plan plan, String tensor) {
    QuantizedGraph graph = plan.schedule().graph();
    int bytes = graph.tensor(tensor).bytes();
    Views.Part part = Views.of(plan.schedule()).root(tensor);
    List<String> ports = new ArrayList<>(graph.inputs());
    ports.addAll(graph.outputs());
    int port = ports.indexOf(part.whole());
    return port >= 0 && plan.schedule().ports() == Ports.CALLER
        ? new Place(1 + port, part.offset(), bytes)
        : inArena(plan, tensor, bytes);
  }

  private static Place inArena(Plan plan, String name, int bytes) {
    QuantizedGraph graph = plan.schedule().graph();
    int part = plan.memory().part(name);
    int memory = part == 0 ? 0 : graph.inputs().size() + graph.outputs().size() + part;
    return new Place(memory, plan.memory().offset(name), bytes);
  }

  /** The ports that the caller passes, in the order of the C function's parameters. */
  public List<Port> passed() {
    return Stream.concat(inputs.stream(), outputs.stream())
        .filter(port -> port.inArena().isEmpty())
        .toList();
  }

  private static List<Port> ports(Plan plan, List<String> names) {
    List<Port> ports = new ArrayList<>();
    for (String name : names) {
      QuantizedTensor tensor = plan.schedule().graph().tensor(name);
      Optional<Place> inArena =
          plan.schedule().ports() == Ports.ARENA
              ? Optional.of(inArena(plan, name, tensor.bytes()))
              : Optional.empty();
      ports.add(new Port(name, tensor.storage(), tensor.bytes(), inArena));
    }
    return ports;
  }
}
