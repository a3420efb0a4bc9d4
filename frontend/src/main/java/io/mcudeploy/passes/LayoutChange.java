package io.mcudeploy.passes;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.operators.ArgMax;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Cast;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.LogSoftmax;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.Resize;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Squash;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an operator that follows a transpose is when it precedes it: {@code op(transpose(x)) =
 * after(operator(x))}, for operators whose first operand is the only one that is not a parameter.
 */
record LayoutChange(Operator operator, Transpose after) {
  /** Nothing for operators that need their layout. */
  static Optional<LayoutChange> of(Operator operator, Transpose transpose) {
    List<Integer> from = transpose.permutation();
    if (operator instanceof Reduce reduce) {
      return Optional.of(of(reduce, from));
    }
    return moved(operator, from).map(changed -> new LayoutChange(changed, transpose));
  }

  private static Optional<Operator> moved(Operator operator, List<Integer> from) {
    if (operator instanceof Unary || operator instanceof Cast) {
      return Optional.of(operator);
    }
    if (operator instanceof Softmax softmax) {
      return Optional.of(new Softmax(from.get(softmax.axis())));
    }
    if (operator instanceof LogSoftmax softmax) {
      return Optional.of(new LogSoftmax(from.get(softmax.axis())));
    }
    if (operator instanceof ArgMax argMax) {
      return Optional.of(new ArgMax(from.get(argMax.axis()), argMax.last()));
    }
    if (operator instanceof Squash squash) {
      return Optional.of(new Squash(from.get(squash.axis()), squash.function()));
    }
    if (operator instanceof BatchNormalization bn) {
      return Optional.of(new BatchNormalization(from.get(bn.axis()), bn.epsilon()));
    }
    if (operator instanceof Gather gather) {
      return Optional.of(new Gather(from.get(gather.axis()), gather.indices()));
    }
    if (operator instanceof Slice slice) {
      return Optional.of(
          new Slice(
              moved(slice.starts(), from),
              moved(slice.extents(), from),
              moved(slice.steps(), from)));
    }
    if (operator instanceof Tile tile) {
      return Optional.of(new Tile(moved(tile.repeats(), from)));
    }
    if (operator instanceof Resize resize) {
      return Optional.of(new Resize(moved(resize.axes(), from), resize.outside()));
    }
    if (operator instanceof Pad pad) {
      return Optional.of(
          new Pad(moved(pad.before(), from), moved(pad.after(), from), pad.mode(), pad.value()));
    }
    int last = from.size() - 1;
    if (operator instanceof FullyConnected && from.get(last) == last) {
      return Optional.of(operator);
    }
    return Optional.empty();
  }

  /** Entries for the transposed axes, in the order of the axes before. */
  private static <T> List<T> moved(List<T> entries, List<Integer> from) {
    List<T> moved = new ArrayList<>(entries);
    for (int axis = 0; axis < entries.size(); axis++) {
      moved.set(from.get(axis), entries.get(axis));
    }
    return moved;
  }

  private static LayoutChange of(Reduce reduce, List<Integer> from) {
    Reduce moved =
        new Reduce(
            reduce.function(), reduce.axes().stream().map(from::get).toList(), reduce.keepDims());
    if (reduce.keepDims()) {
      return new LayoutChange(moved, new Transpose(from));
    }
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < from.size(); axis++) {
      if (!reduce.axes().contains(axis)) {
        kept.add(from.get(axis));
      }
    }
    List<Integer> sorted = kept.stream().sorted().toList();
    return new LayoutChange(moved, new Transpose(kept.stream().map(sorted::indexOf).toList()));
  }
}
