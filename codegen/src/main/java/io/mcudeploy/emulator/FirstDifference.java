package io.mcudeploy.emulator;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where firmware and golden model part: everything before this layer is right, so the fault is in
 * its kernel, its weights, or what it reads.
 *
 * @param input which of the inputs, from 0
 * @param number of the layer, from 1
 * @param index position of the first differing element in the output's shape
 * @param expected the golden model's value there
 * @param actual the firmware's value there
 * @param differing how many elements of the output differ
 */
public record FirstDifference(
    int input,
    int number,
    ComparedLayer layer,
    QuantizedTensor tensor,
    List<Integer> index,
    long expected,
    long actual,
    Kind kind,
    int differing) {

  /**
   * A layer whose outputs are compared.
   *
   * @param description its operator and geometry, for the message
   */
  public record ComparedLayer(String name, String description, List<QuantizedTensor> outputs) {
    public ComparedLayer {
      outputs = List.copyOf(outputs);
    }

    /** The layers of a network. */
    public static List<ComparedLayer> of(QuantizedGraph graph) {
      return graph.layers().stream()
          .map(
              layer ->
                  new ComparedLayer(
                      layer.name(),
                      layer.operator().title(),
                      layer.outputs().stream().map(graph::tensor).toList()))
          .toList();
    }
  }

  /** What the differing elements of the layer have in common. */
  public enum Kind {
    /** None is further than one from the golden model: rounding. */
    OFF_BY_ONE,
    /** All are at an end of the range: an overflow, or a scale that is too large. */
    SATURATED,
    /** Neither: wrong data, wrong addresses, or memory written over. */
    GARBAGE
  }

  public FirstDifference {
    index = List.copyOf(index);
  }

  /**
   * Compares layer by layer; empty if everything is equal.
   *
   * @param layers in the order they run
   * @param expected for each input and layer the golden outputs
   * @param actual the firmware's
   */
  public static Optional<FirstDifference> find(
      List<ComparedLayer> layers, ExpectedOutputs expected, List<List<List<byte[]>>> actual) {
    for (int input = 0; input < expected.layers().size(); input++) {
      for (int number = 1; number <= layers.size(); number++) {
        ComparedLayer layer = layers.get(number - 1);
        for (int output = 0; output < layer.outputs().size(); output++) {
          QuantizedTensor tensor = layer.outputs().get(output);
          byte[] right = expected.layers().get(input).get(number - 1).get(output);
          byte[] wrong = actual.get(input).get(number - 1).get(output);
          Optional<FirstDifference> difference =
              compare(input, number, layer, tensor, right, wrong);
          if (difference.isPresent()) {
            return difference;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** The message for the user. */
  public Diagnostic diagnostic() {
    return Diagnostic.of(
            Code.E0702,
            Location.nowhere(),
            "layer %d `%s` is the first that differs from the golden model"
                .formatted(number, layer.name()))
        .note(
            "input %d, `%s` at %s: %d in the firmware, %d in the golden model"
                .formatted(input, tensor.name(), index, actual, expected))
        .note(
            "%d of %d elements differ: %s"
                .formatted(differing, tensor.shape().elements(), explanation()))
        .note("the layer is " + layer.description())
        .help("all layers before it are right: look at its kernel, its weights and its memory");
  }

  private String explanation() {
    return switch (kind) {
      case OFF_BY_ONE -> "off by one, so rounding is suspect";
      case SATURATED -> "saturated, so a scale or an overflow is suspect";
      case GARBAGE -> "garbage, so addresses, weights or the memory plan are suspect";
    };
  }

  private static Optional<FirstDifference> compare(
      int input,
      int number,
      ComparedLayer layer,
      QuantizedTensor tensor,
      byte[] expected,
      byte[] actual) {
    StorageType storage = tensor.storage();
    int[] differing =
        IntStream.range(0, tensor.shape().elements())
            .filter(i -> value(expected, i, storage) != value(actual, i, storage))
            .toArray();
    if (differing.length == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new FirstDifference(
            input,
            number,
            layer,
            tensor,
            position(tensor.shape(), differing[0]),
            value(expected, differing[0], storage),
            value(actual, differing[0], storage),
            kind(expected, actual, differing, storage),
            differing.length));
  }

  private static Kind kind(byte[] expected, byte[] actual, int[] differing, StorageType storage) {
    if (IntStream.of(differing)
        .allMatch(i -> Math.abs(value(expected, i, storage) - value(actual, i, storage)) == 1)) {
      return Kind.OFF_BY_ONE;
    }
    long largest = (1L << (8 * storage.bytes() - 1)) - 1;
    if (IntStream.of(differing)
        .mapToLong(i -> value(actual, i, storage))
        .allMatch(value -> value == largest || value == -largest - 1)) {
      return Kind.SATURATED;
    }
    return Kind.GARBAGE;
  }

  private static List<Integer> position(Shape shape, int element) {
    int[] strides = shape.strides();
    return IntStream.range(0, shape.rank())
        .mapToObj(axis -> element / strides[axis] % shape.extent(axis))
        .toList();
  }

  /** A little-endian integer. */
  private static long value(byte[] image, int element, StorageType storage) {
    int first = element * storage.bytes();
    long value = image[first + storage.bytes() - 1];
    for (int i = storage.bytes() - 2; i >= 0; i--) {
      value = value << 8 | (image[first + i] & 0xff);
    }
    return value;
  }
}
