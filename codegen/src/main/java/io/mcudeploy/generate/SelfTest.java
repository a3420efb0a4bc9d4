package io.mcudeploy.generate;

import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A known input and what every layer must answer to it.
 *
 * @param inputs one memory image for each input of the network
 * @param crcs CRC-32 of each layer's outputs, one behind the other
 */
record SelfTest(List<byte[]> inputs, List<Long> crcs) {
  /** The self-test of a network with input that looks like noise, the same for the same network. */
  static SelfTest of(QuantizedGraph graph) {
    Random random = new Random(1);
    List<byte[]> inputs = new ArrayList<>();
    for (String input : graph.inputs()) {
      byte[] image = new byte[graph.tensor(input).bytes()];
      random.nextBytes(image);
      inputs.add(image);
    }
    Map<String, byte[]> values = new GoldenModel(graph).runAll(inputs);
    List<Long> crcs = new ArrayList<>();
    for (Layer layer : graph.layers()) {
      crcs.add(CText.crc32(layer.outputs().stream().map(values::get).toList()));
    }
    return new SelfTest(inputs, crcs);
  }
}
