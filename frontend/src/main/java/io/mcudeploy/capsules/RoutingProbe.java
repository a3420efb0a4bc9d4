package io.mcudeploy.capsules;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.operators.CapsuleRouting.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Compares a part of a graph with the capsule layer it is believed to be, on inputs on which
 * routing matters: input capsules that agree about one output capsule and contradict each other
 * about the rest. Inputs drawn without such a plan have agreements so small that a wrong update
 * would hide behind rounding.
 */
final class RoutingProbe {
  /** Of the results, whose greatest possible size is 1. */
  private static final double TOLERANCE = 5e-5;

  /** Greatest elements of the predictions: from nearly linear to nearly decided coupling. */
  private static final double[] SCALES = {0.5, 2, 6};

  private RoutingProbe() {}

  /**
   * Requires equal results.
   *
   * @param layer from the input capsules to the last squash
   * @throws MismatchException if they differ, or if the inputs could not tell
   */
  static void verify(Region layer, Prediction prediction, RoutingStructure structure) {
    Random random = new Random(11);
    CapsuleRouting routing = structure.routing();
    boolean decisive = false;
    for (double scale : SCALES) {
      float[] capsules = capsules(prediction, structure, scale, random);
      float[] actual = layer.result(asStored(capsules, prediction, layer));
      float[] expected = run(routing, structure, prediction, capsules);
      double difference = difference(actual, expected, structure.elementOrder());
      if (!(difference <= TOLERANCE)) {
        throw new MismatchException(
            String.format(
                "it differs from dynamic routing of %d passes by up to %.2g",
                routing.iterations(), difference));
      }
      CapsuleRouting shorter =
          RoutingStructure.with(routing, routing.iterations() - 1, Output.VECTORS);
      float[] other = run(shorter, structure, prediction, capsules);
      decisive |= difference(actual, other, structure.elementOrder()) > 10 * TOLERANCE;
    }
    if (!decisive) {
      throw new MismatchException("its last pass has no effect that could be measured");
    }
  }

  /** Whether a region makes of capsule vectors their lengths, in the order of the capsules. */
  static boolean givesLengths(Region region, RoutingStructure structure) {
    Random random = new Random(13);
    int dimension = structure.routing().outputDimension();
    Shape shape = region.graph().type(region.from()).shape();
    for (double scale : new double[] {0.05, 0.3}) {
      float[] vectors = new float[shape.elements()];
      double[] squares = new double[structure.routing().outputCapsules()];
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = (float) (scale * random.nextGaussian());
        squares[structure.elementOrder().get(i) / dimension] += vectors[i] * vectors[i];
      }
      float[] lengths = region.result(new Tensor.Floats(shape, vectors));
      for (int j = 0; j < squares.length; j++) {
        boolean close = Math.abs(lengths[j] - Math.sqrt(squares[j])) <= TOLERANCE;
        if (!close) {
          return false;
        }
      }
    }
    return true;
  }

  /** Input capsules [I, Din] that for the most part predict the same of one output capsule. */
  private static float[] capsules(
      Prediction prediction, RoutingStructure structure, double scale, Random random) {
    int inputs = prediction.inputCapsules();
    int depth = prediction.inputDimension();
    int dimension = structure.routing().outputDimension();
    float[] weights = structure.weights().values();
    int favourite = random.nextInt(structure.routing().outputCapsules());
    double[] wanted = random.doubles(dimension, -1, 1).toArray();
    float[] capsules = new float[inputs * depth];
    for (int i = 0; i < capsules.length; i++) {
      int row = (favourite * inputs + i / depth) * dimension;
      double towards = 0;
      double size = 1e-9;
      for (int k = 0; k < dimension; k++) {
        double weight = weights[(row + k) * depth + i % depth];
        towards += weight * wanted[k];
        size += Math.abs(weight);
      }
      capsules[i] = (float) (towards / size + 0.2 * random.nextGaussian());
    }
    double greatest = greatestPrediction(weights, capsules, depth, dimension);
    for (int i = 0; i < capsules.length; i++) {
      capsules[i] *= (float) (scale / greatest);
    }
    return capsules;
  }

  private static double greatestPrediction(
      float[] weights, float[] capsules, int depth, int dimension) {
    double greatest = 1e-9;
    for (int row = 0; row < weights.length / depth; row++) {
      int capsule = row / dimension * depth % capsules.length;
      double sum = 0;
      for (int d = 0; d < depth; d++) {
        sum += weights[row * depth + d] * capsules[capsule + d];
      }
      greatest = Math.max(greatest, Math.abs(sum));
    }
    return greatest;
  }

  private static Tensor asStored(float[] capsules, Prediction prediction, Region layer) {
    Shape shape = layer.graph().type(prediction.source()).shape();
    float[] stored = new float[capsules.length];
    int next = 0;
    for (List<Integer> members : prediction.members()) {
      for (int member : members) {
        stored[member] = capsules[next++];
      }
    }
    return new Tensor.Floats(shape, stored);
  }

  private static float[] run(
      CapsuleRouting routing, RoutingStructure structure, Prediction prediction, float[] capsules) {
    Shape shape = Shape.of(1, prediction.inputCapsules(), prediction.inputDimension());
    List<Tensor> inputs = new ArrayList<>(List.of(new Tensor.Floats(shape, capsules)));
    inputs.addAll(structure.constants());
    return ((Tensor.Floats) routing.evaluate(inputs).get(0)).values();
  }

  /** The greatest difference; NaN if one occurs, so compare with care. */
  private static double difference(float[] actual, float[] expected, List<Integer> order) {
    double greatest = 0;
    for (int i = 0; i < actual.length; i++) {
      greatest = Math.max(greatest, Math.abs(actual[i] - expected[order.get(i)]));
    }
    return greatest;
  }
}
