package io.mcudeploy.evaluation;

import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * The float and the golden model compared on many samples.
 *
 * @param samples how many
 * @param floatAccuracy share of samples whose label is the float model's largest output; absent
 *     without labels
 * @param int8Accuracy the same of the golden model
 * @param agreement share of samples on which both models have the same largest output
 * @param meanError mean absolute difference of all outputs, in real units
 * @param maximumError largest absolute difference of any output
 * @param decibels SQNR of the worst output
 */
public record Evaluation(
    int samples,
    OptionalDouble floatAccuracy,
    OptionalDouble int8Accuracy,
    double agreement,
    double meanError,
    double maximumError,
    double decibels) {

  /** What one sample contributes. */
  private record Outcome(
      int floatAnswer,
      int int8Answer,
      double errorSum,
      double errorMax,
      int outputs,
      List<SignalToNoise> ratios) {}

  /**
   * Runs both models on every sample, on all cores of the host. The largest output is that of the
   * network's first output tensor.
   *
   * @param labels empty, or one class number a sample
   * @param step called after each sample, from several threads
   */
  public static Evaluation of(
      Graph graph,
      QuantizedGraph quantized,
      Samples samples,
      Optional<List<Integer>> labels,
      Runnable step) {
    Interpreter interpreter = new Interpreter(graph);
    GoldenModel golden = new GoldenModel(quantized);
    List<Outcome> outcomes =
        graph.states().isEmpty()
            ? IntStream.range(0, samples.count())
                .parallel()
                .mapToObj(
                    i -> {
                      Inputs inputs = Inputs.of(graph, quantized, samples.sample().apply(i));
                      Outcome outcome =
                          outcome(
                              graph,
                              interpreter.runAll(inputs.real()),
                              quantized,
                              golden.runAll(inputs.integers()));
                      step.run();
                      return outcome;
                    })
                .toList()
            : inSequence(graph, quantized, samples, step);
    double errorSum = outcomes.stream().mapToDouble(Outcome::errorSum).sum();
    long outputs = outcomes.stream().mapToLong(Outcome::outputs).sum();
    return new Evaluation(
        samples.count(),
        labels
            .map(known -> share(outcomes.stream().map(Outcome::floatAnswer).toList(), known))
            .map(OptionalDouble::of)
            .orElse(OptionalDouble.empty()),
        labels
            .map(known -> share(outcomes.stream().map(Outcome::int8Answer).toList(), known))
            .map(OptionalDouble::of)
            .orElse(OptionalDouble.empty()),
        share(
            outcomes.stream().map(Outcome::int8Answer).toList(),
            outcomes.stream().map(Outcome::floatAnswer).toList()),
        errorSum / outputs,
        outcomes.stream().mapToDouble(Outcome::errorMax).max().orElse(0),
        IntStream.range(0, graph.outputs().size())
            .mapToDouble(output -> decibels(outcomes, output))
            .min()
            .orElse(0));
  }

  private static double decibels(List<Outcome> outcomes, int output) {
    return outcomes.stream()
        .map(outcome -> outcome.ratios().get(output))
        .reduce(SignalToNoise.NONE, SignalToNoise::plus)
        .decibels();
  }

  /** Samples of a network with states are one stream: each goes on from the one before. */
  private static List<Outcome> inSequence(
      Graph graph, QuantizedGraph quantized, Samples samples, Runnable step) {
    Interpreter interpreter = new Interpreter(graph);
    GoldenModel golden = new GoldenModel(quantized);
    List<Outcome> outcomes = new ArrayList<>();
    Map<String, Tensor> states = Map.of();
    Map<String, byte[]> integerStates = Map.of();
    for (int i = 0; i < samples.count(); i++) {
      Inputs inputs = Inputs.of(graph, quantized, samples.sample().apply(i));
      Map<String, Tensor> expected = interpreter.runAll(inputs.real(), states);
      Map<String, byte[]> actual = golden.runAll(inputs.integers(), integerStates);
      outcomes.add(outcome(graph, expected, quantized, actual));
      states = interpreter.statesAfter(expected);
      integerStates = golden.statesAfter(actual);
      step.run();
    }
    return outcomes;
  }

  /** One sample for both models. */
  private record Inputs(Map<String, Tensor> real, List<byte[]> integers) {
    static Inputs of(Graph graph, QuantizedGraph quantized, Map<String, Tensor> sample) {
      List<byte[]> integers = new ArrayList<>();
      for (String input : graph.inputs().keySet()) {
        integers.add(
            MemoryImage.of(
                sample.get(input), quantized.tensor(quantized.inputs().get(integers.size()))));
      }
      return new Inputs(sample, integers);
    }
  }

  private static Outcome outcome(
      Graph graph,
      Map<String, Tensor> realValues,
      QuantizedGraph quantized,
      Map<String, byte[]> images) {
    List<Tensor> expected = graph.outputs().stream().map(realValues::get).toList();
    List<byte[]> actual = quantized.outputs().stream().map(images::get).toList();
    double sum = 0;
    double max = 0;
    int outputs = 0;
    int floatAnswer = -1;
    int int8Answer = -1;
    List<SignalToNoise> ratios = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      float[] wanted = numbers(expected.get(i));
      float[] got =
          MemoryImage.real(actual.get(i), quantized.tensor(quantized.outputs().get(i))).values();
      if (i == 0) {
        boolean isAnswer = expected.get(i) instanceof Tensor.Integers && wanted.length == 1;
        floatAnswer = isAnswer ? (int) wanted[0] : largest(wanted);
        int8Answer = isAnswer ? (int) got[0] : largest(got);
      }
      for (int k = 0; k < wanted.length; k++) {
        double error = Math.abs((double) got[k] - wanted[k]);
        sum += error;
        max = Math.max(max, error);
      }
      outputs += wanted.length;
      ratios.add(SignalToNoise.of(wanted, got));
    }
    return new Outcome(floatAnswer, int8Answer, sum, max, outputs, ratios);
  }

  private static float[] numbers(Tensor tensor) {
    if (tensor instanceof Tensor.Floats floats) {
      return floats.values();
    }
    long[] integers = ((Tensor.Integers) tensor).values();
    float[] numbers = new float[integers.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = integers[i];
    }
    return numbers;
  }

  private static double share(List<Integer> answers, List<Integer> right) {
    long hits =
        IntStream.range(0, answers.size()).filter(i -> answers.get(i).equals(right.get(i))).count();
    return (double) hits / answers.size();
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }
}
