package io.mcudeploy.quantization;

import static io.mcudeploy.quantized.operators.Softmax.LARGEST_DEPTH;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Int16Softmax;
import java.util.List;

/** Softmax along any axis; its output is at 1/256, or at 1/32768 in int16. */
record SoftmaxLowering(Softmax operator) implements Lowering {
  /** Of int16 inputs: the distances of larger ones would not fit their multiplier. */
  private static final double LARGEST_SCALE = 2;

  @Override
  public boolean takesInt16() {
    return true;
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.fixUnit(step.output(), step.input(0));
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Shape shape = assembly.shape(step.input(0));
    int depth = shape.extent(operator.axis());
    if (depth > LARGEST_DEPTH) {
      throw assembly.unsupported(
          step, "a Softmax over " + depth + " elements; " + LARGEST_DEPTH + " are the most");
    }
    int inner = shape.strides()[operator.axis()];
    Quantization input = assembly.quantization(step.input(0));
    Quantization output = assembly.quantization(step.output());
    if (input.storage() == StorageType.INT16 || output.storage() == StorageType.INT16) {
      Quantization wide = input.storedAs(StorageType.INT16);
      if (wide.scale() >= LARGEST_SCALE) {
        throw assembly.unsupported(step, "a Softmax of numbers beyond " + 32_767 * LARGEST_SCALE);
      }
      String result =
          assembly.intermediate(
              step.name() + "_softmax",
              Int16Softmax.of(shape.elements() / (depth * inner), depth, inner, wide.scale()),
              List.of(assembly.tensor(step.input(0), wide)),
              shape,
              Scales.INT16_UNIT);
      assembly.alias(step, result);
      return;
    }
    assembly.add(
        step,
        io.mcudeploy.quantized.operators.Softmax.of(
            shape.elements() / (depth * inner), depth, inner, input.scale()),
        List.of(assembly.tensor(step.input(0))));
  }
}
