package io.mcudeploy.quantization.repair;

import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.quantization.Quantizer;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Takes the expected error of each layer's sums out of its bias (Nagel, van Baalen, Blankevoort and
 * Welling, 2019, section 4.2, in the empirical form): {@code b + E[W·x] − E[W'·x']}, W' and x'
 * being what the integer network multiplies. Layers are corrected in the order of execution, each
 * on what the corrected layers before it give.
 */
public final class BiasCorrection {
  /** Samples whose tensors are alive at once; as many are enough for means. */
  public static final int MOST_SAMPLES = 64;

  private final Graph original;
  private final Ranges ranges;
  private final Map<String, LinearLayer> layers;

  private BiasCorrection(Graph original, Ranges ranges) {
    this.original = original;
    this.ranges = ranges;
    this.layers =
        WeightEncoder.layers(original).stream()
            .collect(Collectors.toMap(layer -> layer.node().name(), layer -> layer));
  }

  /**
   * The network with corrected biases. A network with states is left as it is: what its layers see
   * depends on all samples before.
   *
   * @param original the network whose sums are right
   * @param encoded the same network with weights that {@link WeightEncoder} has rounded
   * @param ranges of the values
   * @param samples of which the first {@link #MOST_SAMPLES} are used
   * @param step called after each sample, from any thread
   */
  public static Graph of(
      Graph original, Graph encoded, Ranges ranges, Samples samples, Runnable step) {
    if (!original.states().isEmpty()) {
      return encoded;
    }
    BiasCorrection correction = new BiasCorrection(original, ranges);
    Samples some = samples.first(MOST_SAMPLES);
    return correction.correct(encoded, correction.means(some, step), some);
  }

  /** The mean of what each layer's weights are multiplied with in the original network. */
  private Map<String, double[]> means(Samples samples, Runnable step) {
    Map<String, double[]> means = new LinkedHashMap<>();
    layers.forEach((name, layer) -> means.put(name, new double[size(layer)]));
    Interpreter interpreter = new Interpreter(original);
    samples.forEach(
        sample -> {
          Map<String, Tensor> values = interpreter.runAll(sample);
          step.run();
          return values;
        },
        runs ->
            means.entrySet().parallelStream()
                .forEach(
                    entry -> {
                      LinearLayer layer = layers.get(entry.getKey());
                      for (Map<String, Tensor> values : runs) {
                        float[] input = ((Tensor.Floats) values.get(layer.input())).values();
                        addMean(layer, input, entry.getValue(), samples.count());
                      }
                    }));
    return means;
  }

  private Graph correct(Graph encoded, Map<String, double[]> means, Samples samples) {
    Graph graph = withBiases(encoded);
    QuantizedGraph quantized = Quantizer.quantize(graph, ranges);
    Map<String, Integer> lastUse = lastUse(quantized);
    List<Map<String, byte[]>> tensors = inputs(quantized, samples);
    for (int index = 0; index < quantized.layers().size(); index++) {
      Layer layer = quantized.layers().get(index);
      if (layers.containsKey(layer.name())) {
        LinearLayer linear = layers.get(layer.name());
        double[] seen = new double[size(linear)];
        for (Map<String, byte[]> ofSample : tensors) {
          String input = layer.inputs().get(0);
          float[] reals = MemoryImage.real(ofSample.get(input), quantized.tensor(input)).values();
          addMean(linear, reals, seen, tensors.size());
        }
        graph = corrected(graph, linear, means.get(layer.name()), seen);
        quantized = Quantizer.quantize(graph, ranges);
        layer = quantized.layers().get(index);
      }
      run(layer, index, tensors, lastUse);
    }
    return graph;
  }

  private Graph corrected(Graph graph, LinearLayer layer, double[] wanted, double[] seen) {
    Node node = node(graph, layer.node().name());
    float[] rounded = ((Tensor.Floats) graph.constants().get(node.inputs().get(1))).values();
    Numbers numbers = new Numbers(graph);
    float[] bias = numbers.toChange(node.inputs().get(2));
    int size = layer.weightsPerOutput();
    for (int output = 0; output < bias.length; output++) {
      int group = output / (layer.outputs() / layer.groups());
      double error = 0;
      for (int i = 0; i < size; i++) {
        error += layer.weights().values()[output * size + i] * wanted[group * size + i];
        error -= rounded[output * size + i] * seen[group * size + i];
      }
      bias[output] = (float) (bias[output] + error);
    }
    return numbers.finish();
  }

  /** Runs a layer on all samples, and forgets the tensors that no later layer uses. */
  private static void run(
      Layer layer, int index, List<Map<String, byte[]>> tensors, Map<String, Integer> lastUse) {
    tensors.parallelStream()
        .forEach(
            ofSample -> {
              List<byte[]> results =
                  layer.operator().run(layer.inputs().stream().map(ofSample::get).toList());
              for (int i = 0; i < results.size(); i++) {
                ofSample.put(layer.outputs().get(i), results.get(i));
              }
              ofSample.keySet().removeIf(name -> lastUse.getOrDefault(name, 0) <= index);
            });
  }

  private static Map<String, Integer> lastUse(QuantizedGraph quantized) {
    Map<String, Integer> lastUse = new HashMap<>();
    for (int i = 0; i < quantized.layers().size(); i++) {
      for (String input : quantized.layers().get(i).inputs()) {
        lastUse.put(input, i);
      }
    }
    return lastUse;
  }

  private static List<Map<String, byte[]>> inputs(QuantizedGraph quantized, Samples samples) {
    return IntStream.range(0, samples.count())
        .parallel()
        .mapToObj(
            index -> {
              Map<String, Tensor> sample = samples.sample().apply(index);
              Map<String, byte[]> images = new HashMap<>();
              quantized.constants().forEach((name, data) -> images.put(name, data.toArray()));
              for (String input : quantized.inputs()) {
                images.put(input, MemoryImage.of(sample.get(input), quantized.tensor(input)));
              }
              return images;
            })
        .toList();
  }

  private static int size(LinearLayer layer) {
    return layer.weightsPerOutput() * layer.groups();
  }

  private void addMean(LinearLayer layer, float[] input, double[] mean, int samples) {
    Patches patches =
        new Patches(
            layer,
            original.type(layer.input()).shape(),
            original.type(layer.node().output()).shape());
    double weight = 1.0 / patches.positions() / samples;
    float[] patch = new float[layer.weightsPerOutput()];
    for (int position = 0; position < patches.positions(); position++) {
      for (int group = 0; group < layer.groups(); group++) {
        patches.read(input, position, group, patch);
        for (int i = 0; i < patch.length; i++) {
          mean[group * patch.length + i] += weight * patch[i];
        }
      }
    }
  }

  /** The network with a bias, if only of zeros, in every layer that is to be corrected. */
  private Graph withBiases(Graph graph) {
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!layers.containsKey(node.name()) || node.inputs().size() > 2) {
        nodes.add(node);
        continue;
      }
      String bias = node.name() + "/bias";
      while (graph.types().containsKey(bias)) {
        bias += "_";
      }
      int outputs = layers.get(node.name()).outputs();
      constants.put(bias, new Tensor.Floats(Shape.of(outputs), new float[outputs]));
      nodes.add(
          new Node(
              node.name(),
              node.operator(),
              List.of(node.inputs().get(0), node.inputs().get(1), bias),
              node.outputs()));
    }
    return graph.with(nodes, constants);
  }

  private static Node node(Graph graph, String name) {
    return graph.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
