package io.mcudeploy.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.SharedData;
import io.mcudeploy.calibration.ActivationScheme;
import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.Progress;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.capsules.Recognition;
import io.mcudeploy.data.DataFile;
import io.mcudeploy.data.DataSet;
import io.mcudeploy.data.Normalization;
import io.mcudeploy.evaluation.Evaluation;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.network.QuantizedNetwork;
import io.mcudeploy.network.Recipe;
import io.mcudeploy.network.Repair;
import io.mcudeploy.onnx.OnnxImporter;
import io.mcudeploy.passes.Passes;
import io.mcudeploy.quantization.repair.WeightScheme;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Networks that others trained, on real data. */
class WholeModelTest {
  private static final Normalization TO_ONE = new Normalization(1 / 255.0, 0, List.of(), List.of());

  @Test
  void residualNetworkAgreesWithFloatOnHundredImages() {
    Model model = residualNetwork(200);
    Answers answers = model.answers(cifar(model, "test_first1000.bin"), 100);

    assertThat(answers.agreement()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  @Tag("long")
  void residualNetworkKeepsItsAccuracy() {
    Model model = residualNetwork(2000);
    Answers first = model.answers(cifar(model, "test_first1000.bin"), 1000);
    Answers other = model.answers(cifar(model, "test_other452.bin"), 452);

    double accuracy = (first.accuracy() * 1000 + other.accuracy() * 452) / 1452;
    // ONNX Runtime's float result is 87.95 %; ours is to be no more than 0.3 points below.
    assertThat(accuracy).isBetween(0.8765, 0.8845);
  }

  @Test
  void residualNetworkGainsByRounding() {
    Network network = network("mlperf-tiny/ic_pretrainedResnet.onnx");
    Samples images =
        Samples.of(
            network.graph(),
            DataFile.samples(
                SharedData.path("cifar10/train_first2000.bin"),
                input(network.graph()),
                Normalization.NONE));

    double plain = decibels(network, images, Set.of());
    double rounded = decibels(network, images, Set.of(Repair.ROUND));

    assertThat(rounded).isGreaterThan(plain + 1);
  }

  /** SQNR on images that calibration has not seen. */
  private static double decibels(Network network, Samples images, Set<Repair> repairs) {
    Recipe recipe =
        new Recipe(
            RangeMethod.MSE,
            ActivationScheme.ASYMMETRIC,
            WeightScheme.PER_CHANNEL,
            repairs,
            Recipe.HALF);
    QuantizedNetwork quantized =
        network.quantized(Optional.of(images.first(64)), recipe, warning -> {}, Progress.NONE);
    return Evaluation.of(
            network.graph(), quantized.integers(), images.last(48), Optional.empty(), () -> {})
        .decibels();
  }

  @Test
  void keywordSpottingAgreesWithFloatOnHundredWords() {
    assertThat(keywordSpotting(100, 100).agreement()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  @Tag("long")
  void keywordSpottingCalibratedOnOneHalfKeepsItsAccuracyOnTheOther() {
    Evaluation evaluation = keywordSpotting(500, 500);

    assertThat(evaluation.int8Accuracy().orElseThrow())
        .isGreaterThanOrEqualTo(evaluation.floatAccuracy().orElseThrow() - 0.003);
    assertThat(evaluation.agreement()).isGreaterThanOrEqualTo(0.97);
  }

  /** Calibrated on the first samples, evaluated on the last. */
  private static Evaluation keywordSpotting(int first, int last) {
    Network network = network("mlperf-tiny/kws_ref_model_float32.tflite");
    Samples words =
        Samples.of(
            network.graph(),
            DataFile.samples(
                SharedData.path("kws01/kws01_x.npy"),
                input(network.graph()),
                new Normalization(0.5847029, -83 * 0.5847029, List.of(), List.of())));
    List<Integer> labels = DataFile.labels(SharedData.path("kws01/kws01_y.npy"));
    QuantizedGraph quantized =
        network.quantized(
            Optional.of(words.first(first)), RangeMethod.MSE, warning -> {}, done -> {});
    return Evaluation.of(
        network.graph(),
        quantized,
        words.last(last),
        Optional.of(labels.subList(labels.size() - last, labels.size())),
        () -> {});
  }

  @Test
  void capsuleNetworkAgreesWithFloatOnHundredImages() {
    Model model = capsuleNetwork(100);
    Answers answers = model.answers(digits(model), 100);

    assertThat(answers.agreement()).isGreaterThanOrEqualTo(0.99);
    assertThat(answers.meanError()).isLessThan(0.006);
  }

  @Test
  @Tag("long")
  void capsuleNetworkKeepsItsAccuracy() {
    Model model = capsuleNetwork(2000);
    Answers answers = model.answers(digits(model), 10_000);

    assertThat(answers.accuracy()).isGreaterThanOrEqualTo(0.9897);
    assertThat(answers.agreement()).isGreaterThanOrEqualTo(0.9988);
    assertThat(answers.meanError()).isLessThan(0.006);
  }

  @Test
  @Tag("long")
  void deeperCapsuleNetworkKeepsItsAccuracy() {
    Graph graph = read("capsnets/caps_net_cifar.onnx");
    DataSet data =
        DataFile.samples(SharedData.path("cifar10/train_first2000.bin"), input(graph), TO_ONE);
    Model model = Model.of(graph, data, 2000);
    Answers first = model.answers(cifar(model, "test_first1000.bin", TO_ONE), 1000);
    Answers other = model.answers(cifar(model, "test_other452.bin", TO_ONE), 452);

    double accuracy = (first.accuracy() * 1000 + other.accuracy() * 452) / 1452;
    // ONNX Runtime's float result is 78.10 %.
    assertThat(accuracy).isBetween(0.7785, 0.7835);
    assertThat(first.meanError()).isLessThan(0.006);
  }

  private static Model residualNetwork(int samples) {
    Graph graph = read("mlperf-tiny/ic_pretrainedResnet.onnx");
    DataSet data =
        DataFile.samples(
            SharedData.path("cifar10/train_first2000.bin"), input(graph), Normalization.NONE);
    return Model.of(graph, data, samples);
  }

  private static Model capsuleNetwork(int samples) {
    Graph graph = read("capsnets/caps_net_mnist.onnx");
    DataSet data =
        DataFile.samples(
            SharedData.path("mnist/train-first2000-images-idx3-ubyte.gz"), input(graph), TO_ONE);
    return Model.of(graph, data, samples);
  }

  private static Labelled cifar(Model model, String file) {
    return cifar(model, file, Normalization.NONE);
  }

  private static Labelled cifar(Model model, String file, Normalization normalization) {
    DataSet data =
        DataFile.samples(SharedData.path("cifar10/" + file), input(model.graph()), normalization);
    return new Labelled(data, DataFile.integers(data.labels().orElseThrow()));
  }

  private static Labelled digits(Model model) {
    return new Labelled(
        DataFile.samples(
            SharedData.path("mnist/t10k-images-idx3-ubyte.gz"), input(model.graph()), TO_ONE),
        DataFile.labels(SharedData.path("mnist/t10k-labels-idx1-ubyte.gz")));
  }

  private static Graph read(String file) {
    Graph graph = OnnxImporter.read(SharedData.path(file), ImportOptions.none(), diagnostic -> {});
    return Passes.simplify(Recognition.of(Passes.simplify(graph)).graph());
  }

  private static Network network(String file) {
    return Network.read(SharedData.path(file), ImportOptions.none(), diagnostic -> {});
  }

  private static Shape input(Graph graph) {
    return graph.inputs().values().iterator().next().shape();
  }

  private record Labelled(DataSet data, List<Integer> labels) {}

  private record Answers(double accuracy, double agreement, double meanError) {}

  private record Model(Graph graph, QuantizedGraph quantized) {
    static Model of(Graph graph, DataSet data, int samples) {
      Ranges ranges =
          Calibration.of(
              graph, Samples.of(graph, data).first(samples), RangeMethod.MSE, done -> {});
      return new Model(graph, Quantizer.quantize(graph, ranges));
    }

    Answers answers(Labelled labelled, int count) {
      Interpreter interpreter = new Interpreter(graph);
      GoldenModel golden = new GoldenModel(quantized);
      String input = quantized.inputs().get(0);
      String output = quantized.outputs().get(0);
      double[][] outcomes =
          IntStream.range(0, count)
              .parallel()
              .mapToObj(
                  i -> {
                    Tensor.Floats sample = labelled.data().sample(i, input(graph));
                    float[] wanted =
                        ((Tensor.Floats) interpreter.run(Map.of(input, sample)).get(0)).values();
                    byte[] image = MemoryImage.quantized(sample, quantized.tensor(input));
                    byte[] result = golden.run(List.of(image)).get(0);
                    float[] got = MemoryImage.real(result, quantized.tensor(output)).values();
                    int answer = largest(got);
                    return new double[] {
                      answer == labelled.labels().get(i) ? 1 : 0,
                      answer == largest(wanted) ? 1 : 0,
                      meanDifference(wanted, got)
                    };
                  })
              .toArray(double[][]::new);
      return new Answers(mean(outcomes, 0), mean(outcomes, 1), mean(outcomes, 2));
    }

    private static double mean(double[][] outcomes, int column) {
      double sum = 0;
      for (double[] outcome : outcomes) {
        sum += outcome[column];
      }
      return sum / outcomes.length;
    }

    private static double meanDifference(float[] wanted, float[] got) {
      double sum = 0;
      for (int i = 0; i < wanted.length; i++) {
        sum += Math.abs(wanted[i] - got[i]);
      }
      return sum / wanted.length;
    }

    private static int largest(float[] values) {
      int best = 0;
      for (int i = 1; i < values.length; i++) {
        best = values[i] > values[best] ? i : best;
      }
      return best;
    }
  }
}
