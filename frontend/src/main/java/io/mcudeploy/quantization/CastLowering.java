package io.mcudeploy.quantization;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.operators.Cast;
import java.util.EnumSet;
import java.util.Set;

/** Casts among wide integers, which are int32 in any case: nothing to do. */
record CastLowering(Cast operator) implements Lowering {
  private static final Set<ElementType> WIDE =
      EnumSet.of(ElementType.INT64, ElementType.INT32, ElementType.UINT32);

  @Override
  public boolean takesIntegers() {
    return true;
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    ElementType from = assembly.graph().type(step.input(0)).element();
    if (!WIDE.contains(from) || !WIDE.contains(operator.element())) {
      throw assembly.unsupported(
          step, "Cast from " + from + " to " + operator.element() + " has no integer arithmetic");
    }
    assembly.alias(step, assembly.tensor(step.input(0)));
  }
}
