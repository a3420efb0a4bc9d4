package io.mcudeploy.capsules;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Squash;
import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.operators.Unary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Finds squash functions written out in elementwise operators and reductions.
 *
 * <p>A candidate is what lies between a value x and a value that x dominates, if it is small, ends
 * in a product or quotient and holds nothing else. Whether it is a squash is asked of its numbers:
 * for vectors of many lengths, is the result x · g(|x|²) for one of the known functions g, and
 * along which axis do elements share a factor? So it does not matter in which order an
 * implementation multiplies and divides, or where it takes the root.
 */
final class SquashRecognizer {
  /** The longest way of writing a squash seen in public code takes 12 nodes. */
  private static final int MOST_NODES = 20;

  /** Epsilons seen in public code lie between 1e-21 and 1e-5. */
  private static final double GREATEST_EPSILON = 0.01;

  private static final int TRIALS = 6;

  private SquashRecognizer() {}

  /** The graph with every squash that was found as one node. */
  static Graph rewrite(Graph graph) {
    Graph rewritten = graph;
    boolean found = true;
    while (found) {
      found = false;
      Dominators dominators = Dominators.of(rewritten);
      for (Node node : rewritten.nodes()) {
        Optional<Graph> better = rewriteAt(rewritten, dominators, node);
        if (better.isPresent()) {
          rewritten = better.get();
          found = true;
          break;
        }
      }
    }
    return rewritten;
  }

  private static Optional<Graph> rewriteAt(Graph graph, Dominators dominators, Node node) {
    boolean scales =
        node.operator() instanceof Binary binary
            && (binary.function() == BinaryFunction.MUL || binary.function() == BinaryFunction.DIV);
    if (!scales) {
      return Optional.empty();
    }
    List<String> above = dominators.above(node.output());
    if (above.isEmpty()) {
      return Optional.empty();
    }
    Region region = Region.between(graph, above.get(0), node.output());
    if (!mayBeSquash(region)) {
      return Optional.empty();
    }
    return recognize(region).map(squash -> replaced(region, node, squash));
  }

  private static boolean mayBeSquash(Region region) {
    Shape from = region.graph().type(region.from()).shape();
    Shape to = region.graph().type(region.to()).shape();
    return region.nodes().size() >= 3
        && region.nodes().size() <= MOST_NODES
        && from.rank() > 0
        && from.elements() == to.elements()
        && region.graph().type(region.from()).element().isFloat()
        && region.nodes().stream().allMatch(node -> isPartOfSquash(node.operator()));
  }

  private static boolean isPartOfSquash(Operator operator) {
    return operator instanceof Binary
        || operator instanceof Unary
        || operator instanceof Reduce
        || ElementMaps.moves(operator);
  }

  private static Graph replaced(Region region, Node node, Squash squash) {
    Shape from = region.graph().type(region.from()).shape();
    Shape to = region.graph().type(region.to()).shape();
    Rewrite rewrite = new Rewrite(region.graph(), region.to());
    String input = region.from();
    Shape shape = from;
    if (squash.axis() == from.rank()) {
      shape = withTrailingOne(from);
      input = rewrite.node("vectors", new Reshape(shape), List.of(input));
    }
    String result = rewrite.layer(node.name(), squash, List.of(input));
    if (!shape.equals(to)) {
      rewrite.node("shape", new Reshape(to), List.of(result));
    }
    return rewrite.finish();
  }

  /** A squash whose axis may be one past the last, for elements that are squashed one by one. */
  private static Optional<Squash> recognize(Region region) {
    Shape shape = region.graph().type(region.from()).shape();
    Optional<Integer> axis = axis(region, shape);
    if (axis.isEmpty()) {
      return Optional.empty();
    }
    List<Trial> trials = new ArrayList<>();
    Random random = new Random(7);
    Shape vectors = axis.get() == shape.rank() ? withTrailingOne(shape) : shape;
    for (int i = 0; i < TRIALS; i++) {
      float[] start = vectorsOfManyLengths(vectors, axis.get(), random);
      trials.add(new Trial(start, region.result(new Tensor.Floats(shape, start))));
    }
    Squash best = null;
    double least = Double.POSITIVE_INFINITY;
    for (double epsilon : epsilons(region)) {
      for (SquashFunction.Kind kind : SquashFunction.Kind.values()) {
        Squash candidate = new Squash(axis.get(), new SquashFunction(kind, epsilon));
        double misfit =
            trials.stream().mapToDouble(trial -> trial.misfit(candidate, vectors)).sum();
        // Equal but for rounding: the first one, whose epsilon stands in the network.
        if (misfit < 0.9 * least - 1e-7) {
          least = misfit;
          best = candidate;
        }
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    Squash squash = best;
    boolean fits = trials.stream().allMatch(trial -> trial.isExplainedBy(squash, vectors));
    return fits ? Optional.of(squash) : Optional.empty();
  }

  /** The only axis along which all elements are scaled alike; the rank if there is none. */
  private static Optional<Integer> axis(Region region, Shape shape) {
    Random random = new Random(5);
    float[] start = new float[shape.elements()];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) ((0.3 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1));
    }
    float[] end = region.result(new Tensor.Floats(shape, start));
    List<Integer> shared = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.extent(axis) > 1 && scalesAlike(start, end, shape, axis)) {
        shared.add(axis);
      }
    }
    if (shared.size() == 1) {
      return Optional.of(shared.get(0));
    }
    if (shared.size() > 1) {
      return Optional.empty();
    }
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      if (shape.extent(axis) == 1) {
        return Optional.of(axis);
      }
    }
    return Optional.of(shape.rank());
  }

  private static boolean scalesAlike(float[] start, float[] end, Shape shape, int axis) {
    int stride = shape.strides()[axis];
    for (int i = 0; i < start.length; i++) {
      if (i / stride % shape.extent(axis) > 0) {
        double factor = end[i] / start[i];
        double before = end[i - stride] / start[i - stride];
        boolean alike = Math.abs(factor - before) <= 1e-5 * Math.abs(before);
        if (!alike) {
          return false;
        }
      }
    }
    return true;
  }

  /** 0 last: an epsilon that stands in the network but cannot be felt is still worth telling. */
  private static double[] epsilons(Region region) {
    Set<Double> found = new LinkedHashSet<>();
    for (Node node : region.nodes()) {
      for (String input : node.inputs()) {
        if (region.graph().constants().get(input) instanceof Tensor.Floats constant) {
          for (float number : constant.values()) {
            if (number > 0 && number <= GREATEST_EPSILON) {
              found.add(Double.parseDouble(Float.toString(number)));
            }
          }
        }
      }
    }
    return DoubleStream.concat(
            found.stream().mapToDouble(Double::doubleValue).limit(4), DoubleStream.of(0))
        .toArray();
  }

  /** Lengths from 1e-4, where epsilons show, to 30, where all is saturated. */
  private static float[] vectorsOfManyLengths(Shape shape, int axis, Random random) {
    int stride = shape.strides()[axis];
    int extent = shape.extent(axis);
    float[] values = new float[shape.elements()];
    for (int start = 0; start < values.length; start++) {
      if (start / stride % extent > 0) {
        continue;
      }
      double[] direction = random.doubles(extent, -1, 1).toArray();
      double norm = Math.sqrt(DoubleStream.of(direction).map(x -> x * x).sum());
      double length = Math.pow(10, -4 + 5.5 * random.nextDouble());
      for (int i = 0; i < extent; i++) {
        values[start + i * stride] = (float) (direction[i] / norm * length);
      }
    }
    return values;
  }

  private static Shape withTrailingOne(Shape shape) {
    int[] extents = Arrays.copyOf(shape.extents(), shape.rank() + 1);
    extents[shape.rank()] = 1;
    return Shape.of(extents);
  }

  /** What the region made of one tensor. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Trial(float[] start, float[] end) {

    /** The mean relative difference, each element's at most 1. */
    double misfit(Squash squash, Shape shape) {
      float[] expected = run(squash, shape);
      double sum = 0;
      for (int i = 0; i < end.length; i++) {
        double difference = Math.abs(end[i] - expected[i]) / Math.abs(expected[i]);
        sum += difference <= 1 ? difference : 1;
      }
      return sum / end.length;
    }

    /** Nothing that the network's user could notice differs. */
    boolean isExplainedBy(Squash squash, Shape shape) {
      float[] expected = run(squash, shape);
      for (int i = 0; i < end.length; i++) {
        boolean close = Math.abs(end[i] - expected[i]) <= 1e-6 + 1e-5 * Math.abs(expected[i]);
        if (!close) {
          return false;
        }
      }
      return true;
    }

    private float[] run(Squash squash, Shape shape) {
      Tensor result = squash.evaluate(List.of(new Tensor.Floats(shape, start))).get(0);
      return ((Tensor.Floats) result).values();
    }
  }
}
