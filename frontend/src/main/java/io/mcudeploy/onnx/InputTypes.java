package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.diagnostics.Suggestion;
import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.onnx.proto.TensorShapeProto;
import io.mcudeploy.onnx.proto.TensorShapeProto.Dimension;
import io.mcudeploy.onnx.proto.TypeProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Gives every input of the network a fixed type. Firmware infers one sample at a time, so a batch
 * dimension that is left open becomes 1; any other open dimension is the user's to fix.
 */
final class InputTypes {
  /**
   * What exporters and people call a batch dimension; {@code s0} and the like are torch.export's.
   */
  private static final Pattern BATCH =
      Pattern.compile(
          "(?i)n|b|bs|\\?|-1|none|unk.*|.*batch.*|num_samples|samples?|dim_?0|s\\d+|.*_dynamic_axes_\\d+");

  private final Path model;
  private final Map<String, Integer> given;
  private final Set<String> symbolic = new LinkedHashSet<>();
  private final List<String> open = new ArrayList<>();

  /**
   * @param given extents by the dimension's name, or {@code input:axis}
   */
  InputTypes(Path model, Map<String, Integer> given) {
    this.model = model;
    this.given = given;
  }

  /**
   * The inputs' types, in order.
   *
   * @throws DiagnosticException if a dimension stays open, or an extent is given for none
   */
  Map<String, TensorType> resolve(List<ValueInfoProto> inputs) {
    Map<String, TensorType> types = new LinkedHashMap<>();
    for (ValueInfoProto input : inputs) {
      types.put(input.getName(), type(input));
    }
    if (!open.isEmpty()) {
      throw Diagnostic.of(
              Code.E0204,
              file(),
              open.stream()
                  .map(dimension -> "`" + dimension + "`")
                  .collect(Collectors.joining(", ", "the network has the open dimensions ", "")))
          .help(
              open.stream()
                  .map(dimension -> "--dim " + dimension + "=<extent>")
                  .collect(Collectors.joining(" ", "say how large they are: ", "")))
          .asException();
    }
    for (String name : given.keySet()) {
      requireKnown(name);
    }
    return types;
  }

  private TensorType type(ValueInfoProto input) {
    TypeProto.Tensor type = input.getType().getTensorType();
    if (!input.getType().hasTensorType()) {
      throw Diagnostic.of(Code.E0202, file(), "the input `" + input.getName() + "` is not a tensor")
          .asException();
    }
    StoredType element =
        StoredType.of(type.getElemType())
            .orElseThrow(
                () ->
                    Diagnostic.of(
                            Code.E0202,
                            file(),
                            String.format(
                                "the input `%s` has the element type %s",
                                input.getName(), StoredType.nameOf(type.getElemType())))
                        .asException());
    if (!type.hasShape()) {
      throw Diagnostic.of(
              Code.E0204, file(), "the input `" + input.getName() + "` has no shape at all")
          .help("export the network again from an example input")
          .asException();
    }
    TensorType resolved =
        new TensorType(element.element(), shape(input.getName(), type.getShape()));
    try {
      GraphBuilder.checkSize(resolved);
    } catch (IllegalArgumentException e) {
      throw Diagnostic.of(
              Code.E0203, file(), "the input `" + input.getName() + "` of " + e.getMessage())
          .asException();
    }
    return resolved;
  }

  private Shape shape(String input, TensorShapeProto proto) {
    List<Integer> extents = new ArrayList<>();
    for (int axis = 0; axis < proto.getDimCount(); axis++) {
      extents.add(extent(input, axis, proto.getDim(axis)));
    }
    try {
      return Shape.of(extents);
    } catch (IllegalArgumentException e) {
      throw Diagnostic.of(Code.E0102, file(), "the input `" + input + "` has " + e.getMessage())
          .asException();
    }
  }

  private int extent(String input, int axis, Dimension dimension) {
    if (dimension.getDimValue() > Integer.MAX_VALUE) {
      throw Diagnostic.of(
              Code.E0102,
              file(),
              "the input `" + input + "` has the dimension " + dimension.getDimValue())
          .asException();
    }
    // Some exporters write 0 or -1 for a dimension they do not know.
    if (dimension.getDimValue() > 0) {
      return (int) dimension.getDimValue();
    }
    String name = dimension.getDimParam().isEmpty() ? input + ":" + axis : dimension.getDimParam();
    symbolic.add(name);
    Integer extent = given.get(name);
    if (extent != null) {
      return extent;
    }
    boolean unnamed = dimension.getDimParam().isEmpty();
    if (axis == 0 && (unnamed || BATCH.matcher(name).matches())) {
      return 1;
    }
    if (!open.contains(name)) {
      open.add(name);
    }
    return 1;
  }

  private void requireKnown(String name) {
    if (symbolic.contains(name)) {
      return;
    }
    Diagnostic diagnostic =
        Diagnostic.of(Code.E0205, file(), "the network has no open dimension `" + name + "`");
    diagnostic =
        symbolic.isEmpty()
            ? diagnostic.note("all its dimensions are fixed")
            : diagnostic.note("it has " + String.join(", ", symbolic));
    Optional<String> near = Suggestion.closest(name, symbolic);
    if (near.isPresent()) {
      diagnostic = diagnostic.help("did you mean `" + near.get() + "`?");
    }
    throw diagnostic.asException();
  }

  private Location file() {
    return new Location.File(model.toString());
  }
}
