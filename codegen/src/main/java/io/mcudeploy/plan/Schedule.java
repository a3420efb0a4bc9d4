package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers in the order they run, each with its kernel.
 *
 * @param ports whose memory the network's inputs and outputs are
 */
public record Schedule(QuantizedGraph graph, List<Step> steps, Ports ports) {
  /** A schedule whose inputs and outputs are the caller's. */
  public Schedule(QuantizedGraph graph, List<Step> steps) {
    this(graph, steps, Ports.CALLER);
  }

  public Schedule {
    steps = List.copyOf(steps);
  }

  /** The layers in the graph's order, inputs and outputs with the caller. */
  public static Schedule of(QuantizedGraph graph, List<KernelCode> kernels) {
    return of(graph, kernels, Ports.CALLER);
  }

  /**
   * The layers in the graph's order.
   *
   * @param kernels one per layer
   */
  public static Schedule of(QuantizedGraph graph, List<KernelCode> kernels, Ports ports) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      steps.add(new Step(i + 1, graph.layers().get(i), kernels.get(i)));
    }
    return new Schedule(graph, steps, ports);
  }

  /** Estimated instructions of one inference. */
  public long cost() {
    return steps.stream().mapToLong(step -> step.kernel().cost()).sum();
  }

  /** One line per layer: number, name, kernel, scratch. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("schedule of " + graph.name() + "\n");
    for (Step step : steps) {
      text.append("  ").append(step.number()).append(". ").append(step.layer().name());
      text.append(": ").append(step.kernel().stem());
      text.append(" (").append(step.kernel().family()).append(')');
      if (step.kernel().scratchBytes() > 0) {
        text.append(", scratch ").append(step.kernel().scratchBytes());
      }
      text.append('\n');
    }
    return text.toString();
  }
}
