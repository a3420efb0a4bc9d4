package io.mcudeploy.plan;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.RowWise;
import io.mcudeploy.quantized.Rows;
import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Consecutive layers computed for one stripe of columns after another, so that rows between them
 * are only as long as a stripe is wide. Where windows reach beyond a stripe, the columns at its
 * edge are computed for both neighbours:
 *
 * <pre>
 * x ─▶ a ─▶ b ─▶ y      x ─▶ columns ─▶ a ─▶ b ─▶ y left  ─┐
 *                       x ─▶ columns ─▶ a ─▶ b ─▶ y right ─┴▶ concat ─▶ y
 * </pre>
 */
final class Stripes {
  private final QuantizedGraph graph;
  private final int first;
  private final int last;
  private final int count;
  private final Map<String, Image> images = new LinkedHashMap<>();

  /** Columns of the last layer's output in all stripes but the first and the last. */
  private int innerColumns;

  /** A tensor as an image; columns are an axis of its shape. */
  private record Image(int rows, int axis, int columns, int depth) {
    static Optional<Image> of(Shape shape) {
      int row = 0;
      while (row < shape.rank() && shape.extent(row) == 1) {
        row++;
      }
      if (row + 1 >= shape.rank() || shape.extent(row + 1) == 1) {
        return Optional.empty();
      }
      int rows = shape.extent(row);
      int columns = shape.extent(row + 1);
      return Optional.of(new Image(rows, row + 1, columns, shape.elements() / rows / columns));
    }

    Rows all() {
      return new Rows(0, columns);
    }
  }

  private Stripes(QuantizedGraph graph, int first, int last, int count) {
    this.graph = graph;
    this.first = first;
    this.last = last;
    this.count = count;
  }

  /**
   * Some layers in stripes; empty if one of them does not compute images column by column, if more
   * than the last layer's output is read by others, or if that has fewer columns.
   *
   * @param first number of the first layer, from 1
   * @param last number of the last layer
   * @param count of stripes, at least 2
   */
  static Optional<Stripes> of(QuantizedGraph graph, int first, int last, int count) {
    Stripes stripes = new Stripes(graph, first, last, count);
    return stripes.isPossible() ? Optional.of(stripes) : Optional.empty();
  }

  private List<Layer> layers() {
    return graph.layers().subList(first - 1, last);
  }

  private String output() {
    return graph.layers().get(last - 1).outputs().get(0);
  }

  private boolean isPossible() {
    Set<String> read = new LinkedHashSet<>(graph.outputs());
    for (int number = 1; number <= graph.layers().size(); number++) {
      if (number < first || number > last) {
        read.addAll(graph.layers().get(number - 1).inputs());
      }
    }
    for (Layer layer : layers()) {
      String result = layer.outputs().get(0);
      boolean isRead = read.contains(result);
      if (isRead != result.equals(output())
          || graph.states().containsValue(result)
          || !(layer.operator() instanceof RowWise operator)
          || !isPossible(layer, operator)) {
        return false;
      }
    }
    if (images.get(output()).columns() < count) {
      return false;
    }
    divide();
    return true;
  }

  /**
   * Divides the columns so that the widest stripe needs the fewest. Stripes at the edges need
   * columns of one neighbour only, so they may have more of their own; those between are equal, and
   * so are their kernels.
   */
  private void divide() {
    int all = images.get(output()).columns();
    int least = Integer.MAX_VALUE;
    int best = 0;
    for (int columns = 1; columns <= (all - 2) / Math.max(1, count - 2); columns++) {
      innerColumns = columns;
      int most = Math.max(inputColumns(0), Math.max(inputColumns(1), inputColumns(count - 1)));
      if (most <= least) {
        least = most;
        best = columns;
      }
      if (count == 2) {
        break;
      }
    }
    innerColumns = best;
  }

  /** Columns of the first layer's input that a stripe needs. */
  private int inputColumns(int stripe) {
    return needed(stripe).get(layers().get(0).inputs().get(0)).count();
  }

  private boolean isPossible(Layer layer, RowWise operator) {
    for (String tensor : layer.inputs()) {
      Optional<Image> image = Image.of(graph.tensor(tensor).shape());
      if (image.isEmpty() || graph.states().containsKey(tensor)) {
        return false;
      }
      images.put(tensor, image.get());
    }
    Image input = images.get(layer.inputs().get(0));
    String result = layer.outputs().get(0);
    Optional<Image> output = Image.of(graph.tensor(result).shape());
    output.ifPresent(image -> images.put(result, image));
    return output.isPresent()
        && layer.inputs().stream().allMatch(tensor -> isLike(images.get(tensor), input))
        && operator.outputRows(input.rows()) == output.get().rows()
        && operator.outputColumns(input.rows(), input.columns()) == output.get().columns();
  }

  private static boolean isLike(Image image, Image other) {
    return image.rows() == other.rows() && image.columns() == other.columns();
  }

  /** The columns of the last layer's output that a stripe computes. */
  private Rows columns(int stripe) {
    int all = images.get(output()).columns();
    int left = (all - (count - 2) * innerColumns) / 2;
    int first = stripe == 0 ? 0 : left + (stripe - 1) * innerColumns;
    int end = stripe == count - 1 ? all : left + stripe * innerColumns;
    return new Rows(first, end);
  }

  /** For each tensor the columns that a stripe needs of it. */
  private Map<String, Rows> needed(int stripe) {
    Map<String, Rows> needed = new LinkedHashMap<>();
    needed.put(output(), columns(stripe));
    List<Layer> backwards = new ArrayList<>(layers());
    Collections.reverse(backwards);
    for (Layer layer : backwards) {
      Rows behind = behind(layer, needed);
      for (String input : layer.inputs()) {
        needed.merge(input, behind, Stripes::hull);
      }
    }
    return needed;
  }

  private static Rows hull(Rows one, Rows other) {
    return new Rows(Math.min(one.first(), other.first()), Math.max(one.end(), other.end()));
  }

  private static Rows behind(Layer layer, Map<String, Rows> needed) {
    return ((RowWise) layer.operator()).columnsBehind(needed.get(layer.outputs().get(0)));
  }

  /** The layers of one stripe and the tensors that they define. */
  private final class Stripe {
    private final int number;
    private final Map<String, Rows> needed;
    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();

    /** Where each tensor's needed columns are; outside of these layers all columns are. */
    private final Map<String, Rows> present = new LinkedHashMap<>();

    Stripe(int stripe) {
      number = stripe + 1;
      needed = needed(stripe);
      for (Layer layer : layers()) {
        Rows behind = behind(layer, needed);
        List<String> inputs =
            layer.inputs().stream().map(tensor -> columns(tensor, behind)).toList();
        String result = layer.outputs().get(0);
        Rows own = needed.get(result);
        int inputColumns = images.get(layer.inputs().get(0)).columns();
        present.put(result, own);
        layers.add(
            new Layer(
                name(layer.name(), number),
                ((RowWise) layer.operator()).stripe(inputColumns, own),
                inputs,
                List.of(define(name(result, number), result, own)),
                layer.origins()));
      }
    }

    /** The tensor of some columns of another, which is copied unless these are all of it. */
    private String columns(String tensor, Rows some) {
      Image image = images.get(tensor);
      Rows all = present.getOrDefault(tensor, image.all());
      String whole = present.containsKey(tensor) ? name(tensor, number) : tensor;
      if (some.equals(all)) {
        return whole;
      }
      String part = name(tensor, number) + " columns " + some.first() + " to " + (some.end() - 1);
      if (!tensors.containsKey(part)) {
        Rows inside = new Rows(some.first() - all.first(), some.end() - all.first());
        Copy copy =
            Copy.columns(
                graph.tensor(tensor).storage(), image.rows(), all.count(), image.depth(), inside);
        layers.add(
            new Layer(part, copy, List.of(whole), List.of(define(part, tensor, some)), List.of()));
      }
      return part;
    }

    private String define(String part, String tensor, Rows columns) {
      QuantizedTensor whole = graph.tensor(tensor);
      Shape shape = whole.shape().with(images.get(tensor).axis(), columns.count());
      tensors.put(part, new QuantizedTensor(part, shape, whole.quantization()));
      return part;
    }
  }

  /** The name of a stripe's part of a tensor or layer, stripes counted from 1. */
  private static String name(String whole, int stripe) {
    return whole + " stripe " + stripe;
  }

  /** The network with these layers in stripes, each after the other. */
  QuantizedGraph whole() {
    List<Layer> layers = new ArrayList<>(graph.layers().subList(0, first - 1));
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>(graph.tensors());
    layers().forEach(layer -> tensors.remove(layer.outputs().get(0)));
    tensors.put(output(), graph.tensor(output()));
    List<String> parts = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    Image image = images.get(output());
    for (int i = 0; i < count; i++) {
      Stripe stripe = new Stripe(i);
      layers.addAll(stripe.layers);
      tensors.putAll(stripe.tensors);
      parts.add(name(output(), i + 1));
      lengths.add(columns(i).count() * image.depth());
    }
    Rescale same =
        Rescale.of(graph.tensor(output()).quantization(), graph.tensor(output()).quantization());
    layers.add(
        new Layer(
            output() + " of stripes",
            new Concat(image.rows(), lengths, Collections.nCopies(count, same)),
            parts,
            List.of(output()),
            List.of()));
    layers.addAll(graph.layers().subList(last, graph.layers().size()));
    return new QuantizedGraph(
        graph.name(),
        graph.inputs(),
        graph.outputs(),
        layers,
        tensors,
        graph.constants(),
        graph.states());
  }

  /** One stripe as a network: the one that needs the most columns of the first layer's input. */
  QuantizedGraph widest() {
    int widest = 0;
    for (int i = 1; i < count; i++) {
      if (inputColumns(i) > inputColumns(widest)) {
        widest = i;
      }
    }
    Stripe stripe = new Stripe(widest);
    Set<String> inputs = new LinkedHashSet<>();
    stripe.layers.forEach(layer -> inputs.addAll(layer.inputs()));
    stripe.layers.forEach(layer -> inputs.removeAll(layer.outputs()));
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>(graph.tensors());
    tensors.putAll(stripe.tensors);
    return new QuantizedGraph(
        graph.name(),
        inputs.stream().filter(tensor -> !graph.constants().containsKey(tensor)).toList(),
        List.of(name(output(), widest + 1)),
        stripe.layers,
        tensors,
        graph.constants());
  }

  /** The number of each stripe's first layer, and of the layer that joins them. */
  List<Integer> starts() {
    List<Integer> starts = new ArrayList<>();
    int next = first;
    for (int i = 0; i < count; i++) {
      starts.add(next);
      next += new Stripe(i).layers.size();
    }
    starts.add(next);
    return starts;
  }

  /** Number of the first of these layers. */
  int first() {
    return first;
  }

  /** Number of the last of these layers. */
  int last() {
    return last;
  }

  int count() {
    return count;
  }

  /** Multiplications of an inference that are done for the second time. */
  long macsAgain() {
    long macs = 0;
    for (int i = 0; i < count; i++) {
      macs += new Stripe(i).layers.stream().mapToLong(layer -> layer.operator().macs()).sum();
    }
    return macs - layers().stream().mapToLong(layer -> layer.operator().macs()).sum();
  }
}
