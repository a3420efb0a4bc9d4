package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.Cost;
import java.util.Collections;
import java.util.List;

/**
 * A chain of equal steps as a loop over a body of several steps, written out. The last round may do
 * steps beyond the chain; their weights are 0.
 *
 * @param steps in a round
 * @param rounds of the loop
 */
record Unrolling(int steps, int rounds) {
  /** What the loop costs a round, in instructions. */
  private static final int LOOP_COST = 4;

  /**
   * The cheapest loop.
   *
   * @param needed steps, at least 1
   * @param stepCost instructions of a step
   * @param most steps in a body, which limits the size of the code
   */
  static Unrolling of(int needed, int stepCost, int most) {
    Unrolling best = new Unrolling(1, needed);
    for (int steps = 2; steps <= most; steps++) {
      Unrolling loop = new Unrolling(steps, (needed + steps - 1) / steps);
      if (loop.cost(stepCost) < best.cost(stepCost)) {
        best = loop;
      }
    }
    return best;
  }

  /** Instructions of the whole chain. */
  int cost(int stepCost) {
    return rounds * (steps * stepCost + LOOP_COST);
  }

  /** The same as parts of a kernel's cost, for so many chains. */
  Cost cost(Cost cost, long chains) {
    return cost.with("step", chains * total()).with("round", rounds > 1 ? chains * rounds : 0);
  }

  /** Steps of all rounds. */
  int total() {
    return steps * rounds;
  }

  /** A list as long as the body, for a template to walk along. */
  List<Integer> body() {
    return Collections.nCopies(steps, 0);
  }
}
