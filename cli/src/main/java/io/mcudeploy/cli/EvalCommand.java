package io.mcudeploy.cli;

import io.mcudeploy.calibration.Samples;
import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.NumberArray;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.evaluation.Evaluation;
import io.mcudeploy.evaluation.LayerErrors;
import io.mcudeploy.network.Network;
import io.mcudeploy.network.QuantizedNetwork;
import io.mcudeploy.network.Trial;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Accuracy of float and int8 model over a data set. */
@Command(
    name = "eval",
    description = "Compare the float model and the int8 golden model over a data set.",
    mixinStandardHelpOptions = true)
final class EvalCommand implements Callable<Integer> {
  /** Samples on which layers are compared; each costs about as many runs as there are layers. */
  private static final int LAYER_SAMPLES = 64;

  private final Console console;

  @Mixin private ModelOptions model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DATA",
      description = "The samples; repeat for several inputs, in their order.")
  private List<Path> data;

  @Option(
      names = "--labels",
      paramLabel = "LABELS",
      description = "One class number a sample; CIFAR-10 batches hold them already.")
  private Optional<Path> labels;

  @Option(
      names = "--first",
      paramLabel = "COUNT",
      converter = PositiveCount.class,
      description = "Use only the first samples of the data.")
  private Optional<Integer> first;

  @Option(
      names = "--layers",
      description = "Also tell what each layer loses, those that cost most first.")
  private boolean layers;

  @Mixin private QuantizationOptions quantization;

  @Mixin private JsonOption json;

  EvalCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Network network = Network.read(model.file(), model.importOptions(), console);
    List<DataSet> samples = quantization.dataSets(network.graph(), data, "--data");
    int count = Math.min(first.orElse(Integer.MAX_VALUE), samples.get(0).size());
    Optional<List<Integer>> known = labels(samples.get(0), count);
    QuantizedNetwork quantized = quantization.quantize(network, console);
    Evaluation evaluation;
    try (Console.Progress progress = console.progress("evaluating", count)) {
      evaluation =
          Evaluation.of(
              network.graph(),
              quantized.integers(),
              QuantizationOptions.samples(network.graph(), samples).first(count),
              known,
              progress::step);
    }
    Optional<LayerErrors> errors =
        layers
            ? Optional.of(errors(quantized, QuantizationOptions.samples(network.graph(), samples)))
            : Optional.empty();
    if (json.wanted()) {
      Map<String, Object> facts = facts(evaluation);
      if (!quantized.trials().isEmpty()) {
        facts.put("tried", quantized.trials().stream().map(Trial::facts).toList());
      }
      errors.ifPresent(found -> facts.put("layers", found.layers()));
      console.json(facts);
    } else {
      print(evaluation);
      print(quantized.trials());
      errors.ifPresent(this::print);
    }
    return 0;
  }

  private LayerErrors errors(QuantizedNetwork quantized, Samples samples) {
    Samples some = samples.first(Math.min(first.orElse(LAYER_SAMPLES), LAYER_SAMPLES));
    try (Console.Progress progress = console.progress("layer by layer", some.count())) {
      return LayerErrors.of(quantized.reference(), quantized.integers(), some, progress::step);
    }
  }

  private Optional<List<Integer>> labels(DataSet samples, int count) {
    Optional<List<Integer>> known =
        labels
            .map(DataFile::labels)
            .or(() -> samples.labels().map((NumberArray numbers) -> DataFile.integers(numbers)));
    known.ifPresent(
        list -> {
          if (list.size() < count) {
            throw Diagnostic.of(
                    Code.E0402,
                    labels
                        .<Location>map(file -> new Location.File(file.toString()))
                        .orElse(Location.nowhere()),
                    list.size() + " labels for " + count + " samples")
                .help("--first " + list.size() + " evaluates only samples with a label")
                .asException();
          }
        });
    return known.map(list -> list.subList(0, count));
  }

  private void print(Evaluation evaluation) {
    console.out().printf(Locale.ROOT, "samples               %,d%n", evaluation.samples());
    evaluation.floatAccuracy().ifPresent(share -> percent("accuracy, float", share));
    evaluation.int8Accuracy().ifPresent(share -> percent("accuracy, int8", share));
    percent("same answer", evaluation.agreement());
    console.out().printf(Locale.ROOT, "mean output error     %.6f%n", evaluation.meanError());
    console.out().printf(Locale.ROOT, "maximum output error  %.6f%n", evaluation.maximumError());
    console.out().printf(Locale.ROOT, "SQNR                  %.1f dB%n", evaluation.decibels());
  }

  private void print(List<Trial> trials) {
    if (trials.isEmpty()) {
      return;
    }
    console.out().println();
    TextTable table = new TextTable(Trial.COLUMNS.toArray(String[]::new));
    trials.forEach(trial -> table.row(trial.cells().toArray()));
    table.print(console.out());
  }

  private void print(LayerErrors errors) {
    console.out().println();
    TextTable table =
        new TextTable("SQNR alone", "SQNR here", "saturated", "of", "operator", "layer");
    for (LayerErrors.LayerError layer : errors.ranked()) {
      table.row(
          decibels(layer.alone()),
          decibels(layer.here()),
          layer.saturated(),
          layer.results(),
          layer.operator(),
          layer.layer());
    }
    table.print(console.out());
  }

  private static String decibels(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private void percent(String what, double share) {
    console.out().printf(Locale.ROOT, "%-21s %.2f %%%n", what, 100 * share);
  }

  private static Map<String, Object> facts(Evaluation evaluation) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("samples", evaluation.samples());
    evaluation.floatAccuracy().ifPresent(share -> facts.put("floatAccuracy", share));
    evaluation.int8Accuracy().ifPresent(share -> facts.put("int8Accuracy", share));
    facts.put("agreement", evaluation.agreement());
    facts.put("meanError", evaluation.meanError());
    facts.put("maximumError", evaluation.maximumError());
    facts.put("decibels", evaluation.decibels());
    return facts;
  }
}
