package io.mcudeploy.quantization.repair;

import io.mcudeploy.calibration.Calibration;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.calibration.Samples;
import io.mcudeploy.evaluation.Evaluation;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.quantization.Quantizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/** A chain of nodes with random weights, node by node; the same at every call. */
final class TestNetwork {
  private final Random random = new Random(42);
  private final Map<String, TensorType> inputs;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private String last = "x";

  TestNetwork(int... shape) {
    inputs = Map.of("x", TensorType.floats(Shape.of(shape)));
  }

  static Conv2d conv(int groups, Padding2d padding, Activation activation) {
    return new Conv2d(Size2d.ONE, Size2d.ONE, padding, groups, activation);
  }

  /** A node with one input. */
  TestNetwork then(String name, Operator operator) {
    return node(name, operator, List.of(last));
  }

  /**
   * A node with random weights, the first axis for outputs, the last for inputs.
   *
   * @param outputScale factor of the weights of an output
   * @param inputScale factor of the weights of an input
   */
  TestNetwork layer(
      String name,
      Operator operator,
      IntToDoubleFunction outputScale,
      IntToDoubleFunction inputScale,
      int... weights) {
    Shape shape = Shape.of(weights);
    float[] values = new float[shape.elements()];
    int perOutput = values.length / weights[0];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          (float)
              (random.nextGaussian()
                  * outputScale.applyAsDouble(i / perOutput)
                  * inputScale.applyAsDouble(i % shape.extent(-1)));
    }
    float[] bias = new float[weights[0]];
    for (int o = 0; o < bias.length; o++) {
      bias[o] = (float) (0.3 * random.nextGaussian() * outputScale.applyAsDouble(o));
    }
    constants.put(name + ".w", new Tensor.Floats(shape, values));
    constants.put(name + ".b", new Tensor.Floats(Shape.of(bias.length), bias));
    return node(name, operator, List.of(last, name + ".w", name + ".b"));
  }

  /** A node whose second input is this constant. */
  TestNetwork with(String name, Operator operator, Tensor.Floats constant) {
    constants.put(name + ".c", constant);
    return node(name, operator, List.of(last, name + ".c"));
  }

  private TestNetwork node(String name, Operator operator, List<String> operands) {
    nodes.add(new Node(name, operator, operands, List.of(name + ".y")));
    last = name + ".y";
    return this;
  }

  Graph graph() {
    return Graph.of("test", inputs, List.of(last), nodes, constants);
  }

  /** SQNR of the outputs when {@code repaired} is quantized in place of {@code original}. */
  static double decibels(Graph original, Graph repaired, Samples samples) {
    return Evaluation.of(
            original,
            Quantizer.quantize(
                repaired, Calibration.of(repaired, samples, RangeMethod.MIN_MAX, done -> {})),
            samples,
            Optional.empty(),
            () -> {})
        .decibels();
  }

  /** The largest difference of two networks' outputs, as a share of the largest output. */
  static double difference(Graph graph, Graph other, Samples samples) {
    double largest = 0;
    double difference = 0;
    for (int index = 0; index < samples.count(); index++) {
      float[] wanted = output(graph, samples.sample().apply(index));
      float[] got = output(other, samples.sample().apply(index));
      for (int i = 0; i < wanted.length; i++) {
        largest = Math.max(largest, Math.abs(wanted[i]));
        difference = Math.max(difference, Math.abs(wanted[i] - got[i]));
      }
    }
    return difference / largest;
  }

  private static float[] output(Graph graph, Map<String, Tensor> sample) {
    return ((Tensor.Floats) new Interpreter(graph).run(sample).get(0)).values();
  }
}
