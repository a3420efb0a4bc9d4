package io.mcudeploy.quantization;

import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far one tensor of the golden model is from the float model, errors of earlier layers
 * included.
 *
 * @param tensor a value of the float graph that the integer graph holds, too
 * @param signal mean square of the float values
 * @param noise mean square of the differences
 * @param largest largest absolute difference
 */
public record TensorError(String tensor, double signal, double noise, double largest) {

  /**
   * Signal to quantization noise in decibels: 6 of them are a bit. Infinite where there is no
   * noise.
   */
  public double decibels() {
    return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
  }

  /**
   * The errors of every tensor that both models have, in the order of the layers: where the
   * decibels drop, precision is lost.
   */
  public static List<TensorError> of(Graph graph, QuantizedGraph quantized, Samples samples) {
    Interpreter interpreter = new Interpreter(graph);
    GoldenModel golden = new GoldenModel(quantized);
    Map<String, Sums> sums = new LinkedHashMap<>();
    for (int i = 0; i < samples.count(); i++) {
      Map<String, Tensor> sample = samples.sample().apply(i);
      List<byte[]> images = new ArrayList<>();
      for (String input : quantized.inputs()) {
        images.add(
            MemoryImage.quantized((Tensor.Floats) sample.get(input), quantized.tensor(input)));
      }
      Map<String, Tensor> wanted = interpreter.runAll(sample);
      golden
          .runAll(images)
          .forEach(
              (tensor, image) -> {
                if (wanted.get(tensor) instanceof Tensor.Floats reals) {
                  float[] got = MemoryImage.real(image, quantized.tensor(tensor)).values();
                  sums.computeIfAbsent(tensor, key -> new Sums()).add(reals.values(), got);
                }
              });
    }
    return sums.entrySet().stream().map(entry -> entry.getValue().of(entry.getKey())).toList();
  }

  private static final class Sums {
    private double signal;
    private double noise;
    private double largest;
    private long count;

    void add(float[] wanted, float[] got) {
      for (int i = 0; i < wanted.length; i++) {
        double difference = (double) got[i] - wanted[i];
        signal += (double) wanted[i] * wanted[i];
        noise += difference * difference;
        largest = Math.max(largest, Math.abs(difference));
      }
      count += wanted.length;
    }

    TensorError of(String tensor) {
      return new TensorError(tensor, signal / count, noise / count, largest);
    }
  }
}
