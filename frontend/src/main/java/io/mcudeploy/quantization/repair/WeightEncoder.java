package io.mcudeploy.quantization.repair;

import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.PrimaryCapsules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Decides the int8 weights of convolutions and fully connected layers before the network is
 * quantized, which then takes them as they are. Layers of capsules keep their own way.
 */
public final class WeightEncoder {
  private static final int LIMIT = 127;

  /** No bias uses more, so that a sum of products has the rest of an int32. */
  private static final double LARGEST_BIAS = 0x1p28;

  private final Graph graph;
  private final Ranges ranges;
  private final WeightScheme scheme;

  /**
   * @param ranges of this graph's values
   */
  public WeightEncoder(Graph graph, Ranges ranges, WeightScheme scheme) {
    this.graph = graph;
    this.ranges = ranges;
    this.scheme = scheme;
  }

  /** The network with each weight at the nearest integer. */
  public Graph nearest() {
    return with(Map.of());
  }

  /**
   * The network with weights rounded so that the layers' outputs on some samples change least, see
   * {@link LeastErrorRounding}.
   *
   * @param step called after each sample, from any thread
   */
  public Graph leastError(Samples samples, Runnable step) {
    Map<String, InputGram> grams = new LinkedHashMap<>();
    for (LinearLayer layer : layers(graph)) {
      grams.put(
          layer.node().name(),
          new InputGram(
              layer,
              new Patches(
                  layer,
                  graph.type(layer.input()).shape(),
                  graph.type(layer.node().output()).shape())));
    }
    Map<String, String> inputs =
        layers(graph).stream()
            .collect(Collectors.toMap(layer -> layer.node().name(), LinearLayer::input));
    Interpreter interpreter = new Interpreter(graph);
    int[] next = {0};
    samples.forEach(
        sample -> {
          Map<String, Tensor> values = interpreter.runAll(sample);
          values.keySet().retainAll(inputs.values());
          step.run();
          return values;
        },
        runs -> {
          grams.entrySet().parallelStream()
              .forEach(entry -> add(runs, next[0], inputs.get(entry.getKey()), entry.getValue()));
          next[0] += runs.size();
        });
    return with(grams);
  }

  private static void add(List<Map<String, Tensor>> runs, int first, String input, InputGram gram) {
    for (int i = 0; i < runs.size(); i++) {
      gram.add(((Tensor.Floats) runs.get(i).get(input)).values(), first + i);
    }
  }

  /** The layers whose weights are free. */
  static List<LinearLayer> layers(Graph graph) {
    Map<String, List<Node>> consumers = graph.consumers();
    return graph.nodes().stream()
        .filter(node -> !(node.operator() instanceof PrimaryCapsules))
        .flatMap(node -> LinearLayer.of(node, graph, consumers).stream())
        .toList();
  }

  private Graph with(Map<String, InputGram> grams) {
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    for (LinearLayer layer : layers(graph)) {
      Optional<InputGram> gram = Optional.ofNullable(grams.get(layer.node().name()));
      constants.put(layer.weightName(), encoding(layer, gram).decode());
    }
    return graph.with(graph.nodes(), constants);
  }

  private Encoding encoding(LinearLayer layer, Optional<InputGram> gram) {
    List<Double> scales = scheme.scales(needed(layer));
    int size = layer.weightsPerOutput();
    long[] integers = new long[layer.weights().values().length];
    List<LeastErrorRounding> roundings = gram.map(sums -> roundings(layer, sums)).orElse(List.of());
    IntStream.range(0, layer.outputs())
        .parallel()
        .forEach(
            output -> {
              double scale = scales.get(scales.size() == 1 ? 0 : output);
              double[] steps = new double[size];
              for (int i = 0; i < size; i++) {
                steps[i] = layer.weights().values()[output * size + i] / scale;
              }
              int group = output / (layer.outputs() / layer.groups());
              int blocks = roundings.size() / layer.groups();
              for (int block = 0; block < blocks; block++) {
                roundings.get(group * blocks + block).round(steps, block * InputGram.BLOCK, LIMIT);
              }
              for (int i = 0; i < size; i++) {
                integers[output * size + i] =
                    (long) Math.max(-LIMIT, Math.min(LIMIT, Math.rint(steps[i])));
              }
            });
    return new Encoding(
        new Tensor.Integers(ElementType.INT8, layer.shape(), integers),
        new Grid(scales, Collections.nCopies(scales.size(), 0), 0));
  }

  private static List<LeastErrorRounding> roundings(LinearLayer layer, InputGram gram) {
    List<LeastErrorRounding> roundings = new ArrayList<>();
    for (int group = 0; group < layer.groups(); group++) {
      for (int block = 0; block < gram.blocks(); block++) {
        roundings.add(new LeastErrorRounding(gram.sums(group, block), gram.size(block)));
      }
    }
    return roundings;
  }

  /** The least scale of each output: its largest weight is 127, and its bias fits. */
  private List<Double> needed(LinearLayer layer) {
    float[] weights = layer.weights().values();
    double inputScale = ranges.scheme().covering(ranges.of(layer.input())).scale();
    List<Double> needed = new ArrayList<>();
    for (int output = 0; output < layer.outputs(); output++) {
      double largest = 0;
      for (int i = 0; i < layer.weightsPerOutput(); i++) {
        largest = Math.max(largest, Math.abs(weights[output * layer.weightsPerOutput() + i]));
      }
      double bias = Math.abs(bias(layer, output)) / (inputScale * LARGEST_BIAS);
      double scale = Math.max(largest / LIMIT, bias);
      needed.add(scale > 0 ? scale : 1);
    }
    return needed;
  }

  private float bias(LinearLayer layer, int output) {
    return layer
        .biasName()
        .map(name -> ((Tensor.Floats) graph.constants().get(name)).values()[output])
        .orElse(0f);
  }
}
