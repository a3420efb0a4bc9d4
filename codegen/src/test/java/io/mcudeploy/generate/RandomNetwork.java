package io.mcudeploy.generate;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.LookupTable;
import io.mcudeploy.quantized.operators.Multiply;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Networks that mean nothing and use memory in every way: vectors of different lengths, read late
 * and several times, replaced in place, joined and cut, several inputs and outputs, a constant
 * tensor.
 */
final class RandomNetwork {
  private static final Quantization QUANTIZATION = new Quantization(0.5, 3);

  private final Random random;
  private final Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
  private final List<String> known = new ArrayList<>();
  private final List<Layer> layers = new ArrayList<>();

  private RandomNetwork(Random random) {
    this.random = random;
  }

  static QuantizedGraph of(long seed, int size) {
    RandomNetwork network = new RandomNetwork(new Random(seed));
    network.define("first", 16);
    network.define("second", 24);
    network.define("fixed", 16);
    for (int i = 0; i < size; i++) {
      network.addLayer(i);
    }
    return network.graph(seed);
  }

  private QuantizedGraph graph(long seed) {
    byte[] fixed = new byte[16];
    random.nextBytes(fixed);
    Set<String> outputs = new TreeSet<>();
    outputs.add(layers.get(layers.size() - 1).outputs().get(0));
    outputs.add(layers.get(layers.size() / 2).outputs().get(0));
    return new QuantizedGraph(
        "random" + seed,
        List.of("first", "second"),
        List.copyOf(outputs),
        layers,
        tensors,
        Map.of("fixed", Int8Array.of(fixed)));
  }

  private void define(String name, int length) {
    tensors.put(
        name, new QuantizedTensor(name, Shape.of(1, length), StorageType.INT8, QUANTIZATION));
    known.add(name);
  }

  private void addLayer(int number) {
    String a = anyOf(known);
    int length = length(a);
    List<String> alike = known.stream().filter(name -> length(name) == length).toList();
    String b = anyOf(alike);
    String output = "t" + number;
    switch (random.nextInt(10)) {
      case 0 -> layer(output, 8 + 8 * random.nextInt(3), a);
      case 1 -> add(output, length, new LookupTable(length, bytes(256)), a);
      case 2 ->
          add(
              output,
              length,
              Add.of(
                  Broadcast.of(Shape.of(length), Shape.of(length)),
                  random.nextBoolean(),
                  QUANTIZATION,
                  new Quantization(0.3, -7),
                  QUANTIZATION,
                  -128,
                  127),
              a,
              b);
      case 3 ->
          add(
              output,
              length,
              new Multiply(Broadcast.of(Shape.of(length), Shape.of(length)), 3, 3, stage(1, 0.02)),
              a,
              b);
      case 4 -> {
        Rescale same = Rescale.of(QUANTIZATION, QUANTIZATION);
        Rescale other = Rescale.of(QUANTIZATION, new Quantization(0.7, -1));
        add(output, 2 * length, new Concat(1, List.of(length, length), List.of(same, other)), a, b);
      }
      case 5, 6 -> {
        int part = 1 + random.nextInt(length);
        int start = random.nextInt(length - part + 1);
        Copy slice = new Copy(StorageType.INT8, length, Shape.of(part), List.of(1), start);
        add(output, part, slice, a);
      }
      case 7, 8 -> join(output);
      default ->
          add(
              output,
              length,
              new Copy(StorageType.INT8, length, Shape.of(length), List.of(-1), length - 1),
              a);
    }
  }

  /** Puts up to three tensors, mostly different ones, side by side. */
  private void join(String output) {
    List<String> parts =
        IntStream.rangeClosed(0, 1 + random.nextInt(2)).mapToObj(i -> anyOf(known)).toList();
    List<Integer> lengths = parts.stream().map(this::length).toList();
    Rescale same = Rescale.of(QUANTIZATION, QUANTIZATION);
    add(
        output,
        lengths.stream().mapToInt(Integer::intValue).sum(),
        new Concat(1, lengths, Collections.nCopies(parts.size(), same)),
        parts.toArray(String[]::new));
  }

  private void layer(String output, int outputs, String input) {
    int inputs = length(input);
    int[] bias = random.ints(outputs, -3000, 3000).toArray();
    add(
        output,
        outputs,
        new FullyConnected(
            1,
            inputs,
            outputs,
            3,
            bytes(inputs * outputs),
            Int32Array.of(bias),
            stage(outputs, 0.002)),
        input);
  }

  private void add(String output, int length, IntegerOperator operator, String... inputs) {
    layers.add(new Layer("layer " + output, operator, List.of(inputs), List.of(output)));
    define(output, length);
  }

  private OutputStage stage(int channels, double factor) {
    return new OutputStage(
        random.doubles(channels, factor, 2 * factor).mapToObj(Multiplier::of).toList(),
        3,
        -128,
        127);
  }

  private Int8Array bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return Int8Array.of(bytes);
  }

  private int length(String name) {
    return tensors.get(name).shape().elements();
  }

  private String anyOf(List<String> names) {
    return names.get(random.nextInt(names.size()));
  }
}
