package io.mcudeploy.quantization;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * Operators that only move elements: nothing where the memory image stays, else a copy by strides
 * or, where none describe it, by a list of places. The scale stays, unless other layers force a
 * change.
 */
record MoveLowering(Operator operator) implements Lowering {
  @Override
  public boolean takesInt16() {
    return true;
  }

  @Override
  public boolean takesIntegers() {
    return true;
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.share(step.input(0), step.output());
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    IndexMap map = IndexMap.of(operator, assembly.shape(step.input(0)));
    String input = assembly.tensor(step.input(0));
    if (map.isIdentity()) {
      assembly.alias(step, input);
      return;
    }
    IntegerOperator copy = map.move(assembly.quantization(step.input(0)).storage());
    if (assembly.quantization(step.input(0)).equals(assembly.quantization(step.output()))) {
      assembly.add(step, copy, List.of(input));
      return;
    }
    String moved =
        assembly.intermediate(
            step.name() + "_copy",
            copy,
            List.of(input),
            assembly.shape(step.output()),
            assembly.quantization(step.input(0)));
    assembly.alias(step, moved);
  }
}
