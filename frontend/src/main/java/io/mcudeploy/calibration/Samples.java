package io.mcudeploy.calibration;

import io.mcudeploy.data.DataSet;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Inputs to observe a network on, made or converted one by one as they are asked for; any thread
 * may ask.
 *
 * @param count how many there are
 * @param sample the inputs of one sample by the network's input names, for 0 ≤ index &lt; count
 */
public record Samples(int count, IntFunction<Map<String, Tensor>> sample) {
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
    Shape shape = graph.type(input).shape();
    return new Samples(data.size(), index -> Map.of(input, data.sample(index, shape)));
  }

  /** The first samples of these. */
  public Samples first(int most) {
    return new Samples(Math.min(most, count), sample);
  }

  /**
   * Noise for a network about whose inputs nothing is known: normally distributed with mean 0 and
   * deviation 1, as inputs standardized by the usual practice are. The same on every machine.
   */
  public static Samples synthetic(Graph graph, int count) {
    return new Samples(count, index -> synthetic(graph.inputs(), index));
  }

  private static Map<String, Tensor> synthetic(Map<String, TensorType> inputs, int index) {
    Random random = new Random(index);
    Map<String, Tensor> sample = new LinkedHashMap<>();
    inputs.forEach(
        (name, type) -> {
          float[] values = new float[type.shape().elements()];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
          }
          sample.put(name, new Tensor.Floats(type.shape(), values));
        });
    return sample;
  }
}
