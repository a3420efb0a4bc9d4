package io.mcudeploy.plan;

import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The layers in the order they run, each with its kernels.
 *
 * @param ports whose memory the network's inputs and outputs are
 * @param chains those of the layers that run row by row, in order
 */
public record Schedule(QuantizedGraph graph, List<Step> steps, Ports ports, List<Chain> chains) {
  public Schedule {
    steps = List.copyOf(steps);
    chains = List.copyOf(chains);
  }

  /** The layers in the graph's order, inputs and outputs with the caller. */
  public static Schedule of(QuantizedGraph graph, List<KernelCode> kernels) {
    return of(graph, kernels, Ports.CALLER);
  }

  /**
   * The layers in the graph's order, each as a whole.
   *
   * @param kernels one per layer
   */
  public static Schedule of(QuantizedGraph graph, List<KernelCode> kernels, Ports ports) {
    return of(graph, kernels.stream().map(List::of).toList(), ports, List.of());
  }

  /**
   * The layers in the graph's order.
   *
   * @param kernels for each layer one, or in a chain one for each of its {@link Turns#bands}
   * @param chains disjoint, in order
   */
  static Schedule of(
      QuantizedGraph graph, List<List<KernelCode>> kernels, Ports ports, List<Turns> chains) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      steps.add(new Step(i + 1, graph.layers().get(i), kernels.get(i)));
    }
    return new Schedule(graph, steps, ports, List.of()).in(chains);
  }

  /**
   * The same steps, some of them row by row.
   *
   * @param turns disjoint, in order
   */
  Schedule in(List<Turns> turns) {
    return new Schedule(
        graph,
        steps,
        ports,
        turns.stream()
            .map(
                chain ->
                    chain.chain(
                        graph,
                        steps.subList(chain.first() - 1, chain.last()).stream()
                            .map(Step::kernels)
                            .toList()))
            .toList());
  }

  /** The chain that a layer is part of, if it runs row by row. */
  public Optional<Chain> chain(int number) {
    return chains.stream().filter(chain -> chain.contains(number)).findFirst();
  }

  /** The line buffer of a tensor; empty if it exists as a whole. */
  public Optional<Chain.Line> line(String tensor) {
    return chains.stream().flatMap(chain -> chain.line(tensor).stream()).findFirst();
  }

  /** Bytes of a tensor's memory: all of it, or its line buffer. */
  public int bytes(String tensor) {
    return line(tensor).map(Chain.Line::bytes).orElseGet(() -> graph.tensor(tensor).bytes());
  }

  /**
   * For each layer the bytes of its constants in flash, without those that an earlier layer reads
   * as well: equal arrays are there once.
   */
  public List<Integer> newConstantBytes() {
    Set<ConstantArray> known = new HashSet<>();
    return steps.stream()
        .map(
            step ->
                step.kernels().stream()
                    .flatMap(kernel -> kernel.constants().stream())
                    .filter(known::add)
                    .mapToInt(ConstantArray::bytes)
                    .sum())
        .toList();
  }

  /** Estimated instructions of one inference. */
  public long cost() {
    return steps.stream().mapToLong(this::cost).sum();
  }

  /** Estimated instructions of a layer in one inference. */
  public long cost(Step step) {
    Optional<Chain> chain = chain(step.number());
    if (chain.isEmpty()) {
      return step.kernel().cost();
    }
    return chain.get().cost(step);
  }

  /** Whether tensors that a network has too are computed in the order in which it does so. */
  public boolean keepsOrderOf(QuantizedGraph given) {
    return outputsIn(given, graph).equals(outputsIn(graph, given));
  }

  /** The outputs of a network's layers that are tensors of another network as well. */
  private static List<String> outputsIn(QuantizedGraph network, QuantizedGraph other) {
    return network.layers().stream()
        .flatMap(layer -> layer.outputs().stream())
        .filter(other.tensors()::containsKey)
        .toList();
  }

  /** One line per layer: number, name, kernel, scratch; one per chain. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("schedule of " + graph.name() + "\n");
    for (Step step : steps) {
      text.append("  ").append(step.number()).append(". ").append(step.layer().name());
      text.append(": ").append(step.kernel().stem());
      text.append(" (").append(step.kernel().family()).append(')');
      if (step.scratchBytes() > 0) {
        text.append(", scratch ").append(step.scratchBytes());
      }
      text.append('\n');
    }
    chains.forEach(text::append);
    return text.toString();
  }
}
