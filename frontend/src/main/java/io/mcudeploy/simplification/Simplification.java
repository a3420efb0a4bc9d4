package io.mcudeploy.simplification;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network without the channels that its outputs do not need: those that hold the same number
 * whatever the input, since their weights are zero or a clamp cuts all they can reach, and those
 * that no layer gives weight to. The outputs have the same bits as before.
 *
 * @param graph the network that is left
 * @param removals by tensor, in the layers' order
 */
public record Simplification(QuantizedGraph graph, List<Removal> removals) {
  public Simplification {
    removals = List.copyOf(removals);
  }

  /**
   * Channels that a tensor has no longer.
   *
   * @param layer that computed them
   * @param channels removed
   * @param of what it had
   */
  public record Removal(String tensor, String layer, int channels, int of) {
    /** As {@code 24 of 64 channels of layer conv}. */
    @Override
    public String toString() {
      return channels + " of " + of + " channels of layer " + layer;
    }
  }

  /** The simplification of a network; the network itself if there is nothing to remove. */
  public static Simplification of(QuantizedGraph original) {
    NeededChannels needed = NeededChannels.of(original);
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>(original.tensors());
    List<Removal> removals = new ArrayList<>();
    List<Layer> layers = new ArrayList<>();
    for (Layer layer : original.layers()) {
      layers.add(new Layer(layer.name(), needed.reduced(layer), layer.inputs(), layer.outputs()));
      for (String output : layer.outputs()) {
        if (needed.isReduced(output)) {
          QuantizedTensor tensor = original.tensor(output);
          int channels = needed.channels(output);
          int kept = needed.kept(output).size();
          tensors.put(output, withChannels(tensor, channels, kept));
          removals.add(new Removal(output, layer.name(), channels - kept, channels));
        }
      }
    }
    return new Simplification(
        new QuantizedGraph(
            original.name(),
            original.inputs(),
            original.outputs(),
            layers,
            tensors,
            original.constants(),
            original.states()),
        removals);
  }

  private static QuantizedTensor withChannels(QuantizedTensor tensor, int channels, int kept) {
    Shape shape = tensor.shape();
    int last = shape.rank() - 1;
    Shape reduced =
        shape.rank() > 0 && shape.extent(last) == channels
            ? shape.with(last, kept)
            : Shape.of(shape.elements() / channels, kept);
    return new QuantizedTensor(tensor.name(), reduced, tensor.quantization());
  }
}
