package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import java.util.List;

/**
 * Each element from the second input where the first is not 0, else from the third, brought to the
 * output's scale.
 *
 * @param operands condition, whenTrue and whenFalse
 */
public record Select(Alignment operands, Rescale whenTrue, Rescale whenFalse)
    implements IntegerOperator {

  public Select {
    Checks.count("operands", 3, operands.operands().size());
  }

  @Override
  public String kind() {
    return "select";
  }

  @Override
  public String summary() {
    return operands.toString();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    for (int operand = 0; operand < 3; operand++) {
      Checks.count("elements", operands.operand(operand).elements(), inputs.get(operand).length);
    }
    int[] conditions = operands.indices(0);
    int[] trues = operands.indices(1);
    int[] falses = operands.indices(2);
    byte[] y = new byte[conditions.length];
    for (int i = 0; i < y.length; i++) {
      y[i] =
          (byte)
              (inputs.get(0)[conditions[i]] != 0
                  ? whenTrue.apply(inputs.get(1)[trues[i]])
                  : whenFalse.apply(inputs.get(2)[falses[i]]));
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    return 0;
  }

  @Override
  public long accumulatorBound() {
    return Math.max(whenTrue.accumulatorBound(), whenFalse.accumulatorBound());
  }
}
