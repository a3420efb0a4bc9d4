package io.mcudeploy.network;

import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.Observations;
import io.mcudeploy.calibration.Progress;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.quantization.Quantizer;
import io.mcudeploy.quantization.repair.BiasCorrection;
import io.mcudeploy.quantization.repair.CrossLayerEqualization;
import io.mcudeploy.quantization.repair.OutlierMigration;
import io.mcudeploy.quantization.repair.WeightEncoder;
import io.mcudeploy.quantization.repair.WeightScheme;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Quantizes one network by one recipe after the other; what they share is done once. */
final class Workbench {
  /** Samples from which the rounding of weights is learnt; more change little. */
  private static final int ROUNDING_SAMPLES = 256;

  /** Samples on which outliers are measured. */
  private static final int MIGRATION_SAMPLES = 512;

  private final Graph graph;
  private final Samples samples;
  private final Progress progress;
  private final Map<Set<Repair>, Scaled> scaled = new HashMap<>();

  Workbench(Graph graph, Samples samples, Progress progress) {
    this.graph = graph;
    this.samples = samples;
    this.progress = progress;
  }

  /** A network whose scales have been moved, and what was seen of it. */
  private record Scaled(Graph graph, Observations observations) {}

  QuantizedNetwork quantize(Recipe recipe) {
    Scaled start = scaled(recipe);
    Ranges ranges = start.observations().ranges(recipe.ranges(), recipe.activations());
    Graph network = start.graph();
    boolean rounds = recipe.repairs().contains(Repair.ROUND);
    boolean corrects = recipe.repairs().contains(Repair.CORRECT);
    if (rounds || corrects || recipe.weights() != WeightScheme.PER_CHANNEL) {
      WeightEncoder encoder = new WeightEncoder(network, ranges, recipe.weights());
      Samples some = samples.first(ROUNDING_SAMPLES);
      network =
          rounds
              ? watched("rounding", some, step -> encoder.leastError(some, step))
              : encoder.nearest();
    }
    if (corrects) {
      Graph encoded = network;
      Samples some = samples.first(BiasCorrection.MOST_SAMPLES);
      network =
          watched(
              "correcting",
              some,
              step -> BiasCorrection.of(start.graph(), encoded, ranges, some, step));
    }
    return new QuantizedNetwork(start.graph(), Quantizer.quantize(network, ranges), List.of());
  }

  private Scaled scaled(Recipe recipe) {
    Set<Repair> moves = new TreeSet<>(recipe.repairs());
    moves.retainAll(Set.of(Repair.EQUALIZE, Repair.MIGRATE));
    Scaled known = scaled.get(moves);
    if (known != null) {
      return known;
    }
    Graph moved = moves.contains(Repair.EQUALIZE) ? CrossLayerEqualization.of(graph) : graph;
    Samples some = samples.first(MIGRATION_SAMPLES);
    Graph result =
        moves.contains(Repair.MIGRATE)
            ? watched(
                "migrating",
                some,
                step -> OutlierMigration.of(moved, some, recipe.migration(), step))
            : moved;
    Observations observations =
        watched(
            "calibrating",
            samples,
            step -> Calibration.observe(result, samples, done -> step.run()));
    scaled.put(moves, new Scaled(result, observations));
    return scaled.get(moves);
  }

  private <T> T watched(String task, Samples work, Function<Runnable, T> job) {
    try (Progress.Task under = progress.start(task, work.count())) {
      return job.apply(under::step);
    }
  }
}
