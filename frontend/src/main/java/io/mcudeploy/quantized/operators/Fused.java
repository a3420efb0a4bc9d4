package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.RowWise;
import io.mcudeploy.quantized.Rows;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.List;

/**
 * Two operators as one: what the first gives is an input of the second and nothing else, so that a
 * kernel need not store it. The inputs are the first operator's and then the others of the second.
 * Each keeps its own roundings and clamps: this is a matter of kernels, not of arithmetic.
 *
 * @param first of one input and one output
 * @param second of one output
 * @param position which input of the second the first gives
 */
public record Fused(IntegerOperator first, IntegerOperator second, int position)
    implements RowWise {
  public Fused {
    Checks.require(
        first.outputStorage(0) == second.inputStorage(position),
        second.title() + " does not take what " + first.title() + " gives");
  }

  @Override
  public String kind() {
    return first.kind() + "_" + second.kind();
  }

  @Override
  public String summary() {
    return first.summary() + ", then " + second.summary();
  }

  @Override
  public String title() {
    return first.title() + " + " + second.title();
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    List<byte[]> images = new ArrayList<>(inputs.subList(1, inputs.size()));
    images.add(position, first.run(inputs.subList(0, 1)).get(0));
    return second.run(images);
  }

  @Override
  public StorageType inputStorage(int input) {
    return input == 0 ? first.inputStorage(0) : second.inputStorage(ofSecond(input));
  }

  @Override
  public StorageType outputStorage(int output) {
    return second.outputStorage(output);
  }

  /** Which input of the second operator one of this operator's inputs, but the first, is. */
  private int ofSecond(int input) {
    return input <= position ? input - 1 : input;
  }

  @Override
  public int outputRows(int inputRows) {
    int between = rowsBetween(inputRows);
    return between > 0 && second instanceof RowWise then ? then.outputRows(between) : 0;
  }

  @Override
  public int inputRows(int input, int firstRows) {
    return input == 0 ? firstRows : rowsBetween(firstRows);
  }

  @Override
  public Rows rowsBehind(int input, int inputRows, Rows output) {
    int between = rowsBetween(inputRows);
    RowWise then = (RowWise) second;
    return input == 0
        ? ((RowWise) first).rowsBehind(0, inputRows, then.rowsBehind(position, between, output))
        : then.rowsBehind(ofSecond(input), between, output);
  }

  @Override
  public Fused band(int inputRows, Rows output) {
    int between = rowsBetween(inputRows);
    RowWise then = (RowWise) second;
    Rows needed = then.rowsBehind(position, between, output);
    return new Fused(
        ((RowWise) first).band(inputRows, needed), then.band(between, output), position);
  }

  /** Rows that the first operator gives, which are those of the second's other inputs too. */
  private int rowsBetween(int inputRows) {
    return first instanceof RowWise start ? start.outputRows(inputRows) : 0;
  }

  @Override
  public long macs() {
    return first.macs() + second.macs();
  }

  @Override
  public long parameterBytes() {
    return first.parameterBytes() + second.parameterBytes();
  }

  @Override
  public long accumulatorBound() {
    return Math.max(first.accumulatorBound(), second.accumulatorBound());
  }

  @Override
  public long accumulatorLimit() {
    return Math.max(first.accumulatorLimit(), second.accumulatorLimit());
  }
}
