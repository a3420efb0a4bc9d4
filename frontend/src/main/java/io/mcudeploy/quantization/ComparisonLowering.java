package io.mcudeploy.quantization;

import io.mcudeploy.operators.Comparison;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.CommonScale;
import io.mcudeploy.quantized.operators.Compare;
import java.util.List;
import java.util.Optional;

/** Truth values from two tensors of real numbers, integers or truth values. */
record ComparisonLowering(Comparison operator) implements Lowering {
  @Override
  public boolean takesIntegers() {
    return true;
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Quantization left = assembly.quantization(step.input(0));
    Quantization right = assembly.quantization(step.input(1));
    assembly.add(
        step,
        new Compare(
            Broadcast.of(assembly.shape(step.input(0)), assembly.shape(step.input(1))),
            relation(),
            left.storage(),
            left.equals(right) ? Optional.empty() : Optional.of(CommonScale.of(left, right))),
        List.of(assembly.tensor(step.input(0)), assembly.tensor(step.input(1))));
  }

  private Compare.Relation relation() {
    return switch (operator.relation()) {
      case EQUAL -> Compare.Relation.EQUAL;
      case GREATER -> Compare.Relation.GREATER;
      case GREATER_OR_EQUAL -> Compare.Relation.GREATER_OR_EQUAL;
      case LESS -> Compare.Relation.LESS;
      case LESS_OR_EQUAL -> Compare.Relation.LESS_OR_EQUAL;
      case AND -> Compare.Relation.AND;
      case OR -> Compare.Relation.OR;
      case XOR -> Compare.Relation.NOT_EQUAL;
    };
  }
}
