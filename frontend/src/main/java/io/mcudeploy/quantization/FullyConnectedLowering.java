package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/** Vectors by a constant matrix. */
record FullyConnectedLowering(FullyConnected operator) implements Lowering {
  @Override
  public boolean takesInt16() {
    return true;
  }

  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return Clamps.isClamp(follower);
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.reachesLinear(step);
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape weights = assembly.shape(step.input(1));
    add(
        step,
        assembly,
        step.input(0),
        assembly.requireConstant(step, 1, "weight matrix"),
        assembly.bias(step, weights.extent(0)),
        operator.activation());
  }

  /**
   * Adds a fully connected layer.
   *
   * @param weights [outputs][inputs]
   */
  static void add(
      Step step,
      Assembly assembly,
      String vectors,
      Tensor.Floats weights,
      Tensor.Floats bias,
      Activation activation) {
    int outputs = bias.shape().elements();
    int inputs = weights.shape().elements() / outputs;
    Quantization input = assembly.quantization(vectors);
    Quantization output = assembly.quantization(step.output());
    LinearWeights linear = LinearWeights.ofMatrix(weights, bias, input, output);
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.FullyConnected(
            assembly.shape(vectors).elements() / inputs,
            inputs,
            outputs,
            input.storage(),
            input.zeroPoint(),
            linear.weights(),
            linear.bias(),
            Clamps.stage(linear.multipliers(), output, Clamps.of(step, activation))),
        List.of(assembly.tensor(vectors)));
  }
}
