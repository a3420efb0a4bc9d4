package io.mcudeploy.cli;

import io.mcudeploy.calibration.ActivationScheme;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.network.Network;
import io.mcudeploy.network.QuantizedNetwork;
import io.mcudeploy.network.Recipe;
import io.mcudeploy.network.Repair;
import io.mcudeploy.quantization.repair.WeightScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a float network becomes an integer one. */
final class QuantizationOptions {
  @Option(
      names = "--calibrate",
      paramLabel = "DATA",
      description =
          "Typical inputs, some hundred; .npy, .npz, IDX, CIFAR-10 .bin or raw. For several inputs"
              + " repeat the option, in the order of the inputs.")
  private List<Path> calibration = List.of();

  @Option(
      names = "--ranges",
      paramLabel = "METHOD",
      defaultValue = "mse",
      converter = RangeMethodName.class,
      completionCandidates = RangeMethodName.class,
      description =
          "How ranges follow from the samples: ${COMPLETION-CANDIDATES};"
              + " percentile:99.9 for another percentile than 99.999.")
  private RangeMethod method;

  @Option(
      names = "--activations",
      paramLabel = "SCALES",
      defaultValue = "ASYMMETRIC",
      description = "Scales of activations: ${COMPLETION-CANDIDATES}.")
  private ActivationScheme activations;

  @Option(
      names = "--weights",
      paramLabel = "SCALES",
      defaultValue = "PER_CHANNEL",
      description = "Scales of weights: ${COMPLETION-CANDIDATES}.")
  private WeightScheme weights;

  @Option(
      names = "--repair",
      paramLabel = "REPAIR",
      split = ",",
      description = "Repairs before quantization, several with commas: ${COMPLETION-CANDIDATES}.")
  private List<Repair> repairs = List.of();

  @Option(
      names = "--migration",
      paramLabel = "STRENGTH",
      defaultValue = "" + Recipe.HALF,
      converter = Share.class,
      description = "How much of an outlier MIGRATE moves into weights: 0 to 1, usually 0.5.")
  private double migration;

  @Option(
      names = "--quantizer",
      paramLabel = "CHOICE",
      defaultValue = "MANUAL",
      description =
          "MANUAL: as the other options say. AUTO: also try other ranges and repairs, and keep what"
              + " gains on the calibration samples.")
  private Choice quantizer;

  @Mixin private NormalizationOptions normalization;

  /** Who chooses ranges and repairs. */
  private enum Choice {
    MANUAL,
    AUTO
  }

  /** The integer network, calibrated on the user's samples. */
  QuantizedNetwork quantize(Network network, Console console) {
    Optional<Samples> samples = samples(network.graph());
    Recipe recipe = new Recipe(method, activations, weights, Set.copyOf(repairs), migration);
    return quantizer == Choice.AUTO
        ? network.bestQuantized(samples, recipe, console, console::progress)
        : network.quantized(samples, recipe, console, console::progress);
  }

  /** The user's samples, if there are any. */
  Optional<Samples> samples(Graph graph) {
    return calibration.isEmpty()
        ? Optional.empty()
        : Optional.of(samples(graph, dataSets(graph, calibration, "--calibrate")));
  }

  /** The samples of data sets, one for each input of the network. */
  static Samples samples(Graph graph, List<DataSet> sets) {
    return new Samples(sets.get(0).size(), index -> sample(graph, sets, index));
  }

  /** One data set for each input of the network, of equal size. */
  List<DataSet> dataSets(Graph graph, List<Path> files, String option) {
    if (files.size() != graph.inputs().size()) {
      throw Diagnostic.of(
              Code.E0301,
              Location.nowhere(),
              "the network has "
                  + graph.inputs().size()
                  + " inputs, "
                  + option
                  + " names "
                  + files.size()
                  + " files")
          .note("inputs: " + graph.inputs())
          .help("give " + option + " once for each input, in this order")
          .asException();
    }
    List<DataSet> sets = new ArrayList<>();
    for (TensorType input : graph.inputs().values()) {
      sets.add(
          DataFile.samples(files.get(sets.size()), input.shape(), normalization.normalization()));
    }
    for (DataSet set : sets) {
      if (set.size() != sets.get(0).size()) {
        throw Diagnostic.of(
                Code.E0301,
                new Location.File(set.file()),
                "it has "
                    + set.size()
                    + " samples, "
                    + sets.get(0).file()
                    + " has "
                    + sets.get(0).size())
            .asException();
      }
    }
    return sets;
  }

  /** The inputs of one sample, by their names. */
  static Map<String, Tensor> sample(Graph graph, List<DataSet> sets, int index) {
    Map<String, Tensor> sample = new LinkedHashMap<>();
    graph
        .inputs()
        .forEach((name, type) -> sample.put(name, sets.get(sample.size()).sample(index, type)));
    return sample;
  }
}
