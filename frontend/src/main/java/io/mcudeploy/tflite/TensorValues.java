package io.mcudeploy.tflite;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The tensors of a subgraph, and the values of the graph that they have become so far. */
final class TensorValues {
  /** The index of an optional input that is not given. */
  static final int ABSENT = -1;

  /**
   * So many times its own size a file's constants may unfold to: tensors may share their bytes, and
   * a damaged file may let thousands of tensors share all of them.
   */
  private static final int SHARING = 4;

  /** Operators whose results are elements of their operands. */
  private static final Set<Class<? extends Operator>> MOVES =
      Set.of(
          Concat.class,
          Expand.class,
          Gather.class,
          Reshape.class,
          Slice.class,
          Tile.class,
          Transpose.class);

  private final List<StoredTensor> tensors;
  private final GraphBuilder graph;
  private final Location location;
  private final Map<Integer, String> values = new HashMap<>();
  private final Map<String, UnaryFunction> roundings = new HashMap<>();
  private long room;

  TensorValues(
      FlatBuffer file,
      FlatBuffer.Vector tables,
      TensorReader reader,
      GraphBuilder graph,
      Location location) {
    this.graph = graph;
    this.location = location;
    this.room = (long) SHARING * file.size();
    this.tensors = new ArrayList<>();
    for (int i = 0; i < tables.length(); i++) {
      tensors.add(reader.read(tables.table(i), i));
    }
  }

  /** A tensor as the file describes it. */
  StoredTensor tensor(int index) {
    if (index < 0 || index >= tensors.size()) {
      throw damaged("there is no tensor " + index + " of " + tensors.size());
    }
    return tensors.get(index);
  }

  int count() {
    return tensors.size();
  }

  /** Whether a tensor was defined by an input or an operator. */
  boolean isComputed(int index) {
    return values.containsKey(index) && tensor(index).data().isEmpty();
  }

  /** Whether a tensor is a constant or was defined. */
  boolean isDefined(int index) {
    return values.containsKey(index) || tensor(index).data().isPresent();
  }

  /** The value a tensor has become; a constant is decoded when it is first asked for. */
  String value(int index) {
    StoredTensor tensor = tensor(index);
    if (!isDefined(index)) {
      throw damaged("tensor `" + tensor.name() + "` is used before it is computed");
    }
    return values.computeIfAbsent(index, key -> decode(tensor));
  }

  /** The rounding that would leave a value as it is, because of which it lies on a grid. */
  Optional<UnaryFunction> roundingOf(String value) {
    return Optional.ofNullable(roundings.get(value));
  }

  /** The same for the result of an operator, which lies on a grid if it only moves elements. */
  Optional<UnaryFunction> roundingOf(Operator operator, List<String> operands) {
    if (!MOVES.contains(operator.getClass())) {
      return Optional.empty();
    }
    Set<Optional<UnaryFunction>> distinct =
        operands.stream().map(this::roundingOf).collect(Collectors.toSet());
    return distinct.size() == 1 ? distinct.iterator().next() : Optional.empty();
  }

  /** Says that a value lies on a grid. */
  void lies(String value, UnaryFunction rounding) {
    roundings.put(value, rounding);
  }

  /** Adds the node that rounds a value. */
  String round(UnaryFunction rounding, String value, String node, String preferredName) {
    String rounded =
        graph.addNode(node, new Unary(rounding), List.of(value), List.of(preferredName)).get(0);
    lies(rounded, rounding);
    return rounded;
  }

  /** Lets a tensor be a value. */
  void define(int index, String value) {
    StoredTensor tensor = tensor(index);
    if (isDefined(index)) {
      throw damaged("tensor `" + tensor.name() + "` is computed twice");
    }
    values.put(index, value);
  }

  private String decode(StoredTensor tensor) {
    room -= tensor.data().orElseThrow().remaining();
    if (room < 0) {
      throw damaged("the tensors claim more data than the file has");
    }
    String value = graph.addConstant(tensor.name(), tensor.decode());
    tensor.rounding().ifPresent(rounding -> lies(value, rounding));
    return value;
  }

  private DiagnosticException damaged(String message) {
    return Diagnostic.of(Code.E0102, location, message).asException();
  }
}
