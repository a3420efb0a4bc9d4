package io.mcudeploy.capsules;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.CapsuleRouting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * An output of the network that depends on a single output capsule, always the same. Decoders are
 * to reconstruct the input from the longest capsule; where a network chooses it outside of what the
 * exporter records, the choice made for the exporter's sample stays in the file for ever.
 *
 * @param output the network's output
 * @param capsule the capsule it depends on, from 0
 */
record FixedMask(String output, int capsule) {

  /** All such outputs of a network whose capsule layers are recognised. */
  static List<FixedMask> in(Graph graph) {
    Dominators dominators = Dominators.of(graph);
    List<FixedMask> masks = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof CapsuleRouting routing
          && routing.output() == CapsuleRouting.Output.VECTORS
          && routing.outputCapsules() > 1) {
        for (String output : graph.outputs()) {
          if (dominators.above(output).contains(node.output())) {
            Region decoder = Region.between(graph, node.output(), output);
            List<Integer> used = usedCapsules(decoder, routing.outputCapsules());
            if (used.size() == 1) {
              masks.add(new FixedMask(output, used.get(0)));
            }
          }
        }
      }
    }
    return masks;
  }

  /** The capsules whose vector makes a difference at the region's end. */
  private static List<Integer> usedCapsules(Region region, int capsules) {
    Shape shape = region.graph().type(region.from()).shape();
    float[] vectors = new float[shape.elements()];
    Random random = new Random(19);
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) (0.3 * random.nextGaussian());
    }
    float[] reference = region.result(new Tensor.Floats(shape, vectors));
    int dimension = vectors.length / capsules;
    List<Integer> used = new ArrayList<>();
    for (int capsule = 0; capsule < capsules; capsule++) {
      float[] changed = vectors.clone();
      Arrays.fill(changed, capsule * dimension, (capsule + 1) * dimension, 0.4f);
      if (!Arrays.equals(reference, region.result(new Tensor.Floats(shape, changed)))) {
        used.add(capsule);
      }
    }
    return used;
  }
}
