package io.mcudeploy.cli;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.Normalization;
import io.mcudeploy.data.NumberFormat;
import io.mcudeploy.deploy.BuildRequest;
import io.mcudeploy.deploy.FirmwareRun;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.toolchain.Tools;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Inputs through the float model, the golden model or the emulated firmware. */
@Command(
    name = "run",
    description = "Run inputs through the float model, the golden model or the emulated firmware.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private final Console console;
  private final Tools tools;

  @Mixin private ModelOptions model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "DATA",
      description = "One or many inputs; repeat for several inputs, in their order.")
  private List<Path> inputs;

  @Option(
      names = "--on",
      defaultValue = "golden",
      paramLabel = "WHERE",
      description = "float, golden (the int8 model, the default), or a board.")
  private String where;

  @Option(
      names = {"-o", "--outputs"},
      paramLabel = "FILE",
      description = "Write the outputs as .npy, the first axis counts the inputs.")
  private Optional<Path> file;

  @Option(
      names = "--layers",
      paramLabel = "DIR",
      description = "Write every layer's tensor as DIR/NUMBER_NAME.npy.")
  private Optional<Path> layers;

  @Option(
      names = "--raw",
      description = "Inputs and outputs are the quantized integers, not real values.")
  private boolean raw;

  @Mixin private QuantizationOptions quantization;

  @Mixin private JsonOption json;

  @Spec private CommandSpec spec;

  RunCommand(Console console, Tools tools) {
    this.console = console;
    this.tools = tools;
  }

  /**
   * A tensor of every input, by name, as real values or, with --raw, as integers.
   *
   * @param number of the tensor in the order in which the whole network computes them
   */
  private record Result(
      int number,
      Shape shape,
      NumberFormat format,
      ByteArrayOutputStream image,
      List<double[]> rows) {}

  @Override
  public Integer call() {
    if (raw && where.equals("float")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--raw goes with the golden model and boards, not with float");
    }
    Optional<Board> board =
        where.equals("float") || where.equals("golden")
            ? Optional.empty()
            : Optional.of(Boards.find(where));
    Network network = Network.read(model.file(), model.importOptions(), console);
    List<DataSet> samples = quantization.dataSets(network.graph(), inputs, "--input");
    Map<String, Result> results =
        where.equals("float") ? runFloat(network, samples) : runInteger(network, samples, board);
    List<String> outputs = network.graph().outputs();
    if (layers.isPresent()) {
      Map<String, byte[]> files = new LinkedHashMap<>();
      results.forEach(
          (name, result) ->
              files.put(
                  "%03d_%s.npy".formatted(result.number(), name.replaceAll("[^\\w.-]+", "_")),
                  npy(result, samples.get(0).size())));
      OutputFiles.writeDirectory(layers.get(), files);
    }
    if (file.isPresent()) {
      for (int i = 0; i < outputs.size(); i++) {
        Path target =
            outputs.size() == 1
                ? file.get()
                : Path.of(file.get().toString().replaceAll("(\\.npy)?$", "") + "_" + i + ".npy");
        OutputFiles.write(target, npy(results.get(outputs.get(i)), samples.get(0).size()));
      }
    }
    print(outputs, results);
    return 0;
  }

  private Map<String, Result> runFloat(Network network, List<DataSet> samples) {
    Interpreter interpreter = new Interpreter(network.graph());
    Map<String, Tensor> states = Map.of();
    Map<String, Result> results = new LinkedHashMap<>();
    for (int i = 0; i < samples.get(0).size(); i++) {
      Map<String, Tensor> values =
          interpreter.runAll(QuantizationOptions.sample(network.graph(), samples, i), states);
      states = interpreter.statesAfter(values);
      values.forEach(
          (name, tensor) -> {
            if (tensor instanceof Tensor.Floats real) {
              add(results, results.size(), name, real);
            }
          });
    }
    return results;
  }

  private Map<String, Result> runInteger(
      Network network, List<DataSet> samples, Optional<Board> board) {
    QuantizedGraph quantized = quantization.quantize(network, console).integers();
    List<List<byte[]>> images =
        IntStream.range(0, samples.get(0).size())
            .mapToObj(index -> images(network, quantized, samples, index))
            .toList();
    List<Map<String, byte[]>> tensors =
        board.isEmpty()
            ? new GoldenModel(quantized).runSequence(images)
            : FirmwareRun.tensors(request(board.get()), quantized, images, tools);
    List<String> order =
        Stream.of(
                quantized.inputs().stream(),
                quantized.layers().stream().flatMap(layer -> layer.outputs().stream()),
                quantized.outputs().stream())
            .flatMap(names -> names)
            .distinct()
            .toList();
    Map<String, Result> results = new LinkedHashMap<>();
    for (Map<String, byte[]> sample : tensors) {
      sample.forEach(
          (name, image) -> {
            QuantizedTensor type = quantized.tensor(name);
            int number = order.indexOf(name);
            if (raw) {
              addRaw(results, number, type, image);
            } else {
              add(results, number, name, MemoryImage.real(image, type));
            }
          });
    }
    return results;
  }

  private BuildRequest request(Board board) {
    return new BuildRequest(
        model.file(), board, Goal.TIME, BuildRequest.nameOf(model.file()), model.file(), false);
  }

  private List<byte[]> images(
      Network network, QuantizedGraph quantized, List<DataSet> samples, int index) {
    List<byte[]> images = new ArrayList<>();
    for (var input : network.graph().inputs().entrySet()) {
      DataSet set = samples.get(images.size());
      QuantizedTensor type = quantized.tensor(quantized.inputs().get(images.size()));
      if (raw) {
        Tensor.Floats integers =
            new DataSet(set.file(), set.numbers(), Normalization.NONE, set.labels())
                .sample(index, input.getValue().shape());
        images.add(MemoryImage.of(integers, type.storage()));
      } else {
        images.add(MemoryImage.quantized(set.sample(index, input.getValue().shape()), type));
      }
    }
    return images;
  }

  private static void add(
      Map<String, Result> results, int number, String name, Tensor.Floats real) {
    ByteBuffer buffer =
        ByteBuffer.allocate(4 * real.values().length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(real.values());
    double[] row = new double[real.values().length];
    Arrays.setAll(row, i -> real.values()[i]);
    add(results, number, name, real.shape(), NumberFormat.FLOAT32, buffer.array(), row);
  }

  private static void addRaw(
      Map<String, Result> results, int number, QuantizedTensor type, byte[] image) {
    NumberFormat format =
        switch (type.storage()) {
          case INT8 -> NumberFormat.INT8;
          case INT16 -> NumberFormat.INT16;
          case INT32 -> NumberFormat.INT32;
        };
    double[] row = MemoryImage.integers(image, type.storage());
    add(results, number, type.name(), type.shape(), format, image, row);
  }

  private static void add(
      Map<String, Result> results,
      int number,
      String name,
      Shape shape,
      NumberFormat format,
      byte[] image,
      double[] row) {
    Result result =
        results.computeIfAbsent(
            name,
            key ->
                new Result(number, shape, format, new ByteArrayOutputStream(), new ArrayList<>()));
    result.image().writeBytes(image);
    result.rows().add(row);
  }

  /** All inputs' tensors as one array; a leading batch axis of 1 becomes the inputs' axis. */
  private static byte[] npy(Result result, int count) {
    int[] extents = result.shape().extents();
    boolean batched = extents.length > 0 && extents[0] == 1;
    int[] all = new int[extents.length + (batched ? 0 : 1)];
    System.arraycopy(extents, batched ? 1 : 0, all, 1, all.length - 1);
    all[0] = count;
    return DataFile.npy(Shape.of(all), result.format(), result.image().toByteArray());
  }

  private void print(List<String> outputs, Map<String, Result> results) {
    if (json.wanted()) {
      Map<String, Object> facts = new LinkedHashMap<>();
      outputs.forEach(output -> facts.put(output, results.get(output).rows()));
      console.json(facts);
      return;
    }
    if (file.isPresent()) {
      return;
    }
    for (String output : outputs) {
      for (double[] row : results.get(output).rows()) {
        console
            .out()
            .println(
                output
                    + ": "
                    + String.join(
                        " ",
                        Arrays.stream(row)
                            .mapToObj(
                                value ->
                                    raw ? Long.toString((long) value) : "%.6g".formatted(value))
                            .toList()));
      }
    }
  }
}
