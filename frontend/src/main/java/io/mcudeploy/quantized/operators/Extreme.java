package io.mcudeploy.quantized.operators;

import java.util.List;

/**
 * The smaller or larger of two elements, each first brought to the output's scale: {@code y =
 * min(left', right')} or {@code max}.
 *
 * @param largest whether the larger one is taken
 */
public record Extreme(Broadcast operands, boolean largest, Rescale left, Rescale right)
    implements RowElements {

  @Override
  public int parts() {
    return operands.parts();
  }

  @Override
  public Extreme ofParts(int parts) {
    return new Extreme(Broadcast.ofParts(parts), largest, left, right);
  }

  @Override
  public String kind() {
    return "extreme";
  }

  @Override
  public String summary() {
    return (largest ? "maximum of " : "minimum of ") + operands;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] a = inputs.get(0);
    byte[] b = inputs.get(1);
    Checks.count("left elements", operands.left().elements(), a.length);
    Checks.count("right elements", operands.right().elements(), b.length);
    int[] leftIndices = operands.leftIndices();
    int[] rightIndices = operands.rightIndices();
    byte[] y = new byte[leftIndices.length];
    for (int i = 0; i < y.length; i++) {
      byte l = (byte) left.apply(a[leftIndices[i]]);
      byte r = (byte) right.apply(b[rightIndices[i]]);
      y[i] = (byte) (largest ? Math.max(l, r) : Math.min(l, r));
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
    return Math.max(left.accumulatorBound(), right.accumulatorBound());
  }
}
