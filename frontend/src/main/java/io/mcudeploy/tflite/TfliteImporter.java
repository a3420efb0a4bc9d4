package io.mcudeploy.tflite;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.diagnostics.Suggestion;
import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.TensorType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reads a .tflite file into the float graph: integers that stand for real numbers become these real
 * numbers, rounded to their grid wherever the file rounds them, and constants remember their
 * integers.
 *
 * <p>Model files come from anywhere. Whatever is in the file, the result is a graph or a
 * diagnostic. Fields are numbered as in TFLite's schema.
 */
public final class TfliteImporter {
  private final Path file;
  private final Location location;
  private final ImportOptions options;

  private TfliteImporter(Path file, ImportOptions options) {
    this.file = file;
    this.location = new Location.File(file.toString());
    this.options = options;
  }

  /** Whether a file says of itself that it is a TFLite model, whatever its name. */
  public static boolean accepts(Path file) {
    return ModelFile.isTflite(file);
  }

  /**
   * The network in a file.
   *
   * @throws DiagnosticException if the file is damaged or holds what is not supported
   */
  public static Graph read(Path file, ImportOptions options) {
    TfliteImporter importer = new TfliteImporter(file, options);
    try {
      return importer.read(ModelFile.open(file));
    } catch (FlatBuffer.DamagedFileException e) {
      throw Diagnostic.of(Code.E0102, importer.location, e.getMessage())
          .help("convert the model again, or compare the file's size with the original's")
          .asException();
    }
  }

  private Graph read(FlatBuffer buffer) {
    FlatBuffer.Table model = buffer.root();
    List<String> operatorNames = operatorNames(model.tables(1));
    FlatBuffer.Vector subgraphs = model.tables(2);
    if (subgraphs.length() == 0) {
      throw damaged("the file holds no network");
    }
    FlatBuffer.Table network = subgraphs.table(0);
    FlatBuffer.Vector operators = network.tables(3);
    UnsupportedOperators.reject(location, operators, operatorNames);

    GraphBuilder builder = new GraphBuilder();
    TensorValues values =
        new TensorValues(
            buffer,
            network.tables(0),
            new TensorReader(model.tables(4), location),
            builder,
            location);
    addInputs(builder, values, network.vector(1, 4).int32s());
    for (int i = 0; i < operators.length(); i++) {
      FlatBuffer.Table operator = operators.table(i);
      String name = operatorNames.get(operator.int32(0, 0));
      new OperatorContext(builder, values, name, operator, file.toString())
          .apply(OperatorMappings.find(name).orElseThrow().mapping());
    }
    return builder.build(name(network), outputs(builder, values, network.vector(2, 4).int32s()));
  }

  private List<String> operatorNames(FlatBuffer.Vector codes) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < codes.length(); i++) {
      FlatBuffer.Table code = codes.table(i);
      // The first field is a byte; numbers above 127 are in the later one.
      int number = Math.max(code.int8(0, 0), code.int32(3, 0));
      names.add(
          number == BuiltinOperators.CUSTOM
              ? "CUSTOM " + code.string(1)
              : BuiltinOperators.name(number));
    }
    return names;
  }

  private void addInputs(GraphBuilder builder, TensorValues values, int[] inputs) {
    Map<String, Integer> unused = new LinkedHashMap<>(options.dimensions());
    Set<String> open = new LinkedHashSet<>();
    for (int index : inputs) {
      StoredTensor tensor = values.tensor(index);
      if (values.isDefined(index)) {
        throw damaged("the input `" + tensor.name() + "` is a constant or defined twice");
      }
      Map<Integer, Integer> extents = new LinkedHashMap<>();
      for (int axis : tensor.open()) {
        String dimension = tensor.name() + ":" + axis;
        open.add(dimension);
        Optional.ofNullable(unused.remove(dimension))
            .ifPresent(extent -> extents.put(axis, extent));
      }
      TensorType type = inputType(tensor, extents);
      builder.addInput(tensor.name(), type);
      String value = tensor.name();
      if (tensor.rounding().isPresent()) {
        value =
            values.round(tensor.rounding().get(), value, value + "/quantize", value + "/quantized");
      }
      values.define(index, value);
    }
    unused.keySet().stream()
        .findFirst()
        .ifPresent(
            dimension -> {
              throw unknown("open dimension", dimension, open);
            });
  }

  /** What the user feeds: real numbers where the file's integers stand for these. */
  private TensorType inputType(StoredTensor tensor, Map<Integer, Integer> extents) {
    boolean real = tensor.type().element().isFloat() || tensor.grid().isPresent();
    try {
      Shape shape = tensor.shape();
      for (Map.Entry<Integer, Integer> extent : extents.entrySet()) {
        shape = shape.with(extent.getKey(), extent.getValue());
      }
      TensorType type =
          real ? TensorType.floats(shape) : new TensorType(tensor.type().element(), shape);
      GraphBuilder.checkSize(type);
      return type;
    } catch (IllegalArgumentException e) {
      throw Diagnostic.of(
              Code.E0203, location, "the input `" + tensor.name() + "`: " + e.getMessage())
          .asException();
    }
  }

  /** Binds the names of the values that the user reads, and gives these names. */
  private List<String> outputs(GraphBuilder builder, TensorValues values, int[] indices) {
    Map<String, Integer> defined = new TreeMap<>();
    for (int i = 0; i < values.count(); i++) {
      if (values.isComputed(i)) {
        defined.putIfAbsent(values.tensor(i).name(), i);
      }
    }
    List<String> ofFile =
        Arrays.stream(indices).mapToObj(index -> values.tensor(index).name()).toList();
    List<String> wanted = options.outputs().isEmpty() ? ofFile : options.outputs();
    if (wanted.isEmpty()) {
      throw damaged("the network has no outputs");
    }
    List<String> outputs = wanted.stream().distinct().toList();
    for (String output : outputs) {
      Integer index = defined.get(output);
      if (index == null && options.outputs().isEmpty()) {
        throw damaged("nothing computes the network's output `" + output + "`");
      }
      if (index == null) {
        throw unknown("value", output, defined.keySet());
      }
      if (builder.value(output).isEmpty()) {
        builder.bind(output, values.value(index));
      }
    }
    return outputs;
  }

  private String name(FlatBuffer.Table network) {
    String stored = network.string(4);
    if (!stored.isEmpty()) {
      return stored;
    }
    String fileName = String.valueOf(file.getFileName());
    int dot = fileName.lastIndexOf('.');
    return dot > 0 ? fileName.substring(0, dot) : fileName;
  }

  private DiagnosticException unknown(String what, String name, Set<String> known) {
    Diagnostic diagnostic =
        Diagnostic.of(Code.E0205, location, "the network has no " + what + " `" + name + "`");
    Set<String> candidates =
        known.stream().filter(candidate -> candidate.length() <= 200).collect(Collectors.toSet());
    Optional<String> near = Suggestion.closest(name, candidates);
    return near.map(candidate -> diagnostic.help("did you mean `" + candidate + "`?"))
        .orElse(diagnostic)
        .asException();
  }

  private DiagnosticException damaged(String message) {
    return Diagnostic.of(Code.E0102, location, message).asException();
  }
}
