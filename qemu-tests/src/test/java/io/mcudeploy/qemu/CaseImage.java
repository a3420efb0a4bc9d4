package io.mcudeploy.qemu;

import io.mcudeploy.board.Board;
import io.mcudeploy.emulator.Emulator;
import io.mcudeploy.emulator.ExpectedOutputs;
import io.mcudeploy.emulator.ModelUnderTest;
import io.mcudeploy.emulator.RunResult;
import io.mcudeploy.firmware.FirmwareProject;
import io.mcudeploy.generate.ModelSources;
import io.mcudeploy.generate.Provenance;
import io.mcudeploy.generate.SourceFile;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Kernels;
import io.mcudeploy.plan.Lifetimes;
import io.mcudeploy.plan.MemoryPlanner;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Schedule;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.cases.OperatorCase;
import io.mcudeploy.toolchain.Toolchain;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Many operator cases as one network, so that a core needs few compilations and runs: every kernel
 * variant of every case is a layer. The layers have nothing to do with each other: their inputs are
 * constants, except those of the first case, which are the network's inputs; its outputs are the
 * network's outputs.
 */
final class CaseImage {
  private static final String MODEL = "cases";

  /** The arena's buffers are aligned to no more than C needs, as planned networks' may be. */
  private static final int ALIGNMENT = 4;

  private final Board board;
  private final Map<String, List<Integer>> layersOfCase = new LinkedHashMap<>();
  private final List<Layer> layers = new ArrayList<>();
  private final List<KernelCode> kernels = new ArrayList<>();
  private final Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
  private final Map<String, Int8Array> constants = new LinkedHashMap<>();
  private final List<byte[]> inputs;

  CaseImage(Board board, List<OperatorCase> cases) {
    this.board = board;
    this.inputs = cases.get(0).inputs().stream().map(Int8Array::toArray).toList();
    cases.forEach(this::add);
  }

  /**
   * Compiles the network, runs it on the board's twin.
   *
   * @param folder for the project, exists
   */
  CaseResults run(Path folder) {
    Tools tools = Tools.ofThisProcess();
    QuantizedGraph graph = graph();
    Schedule schedule = Schedule.of(graph, kernels);
    Plan plan = new Plan(schedule, new MemoryPlanner(ALIGNMENT).plan(Lifetimes.of(schedule)));
    ModelUnderTest model = ModelUnderTest.of(MODEL, plan);
    write(folder, plan, model);
    Toolchain toolchain = Toolchain.of(board.core(), tools);
    Path image = FirmwareProject.buildTest(toolchain, MODEL, folder, List.of(), folder);
    ExpectedOutputs expected = ExpectedOutputs.of(graph, List.of(inputs));
    RunResult run =
        Emulator.of(board.emulation().machine(), board.core().architecture(), tools)
            .run(image, model, List.of(joined(inputs)), expected);
    return new CaseResults(
        layersOfCase, layers, run.layers().get(0), run.instructions(), run.problems());
  }

  /** The kernels of a case, in the order of its layers. */
  List<KernelCode> kernels(String id) {
    return layersOfCase.get(id).stream().map(number -> kernels.get(number - 1)).toList();
  }

  private void add(OperatorCase operatorCase) {
    List<String> names =
        IntStream.range(0, operatorCase.inputs().size())
            .mapToObj(i -> input(operatorCase, i))
            .toList();
    List<Integer> numbers = new ArrayList<>();
    List<KernelCode> variants = Kernels.variants(operatorCase.operator(), board.core().kernels());
    for (KernelCode variant : variants) {
      String name = operatorCase.id() + (numbers.isEmpty() ? "" : " variant " + numbers.size());
      List<String> outputs = new ArrayList<>();
      for (byte[] image : operatorCase.expected()) {
        String output = name + " output " + outputs.size();
        StorageType storage = operatorCase.operator().outputStorage(outputs.size());
        tensors.put(output, tensor(output, storage, image.length));
        outputs.add(output);
      }
      kernels.add(variant);
      layers.add(new Layer(name, operatorCase.operator(), names, outputs));
      numbers.add(layers.size());
    }
    layersOfCase.put(operatorCase.id(), numbers);
  }

  private String input(OperatorCase operatorCase, int position) {
    String name = operatorCase.id() + " input " + position;
    Int8Array image = operatorCase.inputs().get(position);
    StorageType storage = operatorCase.operator().inputStorage(position);
    tensors.put(name, tensor(name, storage, image.length()));
    if (!layers.isEmpty()) {
      constants.put(name, image);
    }
    return name;
  }

  /** The operators know shapes and scales; to the network every tensor is just integers. */
  private static QuantizedTensor tensor(String name, StorageType storage, int bytes) {
    Shape shape = Shape.of(bytes / storage.bytes());
    return new QuantizedTensor(name, shape, storage, new Quantization(0.5, 0));
  }

  private QuantizedGraph graph() {
    Layer first = layers.get(0);
    return new QuantizedGraph(MODEL, first.inputs(), first.outputs(), layers, tensors, constants);
  }

  private void write(Path folder, Plan plan, ModelUnderTest model) {
    Provenance provenance =
        new Provenance("test", MODEL, "0".repeat(64), board.name(), board.core().name());
    List<SourceFile> files =
        new ArrayList<>(new ModelSources(provenance, MODEL, plan, board.core().kernels()).files());
    files.addAll(
        new FirmwareProject(
                provenance.banner(), board, board.emulation().machine(), model, Toolchain.FASTEST)
            .files());
    try {
      for (SourceFile file : files) {
        Path path = folder.resolve(file.path());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.text());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] joined(List<byte[]> parts) {
    byte[] all = new byte[parts.stream().mapToInt(part -> part.length).sum()];
    int position = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, position, part.length);
      position += part.length;
    }
    return all;
  }
}
