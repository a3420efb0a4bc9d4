package io.mcudeploy.plan;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.RowWise;
import io.mcudeploy.quantized.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which rows each of some consecutive layers computes in which turn. A turn computes the next few
 * rows of the last layer's output; going backwards from there every layer computes the rows that
 * are needed and do not exist yet, so that nothing is computed twice. Of a tensor that is read by
 * these layers only, the rows exist from the turn that computes them to the last turn that reads
 * them.
 *
 * <p>The last layer's first rows need more of the others than its next ones do. Where line buffers
 * would have to be larger for that, turns go before in which the last layers compute nothing yet,
 * the others about as much as in any later turn.
 */
final class Turns {
  /** Tensors of more rows are left whole: so many turns take too long to plan. */
  private static final int MOST_ROWS = 2048;

  private final int first;
  private final int rowsPerTurn;
  private final int[][] warmUp;
  private final List<Layer> layers;
  private final Set<String> inner;
  private final Map<String, Integer> heights;
  private final Map<String, Integer> rowBytes;
  private final Map<String, Integer> producers = new LinkedHashMap<>();
  private final Map<String, List<Integer>> readers = new LinkedHashMap<>();

  /** Chains by what of their kernels they depend on: the inputs that may be written over. */
  private final Map<List<List<Set<Integer>>>, Chain> chains = new HashMap<>();

  /** [turn][layer]: how many rows of its output exist after the turn. */
  private final int[][] done;

  /** [turn][layer]: the first row of its output that is kept during the turn. */
  private final int[][] kept;

  /**
   * @param warmUp [turn][layer] for the turns before the last layer computes anything: how many
   *     rows of its output exist after the turn, at least
   */
  private Turns(
      int first,
      int rowsPerTurn,
      List<Layer> layers,
      Set<String> inner,
      Map<String, Integer> heights,
      Map<String, Integer> rowBytes,
      int[][] warmUp) {
    this.first = first;
    this.rowsPerTurn = rowsPerTurn;
    this.warmUp = warmUp;
    this.layers = layers;
    this.inner = inner;
    this.heights = heights;
    this.rowBytes = rowBytes;
    for (int i = 0; i < layers.size(); i++) {
      producers.put(layers.get(i).outputs().get(0), i);
      for (String input : new LinkedHashSet<>(layers.get(i).inputs())) {
        readers.computeIfAbsent(input, tensor -> new ArrayList<>()).add(i);
      }
    }
    int turns = warmUp.length + (height(layers.size() - 1) + rowsPerTurn - 1) / rowsPerTurn;
    this.done = new int[turns][layers.size()];
    this.kept = new int[turns][layers.size()];
    for (int turn = 0; turn < turns; turn++) {
      advance(turn);
      keep(turn);
    }
  }

  /** These turns behind others in which line buffers fill, if these make them smaller. */
  private Turns warmedUp() {
    int most = 0;
    for (int layer = 0; layer < layers.size() - 1; layer++) {
      most = Math.max(most, (done[0][layer] - 1) / step(layer));
    }
    Turns best = this;
    for (int count = most; count > 0; count--) {
      Turns warm = new Turns(first, rowsPerTurn, layers, inner, heights, rowBytes, warmUp(count));
      long saved = best.lineBytes() - warm.lineBytes();
      if (saved < 0 || (saved == 0 && best == this)) {
        break;
      }
      best = warm;
    }
    return best;
  }

  /** What exists after turns that leave to the first no more than the second does. */
  private int[][] warmUp(int turns) {
    int[][] rows = new int[turns][layers.size()];
    for (int turn = 0; turn < turns; turn++) {
      for (int layer = 0; layer < layers.size(); layer++) {
        rows[turn][layer] = Math.max(0, done[0][layer] - (turns - turn) * step(layer));
      }
    }
    return rows;
  }

  /** Rows that a layer computes in the second turn, at least one. */
  private int step(int layer) {
    return done.length == 1 ? height(layer) : Math.max(1, done[1][layer] - done[0][layer]);
  }

  private long lineBytes() {
    return inner.stream().mapToLong(tensor -> (long) mostRows(tensor) * rowBytes.get(tensor)).sum();
  }

  /**
   * The turns of some layers; empty if a layer does not work row by row, or if no tensor between
   * them is read by them only.
   *
   * @param first number of the first layer, from 1
   * @param last number of the last layer
   * @param rowsPerTurn of the last layer's output
   */
  static Optional<Turns> of(QuantizedGraph graph, int first, int last, int rowsPerTurn) {
    List<Layer> layers = graph.layers().subList(first - 1, last);
    Map<String, Integer> heights = new LinkedHashMap<>();
    for (Layer layer : layers) {
      if (!(layer.operator() instanceof RowWise operator)) {
        return Optional.empty();
      }
      for (String input : layer.inputs()) {
        heights.computeIfAbsent(input, tensor -> height(graph.tensor(tensor).shape()));
      }
      int inputRows = heights.get(layer.inputs().get(0));
      int rows = inputRows > MOST_ROWS ? 0 : operator.outputRows(inputRows);
      String output = layer.outputs().get(0);
      if (rows == 0
          || !haveRows(layer, operator, heights)
          || graph.states().containsValue(output)
          || layer.inputs().stream().anyMatch(graph.states()::containsKey)) {
        return Optional.empty();
      }
      heights.put(output, rows);
    }
    Set<String> inner = inner(graph, first, last);
    if (inner.isEmpty() || heights.get(layers.get(layers.size() - 1).outputs().get(0)) == 1) {
      return Optional.empty();
    }
    Map<String, Integer> rowBytes = new LinkedHashMap<>();
    inner.forEach(
        tensor -> rowBytes.put(tensor, graph.tensor(tensor).bytes() / heights.get(tensor)));
    return Optional.of(of(first, rowsPerTurn, layers, inner, heights, rowBytes));
  }

  private static Turns of(
      int first,
      int rowsPerTurn,
      List<Layer> layers,
      Set<String> inner,
      Map<String, Integer> heights,
      Map<String, Integer> rowBytes) {
    return new Turns(first, rowsPerTurn, layers, inner, heights, rowBytes, new int[0][]).warmedUp();
  }

  /** Whether each input of a layer has the rows that go with those of the first. */
  private static boolean haveRows(Layer layer, RowWise operator, Map<String, Integer> heights) {
    List<String> inputs = layer.inputs();
    int first = heights.get(inputs.get(0));
    return IntStream.range(0, inputs.size())
        .allMatch(i -> heights.get(inputs.get(i)) == operator.inputRows(i, first));
  }

  /**
   * The chain of these turns.
   *
   * @param kernels for each layer one for each of its {@link #bands}
   */
  Chain chain(QuantizedGraph graph, List<List<KernelCode>> kernels) {
    return chains.computeIfAbsent(
        kernels.stream().map(layer -> layer.stream().map(KernelCode::inPlace).toList()).toList(),
        inPlace -> new ChainBuilder(graph, this, kernels).build());
  }

  /** The same layers with other turns. */
  Turns withRowsPerTurn(int rows) {
    return of(first, rows, layers, inner, heights, rowBytes);
  }

  /** The extent of the first axis that is longer than 1. */
  private static int height(Shape shape) {
    for (int extent : shape.extents()) {
      if (extent > 1) {
        return extent;
      }
    }
    return 1;
  }

  /** The tensors that only these layers define and read. */
  private static Set<String> inner(QuantizedGraph graph, int first, int last) {
    Set<String> inner = new LinkedHashSet<>();
    Set<String> readInside = new LinkedHashSet<>();
    for (Layer layer : graph.layers().subList(first - 1, last)) {
      inner.addAll(layer.outputs());
      readInside.addAll(layer.inputs());
    }
    inner.retainAll(readInside);
    graph.outputs().forEach(inner::remove);
    for (int number = 1; number <= graph.layers().size(); number++) {
      if (number < first || number > last) {
        graph.layers().get(number - 1).inputs().forEach(inner::remove);
      }
    }
    return inner;
  }

  /** Decides what a turn computes. */
  private void advance(int turn) {
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      String tensor = layers.get(layer).outputs().get(0);
      int end = before(turn, layer);
      if (turn == done.length - 1) {
        end = height(layer);
      } else if (layer == layers.size() - 1) {
        end = Math.max(0, (turn + 1 - warmUp.length) * rowsPerTurn);
      } else if (!inner.contains(tensor)) {
        end = Math.max(end, (int) ((long) height(layer) * (turn + 1) / done.length));
      } else if (turn < warmUp.length) {
        end = Math.max(end, warmUp[turn][layer]);
      }
      for (int reader : readers.getOrDefault(tensor, List.of())) {
        if (done[turn][reader] > before(turn, reader)) {
          end = Math.max(end, input(turn, reader, tensor).end());
        }
      }
      done[turn][layer] = end;
    }
  }

  /** Decides from which row on a turn, in which a layer computes something, keeps its output. */
  private void keep(int turn) {
    for (int layer = 0; layer < layers.size(); layer++) {
      String tensor = layers.get(layer).outputs().get(0);
      int computed = before(turn, layer);
      if (!inner.contains(tensor) || turn == 0) {
        kept[turn][layer] = 0;
      } else if (done[turn][layer] == computed) {
        kept[turn][layer] = kept[turn - 1][layer];
      } else {
        int firstRow = computed;
        for (int reader : readers.get(tensor)) {
          int next = before(turn, reader);
          if (next < height(reader)) {
            firstRow = Math.min(firstRow, behind(reader, tensor, new Rows(next, next + 1)).first());
          }
        }
        kept[turn][layer] = firstRow;
      }
    }
  }

  private int height(int layer) {
    return heights.get(layers.get(layer).outputs().get(0));
  }

  /** The rows of a tensor, as whatever input of a layer, behind some rows of its output. */
  private Rows behind(int layer, String tensor, Rows output) {
    List<String> inputs = layers.get(layer).inputs();
    return IntStream.range(0, inputs.size())
        .filter(i -> inputs.get(i).equals(tensor))
        .mapToObj(i -> behind(layer, i, output))
        .reduce((a, b) -> new Rows(Math.min(a.first(), b.first()), Math.max(a.end(), b.end())))
        .orElseThrow();
  }

  private Rows behind(int layer, int input, Rows output) {
    int inputRows = heights.get(layers.get(layer).inputs().get(0));
    return operator(layer).rowsBehind(input, inputRows, output);
  }

  private RowWise operator(int layer) {
    return (RowWise) layers.get(layer).operator();
  }

  /** How many rows of a layer's output exist before a turn. */
  private int before(int turn, int layer) {
    return turn == 0 ? 0 : done[turn - 1][layer];
  }

  /** Whether a layer is one of these. */
  boolean contains(int number) {
    return first <= number && number <= last();
  }

  /** Number of the first layer. */
  int first() {
    return first;
  }

  /** Number of the last layer. */
  int last() {
    return first + layers.size() - 1;
  }

  List<Layer> layers() {
    return layers;
  }

  int rowsPerTurn() {
    return rowsPerTurn;
  }

  /** How many turns there are. */
  int count() {
    return done.length;
  }

  /** The tensors that never exist as a whole. */
  Set<String> inner() {
    return inner;
  }

  /** Rows of a tensor that these layers read or define. */
  int height(String tensor) {
    return heights.get(tensor);
  }

  /** The layers, by index, that read a tensor. */
  List<Integer> readers(String tensor) {
    return readers.getOrDefault(tensor, List.of());
  }

  /** The rows that a layer computes in a turn; perhaps none. */
  Rows output(int turn, int layer) {
    return new Rows(before(turn, layer), done[turn][layer]);
  }

  /** The rows of a tensor that a layer reads in a turn in which it computes some. */
  Rows input(int turn, int layer, String tensor) {
    return behind(layer, tensor, output(turn, layer));
  }

  /** The same by the number of the input, from 0. */
  Rows input(int turn, int layer, int input) {
    return behind(layer, input, output(turn, layer));
  }

  /**
   * The different operators that a layer's bands are, the most frequent first.
   *
   * @param layer by index
   */
  List<RowWise> bands(int layer) {
    List<RowWise> bands = new ArrayList<>();
    Map<Integer, Integer> frequencies = new LinkedHashMap<>();
    for (int turn = 0; turn < done.length; turn++) {
      if (output(turn, layer).count() > 0) {
        RowWise band = band(turn, layer);
        if (!bands.contains(band)) {
          bands.add(band);
        }
        frequencies.merge(bands.indexOf(band), 1, Integer::sum);
      }
    }
    return frequencies.entrySet().stream()
        .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
        .map(entry -> bands.get(entry.getKey()))
        .toList();
  }

  /** What a layer computes in a turn, as an operator. */
  RowWise band(int turn, int layer) {
    return operator(layer)
        .band(heights.get(layers.get(layer).inputs().get(0)), output(turn, layer));
  }

  /** The first row of a tensor that is in memory during a turn. */
  int firstKept(int turn, String tensor) {
    Integer producer = producers.get(tensor);
    return producer == null ? 0 : kept[turn][producer];
  }

  /** The most rows of a tensor that are in memory at once. */
  int mostRows(String tensor) {
    if (!inner.contains(tensor)) {
      return height(tensor);
    }
    int producer = producers.get(tensor);
    int most = 0;
    for (int turn = 0; turn < done.length; turn++) {
      most = Math.max(most, done[turn][producer] - kept[turn][producer]);
    }
    return most;
  }

  /** Whether a turn reads rows of an inner tensor that an earlier turn computed. */
  boolean staysBetweenTurns(String tensor) {
    for (int turn = 1; turn < done.length; turn++) {
      for (int reader : readers(tensor)) {
        if (output(turn, reader).count() > 0
            && input(turn, reader, tensor).first() < before(turn, producers.get(tensor))) {
          return true;
        }
      }
    }
    return false;
  }
}
