package io.mcudeploy.network;

import io.mcudeploy.calibration.Progress;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.evaluation.Evaluation;
import io.mcudeploy.ir.Graph;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Looks for a better recipe, one change at a time: first the methods for ranges, then the repairs
 * in their order. A change is kept if the outputs' SQNR on calibration samples rises and no fewer
 * answers are those of the float network; so the result is never worse on these than the start.
 */
final class RecipeSearch {
  /** Samples on which recipes are judged. */
  private static final int JUDGED_SAMPLES = 128;

  /** A smaller gain, in decibels, is not worth a change. */
  private static final double WORTHWHILE = 0.1;

  private final Graph graph;
  private final Samples judged;
  private final Workbench workbench;
  private final Progress progress;
  private final List<Trial> trials = new ArrayList<>();
  private Recipe recipe;
  private QuantizedNetwork best;
  private Evaluation quality;

  private RecipeSearch(Graph graph, Samples samples, Recipe start, Progress progress) {
    this.graph = graph;
    this.judged = samples.last(JUDGED_SAMPLES);
    this.workbench = new Workbench(graph, samples, progress);
    this.progress = progress;
    this.recipe = start;
    this.best = workbench.quantize(start);
    this.quality = judge(start.ranges().toString(), best);
    trials.add(
        new Trial(start.ranges().toString(), quality.decibels(), 0, quality.agreement(), true));
  }

  /** The network by the best recipe found, with all that was tried. */
  static QuantizedNetwork from(Graph graph, Samples samples, Recipe start, Progress progress) {
    RecipeSearch search = new RecipeSearch(graph, samples, start, progress);
    for (RangeMethod method : methods()) {
      if (!method.toString().equals(start.ranges().toString())) {
        search.attempt(method.toString(), search.recipe.with(method));
      }
    }
    for (Repair repair : Repair.values()) {
      if (!start.repairs().contains(repair)) {
        search.attempt(repair.name().toLowerCase(Locale.ROOT), search.recipe.with(repair));
      }
    }
    return new QuantizedNetwork(search.best.reference(), search.best.integers(), search.trials);
  }

  private static List<RangeMethod> methods() {
    List<RangeMethod> methods = new ArrayList<>(RangeMethod.all());
    methods.add(RangeMethod.percentile(99.99));
    return methods;
  }

  private void attempt(String what, Recipe candidate) {
    QuantizedNetwork result = workbench.quantize(candidate);
    Evaluation found = judge(what, result);
    double gain = found.decibels() - quality.decibels();
    boolean kept = gain >= WORTHWHILE && found.agreement() >= quality.agreement();
    trials.add(new Trial(what, found.decibels(), gain, found.agreement(), kept));
    if (kept) {
      recipe = candidate;
      best = result;
      quality = found;
    }
  }

  private Evaluation judge(String what, QuantizedNetwork network) {
    try (Progress.Task task = progress.start("trying " + what, judged.count())) {
      return Evaluation.of(graph, network.integers(), judged, Optional.empty(), task::step);
    }
  }
}
