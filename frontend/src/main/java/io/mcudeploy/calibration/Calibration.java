package io.mcudeploy.calibration;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Diagnostics;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Observes a network on samples in float and condenses what it sees to ranges. Samples are spread
 * over the host's cores, except those of a network with states; the result does not depend on how.
 * Memory does not grow with the number of samples.
 */
public final class Calibration {
  /** As many synthetic samples as make the extremes of large tensors settle. */
  private static final int SYNTHETIC_SAMPLES = 32;

  private final Graph graph;
  private final Interpreter interpreter;

  private Calibration(Graph graph) {
    this.graph = graph;
    this.interpreter = new Interpreter(graph);
  }

  /**
   * The ranges of all real values of the network.
   *
   * @param progress is told the number of samples done, from any thread
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0301 if a sample does not fit
   */
  public static Ranges of(Graph graph, Samples samples, RangeMethod method, IntConsumer progress) {
    return observe(graph, samples, progress).ranges(method, ActivationScheme.ASYMMETRIC);
  }

  /**
   * What is seen of all real values of the network, as {@link #of} does before it chooses ranges.
   */
  public static Observations observe(Graph graph, Samples samples, IntConsumer progress) {
    if (samples.count() == 0) {
      throw misfit(graph, "there are no calibration samples").asException();
    }
    Calibration calibration = new Calibration(graph);
    Observations observations = new Observations(graph);
    AtomicInteger done = new AtomicInteger();
    if (!graph.states().isEmpty()) {
      calibration.observeInSequence(samples, observations, progress);
      return observations;
    }
    samples.forEach(
        sample -> {
          Map<String, Tensor> values = calibration.run(sample, Map.of());
          progress.accept(done.incrementAndGet());
          return values;
        },
        observations::add);
    return observations;
  }

  /**
   * The ranges on synthetic samples, with a warning: real inputs may look very different, and then
   * so does the accuracy.
   */
  public static Ranges withoutSamples(Graph graph, RangeMethod method, Diagnostics diagnostics) {
    return of(graph, noise(graph, diagnostics), method, done -> {});
  }

  /** Samples for want of real ones, with a warning. */
  public static Samples noise(Graph graph, Diagnostics diagnostics) {
    diagnostics.report(
        Diagnostic.of(
                Code.W0302,
                Location.nowhere(),
                "no calibration samples were given: the ranges come from random noise")
            .note("the accuracy on real inputs may be far below the float model's")
            .help("give a few hundred typical inputs with --calibrate DATA"));
    return Samples.synthetic(graph, SYNTHETIC_SAMPLES);
  }

  /** Samples of a network with states are one stream: each goes on from the one before. */
  private void observeInSequence(Samples samples, Observations observations, IntConsumer progress) {
    Map<String, Tensor> states = Map.of();
    for (int index = 0; index < samples.count(); index++) {
      Map<String, Tensor> values = run(samples.sample().apply(index), states);
      observations.add(List.of(values));
      states = interpreter.statesAfter(values);
      progress.accept(index + 1);
    }
  }

  private Map<String, Tensor> run(Map<String, Tensor> sample, Map<String, Tensor> states) {
    graph.inputs().forEach((input, type) -> check(input, type, sample));
    return interpreter.runAll(sample, states);
  }

  private void check(String input, TensorType wanted, Map<String, Tensor> sample) {
    Tensor given = sample.get(input);
    if (given == null) {
      throw misfit(graph, "the calibration samples have nothing for input `" + input + "`")
          .asException();
    }
    if (!given.type().equals(wanted)) {
      throw misfit(
              graph,
              "a calibration sample is " + given.type() + ", input `" + input + "` is " + wanted)
          .help("give samples of shape " + wanted.shape())
          .asException();
    }
  }

  private static Diagnostic misfit(Graph graph, String message) {
    return Diagnostic.of(Code.E0301, new Location.File(graph.name()), message);
  }
}
