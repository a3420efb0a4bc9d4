package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.MatMul;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Matrix products: fully connected where one operand is a single constant matrix. */
record MatMulLowering() implements Lowering {
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
    int inner = rules.shape(step.input(0)).extent(-1);
    rules.reaches(
        step.output(),
        () ->
            inner
                * rules.range(step.input(0)).magnitude()
                * rules.range(step.input(1)).magnitude());
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape left = assembly.shape(step.input(0));
    Shape right = assembly.shape(step.input(1));
    Optional<Tensor.Floats> leftConstant = assembly.constant(step.input(0));
    Optional<Tensor.Floats> rightConstant = assembly.constant(step.input(1));
    if (rightConstant.isPresent() && batches(right) == 1) {
      Shape matrix = Shape.of(right.extent(-2), right.extent(-1));
      Tensor.Floats weights = transposed(rightConstant.get(), matrix);
      addFullyConnected(step, assembly, step.input(0), weights, right.extent(-1));
    } else if (leftConstant.isPresent() && batches(left) == 1 && right.extent(-1) == 1) {
      addFullyConnected(step, assembly, step.input(1), leftConstant.get(), left.extent(-2));
    } else {
      addMatMul(step, assembly, left, right);
    }
  }

  private static void addFullyConnected(
      Step step, Assembly assembly, String vectors, Tensor.Floats weights, int outputs) {
    Tensor.Floats bias = new Tensor.Floats(Shape.of(outputs), new float[outputs]);
    FullyConnectedLowering.add(step, assembly, vectors, weights, bias, Activation.NONE);
  }

  private static void addMatMul(Step step, Assembly assembly, Shape left, Shape right) {
    Quantization leftScale = int8(step.input(0), assembly);
    Quantization rightScale = int8(step.input(1), assembly);
    Quantization output = int8(step.output(), assembly);
    Shape result = assembly.shape(step.output());
    int batches = batches(result);
    Multiplier multiplier = Multiplier.of(leftScale.scale() * rightScale.scale() / output.scale());
    assembly.add(
        step,
        new MatMul(
            batches,
            batches > 1 && batches(left) == 1,
            batches > 1 && batches(right) == 1,
            left.extent(-2),
            left.extent(-1),
            right.extent(-1),
            leftScale.zeroPoint(),
            rightScale.zeroPoint(),
            Clamps.stage(List.of(multiplier), output, Clamps.of(step, Activation.NONE))),
        List.of(
            batched(step, assembly, step.input(0), result),
            batched(step, assembly, step.input(1), result)));
  }

  /** The operand's tensor, repeated where it has several batches but not all. */
  private static String batched(Step step, Assembly assembly, String operand, Shape result) {
    Shape shape = assembly.shape(operand);
    String tensor = assembly.tensor(operand, int8(operand, assembly));
    if (batches(shape) == 1 || batches(shape) == batches(result)) {
      return tensor;
    }
    int[] extents = result.extents();
    extents[extents.length - 2] = shape.extent(-2);
    extents[extents.length - 1] = shape.extent(-1);
    Shape repeated = Shape.of(extents);
    return assembly.intermediate(
        step.name() + "_repeat",
        IndexMap.of(new Expand(repeated), shape).copy().orElseThrow(),
        List.of(tensor),
        repeated,
        int8(operand, assembly));
  }

  /** Products of two activations are computed in int8. */
  private static Quantization int8(String value, Assembly assembly) {
    return assembly.quantization(value).storedAs(StorageType.INT8);
  }

  private static int batches(Shape shape) {
    return Arrays.stream(shape.extents()).limit(shape.rank() - 2L).reduce(1, (a, b) -> a * b);
  }

  private static Tensor.Floats transposed(Tensor.Floats values, Shape matrix) {
    return (Tensor.Floats)
        new Transpose(List.of(1, 0)).evaluate(List.of(values.reshaped(matrix))).get(0);
  }
}
