package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.ArrayList;
import java.util.List;

/** Tensors side by side, each brought to the output's scale. */
record ConcatLowering(Concat operator) implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.inherit(step.output(), step.node().inputs());
  }

  @Override
  public boolean takesInt16() {
    return true;
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Quantization output = assembly.quantization(step.output());
    Shape result = assembly.shape(step.output());
    int inner = result.strides()[operator.axis()];
    int outer = result.elements() / (inner * result.extent(operator.axis()));
    List<Integer> lengths = new ArrayList<>();
    List<Rescale> rescales = new ArrayList<>();
    List<String> tensors = new ArrayList<>();
    for (String input : step.node().inputs()) {
      int length = assembly.shape(input).extent(operator.axis()) * inner;
      if (length == 0) {
        continue;
      }
      Quantization scale = assembly.operandScale(input, output);
      lengths.add(length);
      rescales.add(Rescale.of(scale, output));
      tensors.add(assembly.tensor(input, scale));
    }
    assembly.add(
        step, new io.mcudeploy.quantized.operators.Concat(outer, lengths, rescales), tensors);
  }
}
