package io.mcudeploy.calibration;

import io.mcudeploy.data.DataSet;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.GatherElements;
import io.mcudeploy.operators.GatherRows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Inputs to observe a network on, made or converted one by one as they are asked for; any thread
 * may ask.
 *
 * @param count how many there are
 * @param sample the inputs of one sample by the network's input names, for 0 ≤ index &lt; count
 */
public record Samples(int count, IntFunction<Map<String, Tensor>> sample) {
  /** Samples that are worked on together: enough that no core waits long for the slowest. */
  static final int TOGETHER = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());

  public Samples {
    if (count < 0) {
      throw new IllegalArgumentException(count + " samples");
    }
  }

  /** Samples that are in memory already. */
  public static Samples of(List<Map<String, Tensor>> samples) {
    List<Map<String, Tensor>> copy = List.copyOf(samples);
    return new Samples(copy.size(), copy::get);
  }

  /** A data set for a network with one input. */
  public static Samples of(Graph graph, DataSet data) {
    if (graph.inputs().size() != 1) {
      throw new IllegalArgumentException(graph.inputs().size() + " inputs for one data set");
    }
    String input = graph.inputs().keySet().iterator().next();
    TensorType type = graph.type(input);
    return new Samples(data.size(), index -> Map.of(input, data.sample(index, type)));
  }

  /**
   * Works on all samples, several at a time on all cores of the host, and hands the results over in
   * the order of the samples. Only as many samples and results are alive as are worked on together,
   * however many there are; and whoever takes the results need not care for threads.
   *
   * @param work may be called from any thread
   * @param take gets some consecutive results at a time, from the calling thread
   */
  public <T> void forEach(Function<Map<String, Tensor>, T> work, Consumer<List<T>> take) {
    for (int start = 0; start < count; start += TOGETHER) {
      take.accept(
          IntStream.range(start, Math.min(count, start + TOGETHER))
              .parallel()
              .mapToObj(index -> work.apply(sample.apply(index)))
              .toList());
    }
  }

  /** The first samples of these. */
  public Samples first(int most) {
    return new Samples(Math.min(most, count), sample);
  }

  /** The last samples of these. */
  public Samples last(int most) {
    int skipped = Math.max(0, count - most);
    return new Samples(count - skipped, index -> sample.apply(skipped + index));
  }

  /**
   * Noise for a network about whose inputs nothing is known: normally distributed with mean 0 and
   * deviation 1, as inputs standardized by the usual practice are; integers that are valid indices
   * wherever the input is used as one. The same on every machine.
   */
  public static Samples synthetic(Graph graph, int count) {
    Map<String, Integer> limits = new LinkedHashMap<>();
    graph.inputs().keySet().forEach(input -> limits.put(input, limit(graph, input)));
    return new Samples(count, index -> synthetic(graph.inputs(), limits, index));
  }

  private static Map<String, Tensor> synthetic(
      Map<String, TensorType> inputs, Map<String, Integer> limits, int index) {
    Random random = new Random(index);
    Map<String, Tensor> sample = new LinkedHashMap<>();
    inputs.forEach(
        (name, type) -> {
          if (type.element().isFloat()) {
            float[] values = new float[type.shape().elements()];
            for (int i = 0; i < values.length; i++) {
              values[i] = (float) random.nextGaussian();
            }
            sample.put(name, new Tensor.Floats(type.shape(), values));
          } else {
            long[] values = new long[type.shape().elements()];
            for (int i = 0; i < values.length; i++) {
              values[i] = random.nextInt(limits.get(name));
            }
            sample.put(name, new Tensor.Integers(type.element(), type.shape(), values));
          }
        });
    return sample;
  }

  /** What integers of an input should stay below: the extents they index, else 2. */
  private static int limit(Graph graph, String input) {
    return graph.nodes().stream()
        .filter(node -> node.inputs().indexOf(input) == 1)
        .flatMap(
            node -> {
              Shape data = graph.type(node.inputs().get(0)).shape();
              return node.operator() instanceof GatherRows gather
                  ? Stream.of(data.extent(gather.axis()))
                  : node.operator() instanceof GatherElements gather
                      ? Stream.of(data.extent(gather.axis()))
                      : Stream.empty();
            })
        .min(Integer::compare)
        .orElse(2);
  }
}
