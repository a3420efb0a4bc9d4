package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Chooses one of several kernels for every layer by what they cost together. Layers whose template
 * and arguments are equal share one function, so its code counts once, and a layer may be cheapest
 * with a kernel that is only worth it because others use it too. The choice is a local optimum: no
 * other kernel for one layer, and no function for all layers that can use it, is better.
 */
final class KernelChoice {
  /** What makes two functions the same, see {@link KernelCode}. */
  private record Function(String template, Map<String, Object> arguments) {}

  /**
   * What all kernels cost together.
   *
   * @param instructions estimated, of an inference
   * @param flash bytes of constants and estimated bytes of code
   */
  record Total(long instructions, long flash) {
    private static final Comparator<Total> SMALL = weighing(1, 32);

    private static final Comparator<Total> BALANCED = weighing(2, 3);

    /** By powers of both: the higher one of them is, the more a part of it saved is worth. */
    private static Comparator<Total> weighing(int instructions, int flash) {
      return Comparator.comparingDouble(
              (Total total) ->
                  instructions * Math.log(Math.max(1, (double) total.instructions()))
                      + flash * Math.log(Math.max(1, (double) total.flash())))
          .thenComparingLong(Total::flash)
          .thenComparingLong(Total::instructions);
    }
  }

  private final List<List<KernelCode>> variants;

  /** For each variant of each layer its function's number, from 0. */
  private final List<List<Integer>> functions = new ArrayList<>();

  private final List<Integer> codeBytes = new ArrayList<>();

  /**
   * @param variants of each layer
   * @param codeBytes an estimate of the machine code of a kernel
   */
  KernelChoice(List<List<KernelCode>> variants, ToIntFunction<KernelCode> codeBytes) {
    this.variants = variants;
    Map<Function, Integer> numbers = new LinkedHashMap<>();
    for (List<KernelCode> ofLayer : variants) {
      List<Integer> numbersOfLayer = new ArrayList<>();
      for (KernelCode code : ofLayer) {
        Function function = new Function(code.template(), code.arguments());
        if (!numbers.containsKey(function)) {
          numbers.put(function, numbers.size());
          this.codeBytes.add(codeBytes.applyAsInt(code));
        }
        numbersOfLayer.add(numbers.get(function));
      }
      functions.add(numbersOfLayer);
    }
  }

  /** What some kernels, one of each layer's variants, cost together. */
  Total total(List<KernelCode> kernels) {
    return totalOf(indices(kernels));
  }

  /**
   * The kernels that suit a goal best, from several kernels to start with.
   *
   * @param goal {@link Goal#SIZE} or {@link Goal#BALANCED}
   * @param starts the search begins with each; all of them fit
   * @param fits whether kernels may be chosen; asked only of those that are better
   */
  List<KernelCode> choose(
      Goal goal, List<List<KernelCode>> starts, Predicate<List<KernelCode>> fits) {
    Comparator<Total> order = order(goal);
    return starts.stream()
        .map(start -> improved(indices(start), order, fits))
        .min(Comparator.comparing(this::totalOf, order))
        .map(this::kernels)
        .orElseThrow();
  }

  /** What suits {@link Goal#SIZE} or {@link Goal#BALANCED} better comes first. */
  static Comparator<Total> order(Goal goal) {
    return goal == Goal.SIZE ? Total.SMALL : Total.BALANCED;
  }

  /** The kernels that are smallest if nothing is shared. */
  List<KernelCode> smallest() {
    List<KernelCode> kernels = new ArrayList<>();
    for (int layer = 0; layer < variants.size(); layer++) {
      int best = 0;
      for (int variant = 1; variant < variants.get(layer).size(); variant++) {
        if (ownBytes(layer, variant) < ownBytes(layer, best)) {
          best = variant;
        }
      }
      kernels.add(variants.get(layer).get(best));
    }
    return kernels;
  }

  private long ownBytes(int layer, int variant) {
    return (long) variants.get(layer).get(variant).constantBytes()
        + codeBytes.get(functions.get(layer).get(variant));
  }

  private List<Integer> improved(
      List<Integer> start, Comparator<Total> order, Predicate<List<KernelCode>> fits) {
    List<Integer> best = start;
    List<Integer> previous;
    do {
      previous = best;
      for (List<Integer> candidate : neighbours(previous)) {
        if (order.compare(totalOf(candidate), totalOf(best)) < 0 && fits.test(kernels(candidate))) {
          best = candidate;
        }
      }
    } while (!best.equals(previous));
    return best;
  }

  /** One layer with another variant, or all layers that can with one function. */
  private List<List<Integer>> neighbours(List<Integer> choice) {
    List<List<Integer>> neighbours = new ArrayList<>();
    for (int layer = 0; layer < choice.size(); layer++) {
      for (int variant = 0; variant < variants.get(layer).size(); variant++) {
        if (variant != choice.get(layer)) {
          List<Integer> changed = new ArrayList<>(choice);
          changed.set(layer, variant);
          neighbours.add(changed);
        }
      }
    }
    for (int function = 0; function < codeBytes.size(); function++) {
      List<Integer> changed = new ArrayList<>(choice);
      for (int layer = 0; layer < choice.size(); layer++) {
        int variant = functions.get(layer).indexOf(function);
        if (variant >= 0) {
          changed.set(layer, variant);
        }
      }
      neighbours.add(changed);
    }
    return neighbours;
  }

  private Total totalOf(List<Integer> choice) {
    long instructions = 0;
    long flash = 0;
    boolean[] used = new boolean[codeBytes.size()];
    for (int layer = 0; layer < choice.size(); layer++) {
      KernelCode code = variants.get(layer).get(choice.get(layer));
      int function = functions.get(layer).get(choice.get(layer));
      instructions += code.cost();
      flash += code.constantBytes() + (used[function] ? 0 : codeBytes.get(function));
      used[function] = true;
    }
    return new Total(instructions, flash);
  }

  private List<KernelCode> kernels(List<Integer> choice) {
    List<KernelCode> kernels = new ArrayList<>();
    for (int layer = 0; layer < choice.size(); layer++) {
      kernels.add(variants.get(layer).get(choice.get(layer)));
    }
    return kernels;
  }

  private List<Integer> indices(List<KernelCode> kernels) {
    List<Integer> indices = new ArrayList<>();
    for (int layer = 0; layer < kernels.size(); layer++) {
      indices.add(variants.get(layer).indexOf(kernels.get(layer)));
    }
    return indices;
  }
}
