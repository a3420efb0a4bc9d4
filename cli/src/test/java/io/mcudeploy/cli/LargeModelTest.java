package io.mcudeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.ModelProto;
import io.mcudeploy.onnx.proto.NodeProto;
import io.mcudeploy.onnx.proto.OperatorSetIdProto;
import io.mcudeploy.onnx.proto.StringStringEntryProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.TensorProto.DataLocation;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import io.mcudeploy.onnx.proto.TensorShapeProto;
import io.mcudeploy.onnx.proto.TypeProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A network of 100 MB is inspected in a heap far smaller than its file. With {@code
 * -Dbenchmarks.record=true} the figures are written to {@code benchmarks/import.md}.
 */
class LargeModelTest {
  /** The heap that must do, in MiB: less than half of the weights. */
  private static final int HEAP = 48;

  private static final int LAYERS = 25;

  /** Of a square matrix of weights: 4 MB each. */
  private static final int WIDTH = 1000;

  /** Where the weights are. */
  private enum Storage {
    INSIDE,
    BESIDE
  }

  @TempDir static Path folder;

  @ParameterizedTest
  @EnumSource(Storage.class)
  void isInspectedInASmallHeap(Storage storage) throws Exception {
    Path model = write(storage);
    assertThat(Files.size(storage == Storage.INSIDE ? model : folder.resolve("weights.bin")))
        .isGreaterThanOrEqualTo(100_000_000);
    assertThat(inspect(model, HEAP)).isZero();
  }

  @AfterAll
  static void record() throws Exception {
    if (!Boolean.getBoolean("benchmarks.record")) {
      return;
    }
    StringBuilder table = new StringBuilder();
    for (Storage storage : Storage.values()) {
      Path model = write(storage);
      int heap = HEAP;
      while (heap > 8 && inspect(model, heap - 4) == 0) {
        heap -= 4;
      }
      long[] times = new long[5];
      for (int i = 0; i < times.length; i++) {
        long start = System.nanoTime();
        assertThat(inspect(model, HEAP)).isZero();
        times[i] = (System.nanoTime() - start) / 1_000_000;
      }
      Arrays.sort(times);
      table.append(
          String.format(
              Locale.ROOT,
              "| weights %s | %d | %d |%n",
              storage == Storage.INSIDE ? "inside the file" : "as external data",
              heap,
              times[times.length / 2]));
    }
    Files.writeString(
        Path.of("..", "benchmarks", "import.md"),
        """
        # Import of a large file

        `mcu-deploy inspect` of a network of 25 layers with 100 MB of float32 weights, as `LargeModelTest`
        measures it: the smallest heap (`-Xmx`, in steps of 4 MiB) in which it works, and the wall-clock
        time, JVM start included, in %d MiB, median of five runs with warm caches. The test holds the heap
        to %d MiB; the time is not compared.

            mvn -pl cli -am test -Dtest=LargeModelTest -Dbenchmarks.record=true \\
                -Dsurefire.failIfNoSpecifiedTests=false

        | 100 MB of | heap (MiB) | milliseconds |
        | :-- | --: | --: |
        %s\
        """
            .formatted(HEAP, HEAP, table));
  }

  private static int inspect(Path model, int heap) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            List.of(
                java.toString(),
                "-Xmx" + heap + "m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.mcudeploy.cli.Main",
                "inspect",
                model.toString()))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
        .waitFor();
  }

  /** Layers with different random weights, written one by one. */
  private static Path write(Storage storage) throws IOException {
    Path model = folder.resolve("large.onnx");
    try (OutputStream data =
            new BufferedOutputStream(Files.newOutputStream(folder.resolve("weights.bin")));
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(model))) {
      CodedOutputStream out = CodedOutputStream.newInstance(file);
      List<TensorProto> tensors =
          IntStream.range(0, LAYERS).mapToObj(layer -> weights(layer, storage)).toList();
      GraphProto graph = graph().addAllInitializer(tensors).build();
      for (int layer = 0; layer < LAYERS && storage == Storage.BESIDE; layer++) {
        numbers(layer).writeTo(data);
      }
      ModelProto.newBuilder()
          .setIrVersion(8)
          .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
          .setGraph(graph)
          .build()
          .writeTo(out);
      out.flush();
    }
    return model;
  }

  private static GraphProto.Builder graph() {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("large");
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimValue(1);
    shape.addDimBuilder().setDimValue(WIDTH);
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT_VALUE).setShape(shape);
    graph.addInput(
        ValueInfoProto.newBuilder()
            .setName("x0")
            .setType(TypeProto.newBuilder().setTensorType(type)));
    for (int layer = 0; layer < LAYERS; layer++) {
      graph.addNode(
          NodeProto.newBuilder()
              .setOpType("MatMul")
              .addInput("x" + layer)
              .addInput("w" + layer)
              .addOutput("m" + layer));
      graph.addNode(
          NodeProto.newBuilder()
              .setOpType("Relu")
              .addInput("m" + layer)
              .addOutput("x" + (layer + 1)));
    }
    return graph.addOutput(ValueInfoProto.newBuilder().setName("x" + LAYERS));
  }

  private static TensorProto weights(int layer, Storage storage) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w" + layer)
            .setDataType(DataType.FLOAT_VALUE)
            .addDims(WIDTH)
            .addDims(WIDTH);
    if (storage == Storage.INSIDE) {
      return tensor.setRawData(numbers(layer)).build();
    }
    long bytes = 4L * WIDTH * WIDTH;
    return tensor
        .setDataLocation(DataLocation.EXTERNAL)
        .addExternalData(entry("location", "weights.bin"))
        .addExternalData(entry("offset", Long.toString(layer * bytes)))
        .addExternalData(entry("length", Long.toString(bytes)))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static ByteString numbers(int layer) {
    Random random = new Random(layer);
    ByteBuffer bytes = ByteBuffer.allocate(4 * WIDTH * WIDTH).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) (random.nextDouble() - 0.5));
    }
    return ByteString.copyFrom(bytes.flip());
  }
}
