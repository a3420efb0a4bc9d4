package io.mcudeploy.quantization;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.Pick;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Where each element of an operator's output comes from, for operators that only move elements:
 * found by letting the operator move the numbers 0, 1, 2, … So every such operator has the same
 * integer form, and what amounts to the same movement has the same record.
 */
final class IndexMap {
  private final int inputElements;
  private final int[] sources;

  private IndexMap(int inputElements, int[] sources) {
    this.inputElements = inputElements;
    this.sources = sources;
  }

  static IndexMap of(Operator operator, Shape input) {
    long[] places = new long[input.elements()];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    Tensor moved =
        operator.evaluate(List.of(new Tensor.Integers(ElementType.INT64, input, places))).get(0);
    long[] values = ((Tensor.Integers) moved).values();
    int[] sources = new int[values.length];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = (int) values[i];
    }
    return new IndexMap(places.length, sources);
  }

  /** Whether the memory image stays as it is. */
  boolean isIdentity() {
    if (sources.length != inputElements) {
      return false;
    }
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** The movement of int8 elements with the fewest axes; empty if it is not regular. */
  Optional<Copy> copy() {
    return copy(StorageType.INT8);
  }

  /** The movement with the fewest axes; empty if it is not regular. */
  Optional<Copy> copy(StorageType storage) {
    List<Integer> extents = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    int[] starts = sources;
    while (starts.length > 1) {
      int length = longestBlock(starts);
      if (length == 1) {
        return Optional.empty();
      }
      extents.add(length);
      strides.add(starts[1] - starts[0]);
      int[] next = new int[starts.length / length];
      for (int i = 0; i < next.length; i++) {
        next[i] = starts[i * length];
      }
      starts = next;
    }
    Collections.reverse(extents);
    Collections.reverse(strides);
    return Optional.of(new Copy(storage, inputElements, Shape.of(extents), strides, sources[0]));
  }

  /** The movement, by strides if it is regular, else by a list of places. */
  IntegerOperator move(StorageType storage) {
    return copy(storage).map(IntegerOperator.class::cast).orElseGet(() -> pick(storage));
  }

  /** The list is as short as it can be: without what follows from runs and from repetition. */
  private Pick pick(StorageType storage) {
    int run = longestRun();
    int[] starts = new int[sources.length / run];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = sources[i * run];
    }
    int period = shortestPeriod(starts);
    int outerStride = period < starts.length ? starts[period] - starts[0] : 0;
    return new Pick(
        storage,
        inputElements,
        starts.length / period,
        outerStride,
        run,
        Int32Array.of(Arrays.copyOf(starts, period)));
  }

  /** The greatest length such that all blocks of it are neighbours in the input. */
  private int longestRun() {
    int run = 1;
    while (run < sources.length && sources[run] == sources[run - 1] + 1) {
      run++;
    }
    while (run > 1 && !isRegular(sources, run, 1)) {
      run--;
    }
    return run;
  }

  /** The fewest places after which the same ones come again, moved on by a fixed distance. */
  private static int shortestPeriod(int[] starts) {
    for (int period = 1; period < starts.length; period++) {
      if (starts.length % period == 0 && repeats(starts, period)) {
        return period;
      }
    }
    return starts.length;
  }

  private static boolean repeats(int[] starts, int period) {
    int distance = starts[period] - starts[0];
    for (int i = period; i < starts.length; i++) {
      if (starts[i] - starts[i - period] != distance) {
        return false;
      }
    }
    return distance >= 0;
  }

  /** The greatest length such that all blocks of it advance by the same stride. */
  private static int longestBlock(int[] starts) {
    int stride = starts[1] - starts[0];
    int length = 2;
    while (length < starts.length && starts[length] - starts[length - 1] == stride) {
      length++;
    }
    while (length > 1 && !isRegular(starts, length, stride)) {
      length--;
    }
    return length;
  }

  private static boolean isRegular(int[] starts, int length, int stride) {
    if (starts.length % length != 0) {
      return false;
    }
    for (int i = 1; i < starts.length; i++) {
      if (i % length != 0 && starts[i] - starts[i - 1] != stride) {
        return false;
      }
    }
    return true;
  }
}
