package io.mcudeploy.deploy;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.emulator.FirstDifference;
import io.mcudeploy.emulator.ModelUnderTest;
import io.mcudeploy.generate.Provenance;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * {@code manifest.json}: what a generated project is, for machines, and all that {@code verify}
 * needs to know.
 *
 * @param goal what was made small
 * @param files SHA-256 of every other file, by path
 */
record Manifest(
    String tool,
    String modelFile,
    String modelSha256,
    String name,
    String board,
    String core,
    Goal goal,
    long macs,
    int constantBytes,
    List<ModelUnderTest.ArenaPart> arena,
    int arenaBytes,
    long arenaLowerBound,
    List<Tensor> inputs,
    List<Tensor> outputs,
    List<Layer> layers,
    Map<String, String> files) {
  /** Files that a project holds besides those of the manifest. */
  private static final Set<String> REPORTS =
      Set.of(OutputDirectory.MANIFEST, "report.json", "report.md");

  /** Where the project's own Makefile and CMake put what they compile. */
  private static final String COMPILED = "build";

  Manifest {
    requireNonNull(tool);
    requireNonNull(name);
    requireNonNull(board);
    requireNonNull(goal);
    arena = List.copyOf(arena);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    layers = List.copyOf(layers);
    files = new TreeMap<>(files);
  }

  /**
   * A tensor: real = scale · (integer − zeroPoint).
   *
   * @param memory 0 for the arena, then the inputs, then the outputs, then the arena's other parts
   * @param offset bytes from the memory's start
   */
  record Tensor(
      String name,
      String storage,
      List<Integer> shape,
      double scale,
      int zeroPoint,
      int memory,
      int offset,
      int bytes) {
    Tensor {
      requireNonNull(name);
      requireNonNull(storage);
      shape = List.copyOf(shape);
    }

    /** A tensor that begins at some place. */
    private static Tensor of(QuantizedTensor tensor, ModelUnderTest.Place place) {
      return new Tensor(
          tensor.name(),
          tensor.storage().name(),
          Arrays.stream(tensor.shape().extents()).boxed().toList(),
          tensor.quantization().scale(),
          tensor.quantization().zeroPoint(),
          place.memory(),
          place.offset(),
          tensor.bytes());
    }

    private QuantizedTensor type() {
      return new QuantizedTensor(
          name, Shape.of(shape), StorageType.valueOf(storage), new Quantization(scale, zeroPoint));
    }

    private ModelUnderTest.Place place() {
      return new ModelUnderTest.Place(memory, offset, bytes);
    }

    /** This input or output; it is the caller's if its memory is one of the ports'. */
    private ModelUnderTest.Port port(int ports) {
      boolean passed = memory >= 1 && memory <= ports;
      return new ModelUnderTest.Port(
          name,
          StorageType.valueOf(storage),
          bytes,
          passed ? Optional.empty() : Optional.of(place()));
    }
  }

  /** A range of the arena; the memory as in {@link Tensor}. */
  record Scratch(int memory, int offset, int bytes) {}

  /**
   * A layer, its kernel, and everything it may write.
   *
   * @param outputs where its tensors are, or the line buffer of its only one
   * @param calls what each call writes, if it runs row by row; else empty
   */
  record Layer(
      int number,
      String name,
      String operator,
      String summary,
      String kernel,
      String note,
      long macs,
      List<Tensor> outputs,
      List<Scratch> scratch,
      List<ModelUnderTest.Call> calls) {
    Layer {
      requireNonNull(name);
      requireNonNull(operator);
      outputs = List.copyOf(outputs);
      scratch = List.copyOf(scratch);
      calls = List.copyOf(calls);
    }

    private ModelUnderTest.TestedLayer tested() {
      return calls.isEmpty()
          ? ModelUnderTest.TestedLayer.whole(
              name,
              outputs.stream().map(Tensor::place).toList(),
              scratch.stream()
                  .map(s -> new ModelUnderTest.Place(s.memory(), s.offset(), s.bytes()))
                  .toList())
          : new ModelUnderTest.TestedLayer(
              name, outputs.stream().map(Tensor::bytes).toList(), calls);
    }
  }

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  static Manifest of(
      Provenance provenance,
      String name,
      Plan plan,
      Goal goal,
      int constantBytes,
      ModelUnderTest model,
      Map<String, byte[]> files) {
    QuantizedGraph graph = plan.schedule().graph();
    List<Layer> layers = new ArrayList<>();
    for (Step step : plan.schedule().steps()) {
      ModelUnderTest.TestedLayer tested = model.layers().get(step.number() - 1);
      List<Tensor> outputs = new ArrayList<>();
      for (String output : step.layer().outputs()) {
        outputs.add(
            Tensor.of(graph.tensor(output), tested.calls().get(0).outputs().get(outputs.size())));
      }
      boolean rowByRow = plan.schedule().chain(step.number()).isPresent();
      layers.add(
          new Layer(
              step.number(),
              step.layer().name(),
              step.layer().operator().kind(),
              step.layer().operator().summary(),
              step.kernel().family(),
              step.kernel().note(),
              step.layer().operator().macs(),
              outputs,
              rowByRow
                  ? List.of()
                  : tested.calls().get(0).scratch().stream()
                      .map(place -> new Scratch(place.memory(), place.offset(), place.bytes()))
                      .toList(),
              rowByRow ? tested.calls() : List.of()));
    }
    Map<String, String> checksums = new TreeMap<>();
    files.forEach((path, content) -> checksums.put(path, sha256(content)));
    return new Manifest(
        "mcu-deploy " + provenance.toolVersion(),
        provenance.modelFile(),
        provenance.modelSha256(),
        name,
        provenance.board(),
        provenance.core(),
        goal,
        graph.macs(),
        constantBytes,
        model.arena(),
        plan.arenaBytes(),
        plan.lowerBound(),
        ports(graph, model.inputs(), 1),
        ports(graph, model.outputs(), 1 + graph.inputs().size()),
        layers,
        checksums);
  }

  /**
   * Reads the manifest of a project.
   *
   * @throws DiagnosticException E0703 if there is none or it is damaged
   */
  static Manifest read(Path project) {
    Path file = project.resolve(OutputDirectory.MANIFEST);
    try {
      Manifest manifest = JSON.readValue(Files.readAllBytes(file), Manifest.class);
      requireNonNull(manifest, "it is null");
      manifest.modelUnderTest();
      manifest.comparedLayers();
      return manifest;
    } catch (JsonProcessingException e) {
      throw damaged(file, e.getOriginalMessage());
    } catch (IllegalArgumentException | NullPointerException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Diagnostic.of(
              Code.E0703,
              new Location.File(project.toString()),
              "this is not a project that mcu-deploy generated: it has no manifest.json")
          .help("give the folder that `mcu-deploy build` wrote")
          .asException();
    }
  }

  private static DiagnosticException damaged(Path file, String reason) {
    return Diagnostic.of(
            Code.E0703, new Location.File(file.toString()), "the project's manifest is damaged")
        .note(reason)
        .help("generate the project again")
        .asException();
  }

  byte[] json() {
    try {
      return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  ModelUnderTest modelUnderTest() {
    int ports = inputs.size() + outputs.size();
    return new ModelUnderTest(
        name,
        arena,
        inputs.stream().map(tensor -> tensor.port(ports)).toList(),
        outputs.stream().map(tensor -> tensor.port(ports)).toList(),
        layers.stream().map(Layer::tested).toList(),
        List.of(),
        List.of());
  }

  List<FirstDifference.ComparedLayer> comparedLayers() {
    return layers.stream()
        .map(
            layer ->
                new FirstDifference.ComparedLayer(
                    layer.name(),
                    layer.operator() + " " + layer.summary() + ", kernel " + layer.kernel(),
                    layer.outputs().stream().map(Tensor::type).toList()))
        .toList();
  }

  /** Files of a project that are missing or no longer what was generated. */
  List<String> changedFiles(Path project) {
    List<String> changed = new ArrayList<>();
    files.forEach(
        (path, checksum) -> {
          try {
            if (!sha256(Files.readAllBytes(project.resolve(path))).equals(checksum)) {
              changed.add(path);
            }
          } catch (IOException e) {
            changed.add(path);
          }
        });
    return changed;
  }

  /** Whether a project holds nothing but what was generated and what its build files compile. */
  boolean accountsFor(Path project) {
    try (Stream<Path> walk = Files.walk(project)) {
      return walk.filter(path -> !Files.isDirectory(path))
          .map(project::relativize)
          .filter(path -> !path.startsWith(COMPILED))
          .map(path -> path.toString().replace('\\', '/'))
          .allMatch(path -> files.containsKey(path) || REPORTS.contains(path));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private static List<Tensor> ports(
      QuantizedGraph graph, List<ModelUnderTest.Port> ports, int firstMemory) {
    List<Tensor> tensors = new ArrayList<>();
    for (ModelUnderTest.Port port : ports) {
      int memory = firstMemory + tensors.size();
      tensors.add(
          Tensor.of(
              graph.tensor(port.name()),
              port.inArena().orElse(new ModelUnderTest.Place(memory, 0, port.bytes()))));
    }
    return tensors;
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
