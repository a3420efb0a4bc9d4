package io.mcudeploy.passes;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/** The rules every network goes through, and how they are run. */
public final class Passes {
  /** Real networks settle in fewer than ten rounds; more means that two rules undo each other. */
  private static final int MAX_ROUNDS = 100;

  private Passes() {}

  /** All rules, in the order of a round. */
  public static List<Pass> standard() {
    return List.of(
        new DeadCodeRemoval(),
        new ConstantFolding(),
        new HoistDequantize(),
        new JoinQuantizeDequantize(),
        new NarrowGrid(),
        new RepeatedFakeQuantize(),
        new IdentityRemoval(),
        new CommonSubexpressions(),
        new MergeReshapes(),
        new MergeTransposes(),
        new TransposeToReshape(),
        new SinkTranspose(),
        new SinkTransposeBelowReshape(),
        new HoistTranspose(),
        new HoistTransposeAboveReshape(),
        new UnaryBeforeReshape(),
        new ConstantMatMulToFullyConnected(),
        new TransposeIntoWeights(),
        new AffineAfterLayer(),
        new AffineBeforeLayer(),
        new LimitToClamp(),
        new MergeClamps(),
        new ClampBeforeMaxPool(),
        new ActivationFusion(),
        new PaddingFusion(),
        new DecomposedSoftmax(),
        new DecomposedNormalization(),
        new ScaleIntoNormalization(),
        new GlobalAveragePool(),
        new ParallelConvolutions());
  }

  /** Runs the standard rules until none fires. */
  public static Graph simplify(Graph graph) {
    return run(standard(), graph);
  }

  /**
   * Runs passes in rounds until none changes the graph.
   *
   * @throws IllegalStateException if a pass changes what the graph promises, or they never settle
   */
  @SuppressWarnings("ReferenceEquality") // A pass without effect returns the graph itself.
  public static Graph run(List<Pass> passes, Graph graph) {
    Graph current = graph;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Graph before = current;
      for (Pass pass : passes) {
        Graph after = pass.apply(current);
        checkContract(pass, graph, after);
        current = after;
      }
      if (current == before) {
        return current;
      }
    }
    throw new IllegalStateException("the passes do not settle on " + graph.name());
  }

  private static void checkContract(Pass pass, Graph original, Graph changed) {
    boolean sameTypes = original.outputs().equals(changed.outputs());
    for (String output : original.outputs()) {
      TensorType type = changed.types().get(output);
      sameTypes &= original.type(output).equals(type);
    }
    if (!sameTypes || !original.inputs().equals(changed.inputs())) {
      throw new IllegalStateException(
          pass.name() + " changes inputs or outputs of " + original + "to those of " + changed);
    }
  }
}
