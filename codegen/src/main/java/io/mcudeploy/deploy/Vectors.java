package io.mcudeploy.deploy;

import io.mcudeploy.emulator.ExpectedOutputs;
import io.mcudeploy.emulator.ModelUnderTest;
import io.mcudeploy.quantized.QuantizedGraph;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Inputs, and what the golden model makes of them.
 *
 * @param inputs for each run the memory images of the network's inputs
 * @param expected the golden outputs of every layer
 */
public record Vectors(List<List<byte[]>> inputs, ExpectedOutputs expected) {
  public Vectors {
    inputs = List.copyOf(inputs);
  }

  /** Runs the golden model on some inputs. */
  public static Vectors of(QuantizedGraph graph, List<List<byte[]>> inputs) {
    return new Vectors(inputs, ExpectedOutputs.of(graph, inputs));
  }

  /** One record of bytes for each run: its inputs one behind the other. */
  List<byte[]> records() {
    return inputs.stream().map(Vectors::joined).toList();
  }

  /** The content of {@code inputs.bin}. */
  byte[] inputBytes() {
    return joined(records());
  }

  /** The content of {@code golden.bin}: every layer's outputs for the first input, and so on. */
  byte[] goldenBytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    expected.layers().forEach(run -> run.forEach(layer -> layer.forEach(all::writeBytes)));
    return all.toByteArray();
  }

  /** Reads back what {@link #inputBytes} and {@link #goldenBytes} wrote. */
  static Vectors parse(ModelUnderTest model, byte[] inputBytes, byte[] goldenBytes) {
    int runs = model.inputBytes() == 0 ? 0 : inputBytes.length / model.inputBytes();
    List<List<byte[]>> inputs = new ArrayList<>();
    List<List<List<byte[]>>> layers = new ArrayList<>();
    int in = 0;
    int out = 0;
    for (int run = 0; run < runs; run++) {
      List<byte[]> ports = new ArrayList<>();
      for (ModelUnderTest.Port port : model.inputs()) {
        ports.add(Arrays.copyOfRange(inputBytes, in, in + port.bytes()));
        in += port.bytes();
      }
      inputs.add(ports);
      List<List<byte[]>> outputs = new ArrayList<>();
      for (ModelUnderTest.TestedLayer layer : model.layers()) {
        List<byte[]> images = new ArrayList<>();
        for (int bytes : layer.sizes()) {
          images.add(Arrays.copyOfRange(goldenBytes, out, out + bytes));
          out += bytes;
        }
        outputs.add(images);
      }
      layers.add(outputs);
    }
    return new Vectors(inputs, new ExpectedOutputs(layers));
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }
}
