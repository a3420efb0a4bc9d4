package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.network.Network;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction;
import io.mcudeploy.quantized.Quantization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operator that the table of mappings imports as a function of one number, from the file to
 * int8: the mappings are asked which these are, so that none is left out.
 */
class FunctionsInIntegersTest {
  private static final int OPSET = 24;
  private static final int ELEMENTS = 500;

  @TempDir Path folder;

  /** A model of each function, fed with numbers for which it is finite. */
  static List<OneNodeModel> models() {
    return NodeMappings.all().stream()
        .filter(operator -> operator.domain().isEmpty())
        .flatMap(operator -> model(operator.opType()).stream())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("models")
  void isWithinHalfAStepOfTheFunctionOfWhatMayHaveBeenMeant(OneNodeModel model) throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), model.toBytes());
    UnaryFunction function = function(model).orElseThrow();
    IntegerRun run =
        IntegerRun.of(Network.read(file, ImportOptions.none(), each -> {}), model.fed());
    String input = run.quantized().inputs().get(0);
    float[] given = ((Tensor.Floats) model.fed().get(input)).values();
    double halfInput = run.quantized().tensor(input).quantization().scale() / 2;
    Quantization output = run.type(0).quantization();
    float[] actual = run.reals(0);

    assertThat(run.quantized().layers()).hasSize(1);
    for (int i = 0; i < given.length; i++) {
      double wanted = function.apply(given[i]);
      double representable = Math.max(output.toReal(-128), Math.min(output.toReal(127), wanted));
      double ofInput = effect(function, given[i], halfInput);
      assertThat(representable).isCloseTo(wanted, within(1.001 * output.scale()));
      assertThat((double) actual[i])
          .as("of %s", given[i])
          .isCloseTo(representable, within(0.501 * output.scale() + ofInput));
    }
  }

  @Test
  void theMappingsNameTheFunctionsOfTheMicrocontrollerWorld() {
    assertThat(models())
        .extracting(OneNodeModel::opType)
        .contains("Abs", "Ceil", "Celu", "Clip", "Cos", "Elu", "Erf", "Exp", "Floor", "Gelu")
        .contains("HardSigmoid", "HardSwish", "LeakyRelu", "Log", "Mish", "Neg", "Reciprocal")
        .contains("Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Softplus")
        .contains("Softsign", "Sqrt", "Swish", "Tanh", "ThresholdedRelu");
  }

  /** The most by which the function differs from its value within a distance. */
  private static double effect(UnaryFunction function, double x, double distance) {
    return IntStream.rangeClosed(-8, 8)
        .mapToDouble(part -> function.apply(x + part / 8.0 * distance) - function.apply(x))
        .map(Math::abs)
        .max()
        .orElseThrow();
  }

  /** A model of an operator if one input is all it needs and it becomes a function. */
  private static Optional<OneNodeModel> model(String opType) {
    OneNodeModel everywhere = new OneNodeModel(opType, OPSET).between(-4, 4).feed(1, ELEMENTS);
    OneNodeModel positive = new OneNodeModel(opType, OPSET).between(0.25, 4).feed(1, ELEMENTS);
    return function(everywhere)
        .map(
            function ->
                DoubleStream.iterate(-4, x -> x <= 4, x -> x + 0.25)
                        .allMatch(x -> Double.isFinite(function.apply(x)))
                    ? everywhere
                    : positive);
  }

  private static Optional<UnaryFunction> function(OneNodeModel model) {
    try {
      Path file = Files.createTempFile(model.opType(), ".onnx");
      try {
        Files.write(file, model.toBytes());
        Graph graph = OnnxImporter.read(file, ImportOptions.none(), diagnostic -> {});
        return graph.nodes().size() == 1 && graph.nodes().get(0).operator() instanceof Unary unary
            ? Optional.of(unary.function())
            : Optional.empty();
      } finally {
        Files.delete(file);
      }
    } catch (DiagnosticException e) {
      // It needs more inputs, or attributes.
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
