package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import java.util.List;
import java.util.Optional;

/**
 * Compares or combines two tensors element by element: {@code y = left ∘ right ? 1 : 0}, int8.
 *
 * @param storage of both operands
 * @param scale what makes int8 operands of different quantizations comparable; empty if the
 *     integers are comparable as they are
 */
public record Compare(
    Broadcast operands, Relation relation, StorageType storage, Optional<CommonScale> scale)
    implements IntegerOperator {

  /** When the result is 1. To the last two every number but 0 is true. */
  public enum Relation {
    EQUAL("=="),
    NOT_EQUAL("!="),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    AND("&&"),
    OR("||");

    private final String symbol;

    Relation(String symbol) {
      this.symbol = symbol;
    }

    /** The C operator that gives 1 or 0. */
    public String symbol() {
      return symbol;
    }

    private boolean holds(int left, int right) {
      return switch (this) {
        case EQUAL -> left == right;
        case NOT_EQUAL -> left != right;
        case GREATER -> left > right;
        case GREATER_OR_EQUAL -> left >= right;
        case LESS -> left < right;
        case LESS_OR_EQUAL -> left <= right;
        case AND -> left != 0 && right != 0;
        case OR -> left != 0 || right != 0;
      };
    }
  }

  public Compare {
    Checks.require(
        scale.isEmpty() || storage == StorageType.INT8, "only int8 numbers need a common scale");
  }

  @Override
  public StorageType inputStorage(int input) {
    return storage;
  }

  @Override
  public String kind() {
    return "compare";
  }

  @Override
  public String summary() {
    return operands + " " + relation.symbol();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] left = inputs.get(0);
    byte[] right = inputs.get(1);
    Checks.count("left elements", operands.left().elements(), storage.elements(left));
    Checks.count("right elements", operands.right().elements(), storage.elements(right));
    int[] leftIndices = operands.leftIndices();
    int[] rightIndices = operands.rightIndices();
    byte[] y = new byte[leftIndices.length];
    for (int i = 0; i < y.length; i++) {
      int l = storage.get(left, leftIndices[i]);
      int r = storage.get(right, rightIndices[i]);
      int a = scale.map(common -> common.left(l)).orElse(l);
      int b = scale.map(common -> common.right(r)).orElse(r);
      y[i] = (byte) (relation.holds(a, b) ? 1 : 0);
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
    return scale.map(CommonScale::accumulatorBound).orElse(0L);
  }
}
