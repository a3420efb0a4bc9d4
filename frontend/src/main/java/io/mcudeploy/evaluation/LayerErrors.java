package io.mcudeploy.evaluation;

import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each layer of an integer network loses.
 *
 * @param layers the rounding of the inputs, then the layers in the order of execution; layers that
 *     only change scales or shapes and have no counterpart in the float network are left out
 */
public record LayerErrors(List<LayerError> layers) {
  public LayerErrors {
    layers = List.copyOf(layers);
  }

  /**
   * A layer's loss.
   *
   * @param layer name
   * @param operator as in listings
   * @param here SQNR of the layer's result in the integer network, in decibels: what this layer and
   *     all before it lose
   * @param alone SQNR of the network's worst output if the error that this layer makes on rounded
   *     inputs is the only one: what this layer costs
   * @param saturated results that the layer's integers cannot reach
   * @param results all results
   */
  public record LayerError(
      String layer, String operator, double here, double alone, long saturated, long results) {}

  /** The layers that cost most first. */
  public List<LayerError> ranked() {
    return layers.stream().sorted(Comparator.comparingDouble(LayerError::alone)).toList();
  }

  /**
   * Measures. Memory does not grow with the number of samples.
   *
   * @param graph the float network of which the other is the integer version
   * @param step called after each sample, from several threads
   */
  public static LayerErrors of(
      Graph graph, QuantizedGraph quantized, Samples samples, Runnable step) {
    Measurement measurement = new Measurement(graph, quantized);
    Map<String, Tally> tallies = new LinkedHashMap<>();
    samples.forEach(
        sample -> {
          Map<String, Tally> ofSample = measurement.of(sample);
          step.run();
          return ofSample;
        },
        results ->
            results.forEach(
                result ->
                    result.forEach((layer, tally) -> tallies.merge(layer, tally, Tally::plus))));
    List<LayerError> layers = new ArrayList<>();
    for (String input : quantized.inputs()) {
      if (tallies.containsKey(input)) {
        layers.add(tallies.get(input).error(input, "input"));
      }
    }
    for (Layer layer : quantized.layers()) {
      if (tallies.containsKey(layer.name())) {
        layers.add(tallies.get(layer.name()).error(layer.name(), layer.operator().kind()));
      }
    }
    return new LayerErrors(layers);
  }

  /** The sums behind a {@link LayerError}; {@code alone} has one entry for each output. */
  private record Tally(
      SignalToNoise here, List<SignalToNoise> alone, long saturated, long results) {
    LayerError error(String layer, String operator) {
      return new LayerError(
          layer,
          operator,
          here.decibels(),
          SignalToNoise.worst(alone).decibels(),
          saturated,
          results);
    }

    Tally plus(Tally other) {
      List<SignalToNoise> sums = new ArrayList<>();
      for (int i = 0; i < alone.size(); i++) {
        sums.add(alone.get(i).plus(other.alone.get(i)));
      }
      return new Tally(
          here.plus(other.here), sums, saturated + other.saturated, results + other.results);
    }
  }

  /** Both networks, ready to be compared on samples, by several threads. */
  private static final class Measurement {
    private final Graph graph;
    private final QuantizedGraph quantized;
    private final Interpreter interpreter;
    private final GoldenModel golden;
    private final Map<String, Layer> producers = new HashMap<>();

    Measurement(Graph graph, QuantizedGraph quantized) {
      this.graph = graph;
      this.quantized = quantized;
      this.interpreter = new Interpreter(graph);
      this.golden = new GoldenModel(quantized);
      quantized
          .layers()
          .forEach(layer -> layer.outputs().forEach(output -> producers.put(output, layer)));
    }

    Map<String, Tally> of(Map<String, Tensor> sample) {
      Map<String, Tensor> reals = interpreter.runAll(sample);
      Map<String, byte[]> integers =
          golden.runAll(
              quantized.inputs().stream()
                  .map(input -> MemoryImage.of(sample.get(input), quantized.tensor(input)))
                  .toList());
      Map<String, Tally> tallies = new LinkedHashMap<>();
      for (String input : quantized.inputs()) {
        if (sample.get(input) instanceof Tensor.Floats wanted) {
          Tensor.Floats rounded = rounded(wanted, input);
          tallies.put(
              input,
              new Tally(
                  SignalToNoise.of(wanted.values(), rounded.values()),
                  outputsWith(input, rounded, reals),
                  saturated(wanted.values(), quantized.tensor(input)),
                  wanted.values().length));
        }
      }
      for (Layer layer : quantized.layers()) {
        String output = layer.outputs().get(0);
        if (layer.outputs().size() == 1 && reals.get(output) instanceof Tensor.Floats wanted) {
          QuantizedTensor type = quantized.tensor(output);
          tallies.put(
              layer.name(),
              new Tally(
                  SignalToNoise.of(
                      wanted.values(), MemoryImage.real(integers.get(output), type).values()),
                  alone(layer, wanted, reals),
                  saturated(wanted.values(), type),
                  wanted.values().length));
        }
      }
      return tallies;
    }

    /**
     * The float network's outputs with one layer's own error added: the difference between its
     * integers and the float layer on the same rounded inputs. So the rounding of a tensor counts
     * for the layer that gives it, not for those that take it.
     */
    private List<SignalToNoise> alone(
        Layer layer, Tensor.Floats wanted, Map<String, Tensor> reals) {
      String output = layer.outputs().get(0);
      Map<String, Tensor> inputs = new HashMap<>();
      layer.inputs().forEach(input -> addRounded(input, reals, inputs));
      float[] floats =
          ((Tensor.Floats) interpreter.runAgain(reals, inputs, List.of(output)).get(0)).values();
      float[] integers = MemoryImage.real(run(layer, reals), quantized.tensor(output)).values();
      float[] wrong = new float[floats.length];
      for (int i = 0; i < wrong.length; i++) {
        wrong[i] = wanted.values()[i] + (integers[i] - floats[i]);
      }
      return outputsWith(output, new Tensor.Floats(wanted.shape(), wrong), reals);
    }

    /** The float network's outputs when a value is replaced. */
    private List<SignalToNoise> outputsWith(
        String value, Tensor replacement, Map<String, Tensor> reals) {
      List<Tensor> changed =
          interpreter.runAgain(reals, Map.of(value, replacement), graph.outputs());
      List<SignalToNoise> ratios = new ArrayList<>();
      for (int i = 0; i < changed.size(); i++) {
        if (reals.get(graph.outputs().get(i)) instanceof Tensor.Floats wanted) {
          ratios.add(SignalToNoise.of(wanted.values(), ((Tensor.Floats) changed.get(i)).values()));
        }
      }
      return ratios;
    }

    /** The real numbers that a tensor, or those it is made of, stands for. */
    private void addRounded(String tensor, Map<String, Tensor> reals, Map<String, Tensor> rounded) {
      if (reals.get(tensor) instanceof Tensor.Floats floats) {
        rounded.put(tensor, rounded(floats, tensor));
      } else if (producers.containsKey(tensor)) {
        producers.get(tensor).inputs().forEach(input -> addRounded(input, reals, rounded));
      }
    }

    private Tensor.Floats rounded(Tensor.Floats reals, String tensor) {
      return MemoryImage.real(image(reals, tensor), quantized.tensor(tensor))
          .reshaped(reals.shape());
    }

    private byte[] run(Layer layer, Map<String, Tensor> reals) {
      return layer
          .operator()
          .run(layer.inputs().stream().map(input -> image(input, reals)).toList())
          .get(0);
    }

    /** The float network's value of a tensor, rounded to the tensor's integers. */
    private byte[] image(String tensor, Map<String, Tensor> reals) {
      if (quantized.constants().containsKey(tensor)) {
        return quantized.constants().get(tensor).toArray();
      }
      if (reals.get(tensor) instanceof Tensor.Floats floats) {
        return image(floats, tensor);
      }
      if (reals.get(tensor) instanceof Tensor.Integers integers) {
        return MemoryImage.of(integers, quantized.tensor(tensor).storage());
      }
      return run(producers.get(tensor), reals);
    }

    private byte[] image(Tensor.Floats reals, String tensor) {
      return MemoryImage.quantized(reals, quantized.tensor(tensor));
    }

    private static long saturated(float[] values, QuantizedTensor type) {
      double half = type.quantization().scale() / 2;
      double low = type.quantization().toReal(type.storage().lowest()) - half;
      double high = type.quantization().toReal(type.storage().highest()) + half;
      long count = 0;
      for (float value : values) {
        count += value < low || value > high ? 1 : 0;
      }
      return count;
    }
  }
}
