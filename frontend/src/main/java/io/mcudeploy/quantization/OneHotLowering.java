package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.OneHot;
import io.mcudeploy.quantized.Quantization;
import java.util.List;

/** A mark at each index. */
record OneHotLowering(OneHot operator) implements Lowering {
  @Override
  public boolean takesIntegers() {
    return true;
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.cover(step.output(), operator.off());
    rules.cover(step.output(), operator.on());
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Quantization output = assembly.quantization(step.output());
    Shape shape = assembly.shape(step.output());
    int inner = shape.strides()[operator.axis()];
    assembly.add(
        step,
        new io.mcudeploy.quantized.operators.OneHot(
            shape.elements() / (operator.depth() * inner),
            operator.depth(),
            inner,
            output.toInt8(operator.off()),
            output.toInt8(operator.on())),
        List.of(assembly.tensor(step.input(0))));
  }
}
