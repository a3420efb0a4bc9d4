package io.mcudeploy.quantization;

import io.mcudeploy.calibration.Range;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Where;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Attention hides numbers from a Softmax by constants far below all others, −10,000 or −∞. A scale
 * that covered them would leave one or two integers to the numbers that count.
 *
 * <pre>
 *   x ── Add ── Softmax        x ── Where ── Softmax
 *   mask ─┘                    mask ─┘
 * </pre>
 *
 * <p>With x ≥ a, the greatest number of a row is at least the floor plus ln(2 · steps · n), where n
 * numbers make a row and the steps are those of 0..1 at the Softmax's output: so all that lies
 * below the floor weighs less than half a step together. Masks end at the floor, and so do the
 * ranges of what they hide. Only a row that is hidden entirely becomes another, all its weights
 * alike.
 *
 * @param graph with the masks limited
 * @param ranges with the Softmax's inputs limited
 */
record SoftmaxMasks(Graph graph, Ranges ranges) {

  static SoftmaxMasks limit(Graph graph, Ranges ranges) {
    SoftmaxMasks result = new SoftmaxMasks(graph, ranges);
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof Softmax softmax) {
        result = result.limited(node.inputs().get(0), softmax.axis());
      }
    }
    return result;
  }

  /** With the mask limited that gives this input of a Softmax, if one does. */
  private SoftmaxMasks limited(String input, int axis) {
    Node node = graph.producers().get(input);
    boolean isForSoftmax =
        !graph.results().contains(input)
            && graph.consumers().get(input).size() == 1
            && graph.type(input).shape().elements() > 0;
    OptionalInt mask = node == null || !isForSoftmax ? OptionalInt.empty() : maskOf(node);
    if (mask.isEmpty()) {
      return this;
    }
    int index = mask.getAsInt();
    boolean adds = node.operator() instanceof Binary;
    Range values = ranges.ranges().get(node.inputs().get(adds ? 1 - index : 3 - index));
    Range sums = ranges.ranges().get(input);
    Tensor.Floats numbers = (Tensor.Floats) graph.constants().get(node.inputs().get(index));
    Shape shape = graph.type(input).shape();
    double shown = adds ? shown(numbers, axis - shape.rank() + numbers.shape().rank()) : 0;
    if (values == null || sums == null || Double.isInfinite(shown)) {
      return this;
    }
    double floor = values.low() + shown - negligible(shape.extent(axis));
    double lowest = adds ? floor - values.high() : floor;
    if (leastOf(numbers) >= lowest) {
      return this;
    }
    String name = unused(node.name() + "_mask");
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    constants.put(name, raised(numbers, lowest));
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.set(index, name);
    Node masking = new Node(node.name(), node.operator(), inputs, node.outputs());
    Map<String, Range> limits = new HashMap<>(ranges.ranges());
    // Not where the sums were seen to begin: calibration passes over infinite ones.
    limits.put(input, new Range(Math.min(sums.high(), floor), sums.high()));
    return new SoftmaxMasks(
        graph.with(
            graph.nodes().stream().map(each -> each.equals(node) ? masking : each).toList(),
            constants),
        new Ranges(limits, ranges.predictions(), ranges.scheme()));
  }

  /** Which input of a node is a mask: the only constant of the two that it adds or chooses from. */
  private OptionalInt maskOf(Node node) {
    boolean adds = node.operator().equals(new Binary(BinaryFunction.ADD));
    if (!adds && !(node.operator() instanceof Where)) {
      return OptionalInt.empty();
    }
    int first = adds ? 0 : 1;
    boolean left = graph.constants().get(node.inputs().get(first)) instanceof Tensor.Floats;
    boolean right = graph.constants().get(node.inputs().get(first + 1)) instanceof Tensor.Floats;
    return left == right ? OptionalInt.empty() : OptionalInt.of(left ? first : first + 1);
  }

  /**
   * What is added to a number of every row at least: the least of the rows' greatest. Rows of −∞
   * alone have no Softmax.
   *
   * @param axis along which the rows are; negative if the mask does not have it
   */
  private static double shown(Tensor.Floats mask, int axis) {
    int extent = axis < 0 ? 1 : mask.shape().extent(axis);
    int stride = axis < 0 ? 1 : mask.shape().strides()[axis];
    float[] values = mask.values();
    double[] greatest = new double[values.length / extent];
    Arrays.fill(greatest, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < values.length; i++) {
      int row = i / (stride * extent) * stride + i % stride;
      greatest[row] = Math.max(greatest[row], values[i]);
    }
    return Arrays.stream(greatest).filter(Double::isFinite).min().orElse(Double.NEGATIVE_INFINITY);
  }

  /** How far below the greatest number the others weigh less than half a step together. */
  private double negligible(int elements) {
    double steps = ranges.scheme().storage() == StorageType.INT16 ? 0x1p15 : 0x1p8;
    return Math.log(2 * steps * elements);
  }

  private static double leastOf(Tensor.Floats mask) {
    double least = Double.POSITIVE_INFINITY;
    for (float value : mask.values()) {
      least = Math.min(least, value);
    }
    return least;
  }

  private static Tensor raised(Tensor.Floats mask, double floor) {
    float[] values = mask.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.max(values[i], floor);
    }
    return new Tensor.Floats(mask.shape(), values);
  }

  private String unused(String name) {
    String result = name;
    while (graph.types().containsKey(result)) {
      result += "_";
    }
    return result;
  }
}
