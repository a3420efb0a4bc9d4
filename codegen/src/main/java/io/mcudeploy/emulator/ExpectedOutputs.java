package io.mcudeploy.emulator;

import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * What the golden model says about some inputs.
 *
 * @param layers for each input and each layer the memory images of the layer's outputs
 */
public record ExpectedOutputs(List<List<List<byte[]>>> layers) {
  public ExpectedOutputs {
    layers = List.copyOf(layers);
  }

  /**
   * Runs the golden model.
   *
   * @param inputs for each inference, one after the other, the memory images of the network's
   *     inputs
   */
  public static ExpectedOutputs of(QuantizedGraph graph, List<List<byte[]>> inputs) {
    GoldenModel golden = new GoldenModel(graph);
    List<List<List<byte[]>>> all = new ArrayList<>();
    for (Map<String, byte[]> tensors : golden.runSequence(inputs)) {
      List<List<byte[]>> layers = new ArrayList<>();
      for (Layer layer : graph.layers()) {
        layers.add(layer.outputs().stream().map(tensors::get).toList());
      }
      all.add(layers);
    }
    return new ExpectedOutputs(all);
  }

  /**
   * The content of {@code expected.bin}: for each input and each layer a little-endian CRC-32 of
   * the layer's outputs, one after the other.
   */
  public byte[] checksums() {
    int count = layers.stream().mapToInt(List::size).sum();
    ByteBuffer checksums = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (List<List<byte[]>> input : layers) {
      for (List<byte[]> outputs : input) {
        CRC32 crc = new CRC32();
        outputs.forEach(crc::update);
        checksums.putInt((int) crc.getValue());
      }
    }
    return checksums.array();
  }
}
