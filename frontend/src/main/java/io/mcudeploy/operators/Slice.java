package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Takes a regular part: along axis {@code a} the elements {@code starts[a] + i * steps[a]} for
 * {@code i} below {@code extents[a]}. One input of any type; each list has an entry for each axis.
 *
 * @param steps not 0; negative ones go backwards
 */
public record Slice(List<Integer> starts, List<Integer> extents, List<Integer> steps)
    implements Operator {
  public Slice {
    starts = List.copyOf(starts);
    extents = List.copyOf(extents);
    steps = List.copyOf(steps);
    if (starts.size() != extents.size() || starts.size() != steps.size()) {
      throw new IllegalArgumentException(
          "Slice with " + starts.size() + " starts, " + extents.size() + " extents");
    }
    if (steps.contains(0)) {
      throw new IllegalArgumentException("Slice with a step of 0");
    }
  }

  /** The elements from {@code start} on along one axis, everything along the others. */
  public static Slice along(Shape input, int axis, int start, int extent) {
    List<Integer> starts = new ArrayList<>(Collections.nCopies(input.rank(), 0));
    starts.set(axis, start);
    return new Slice(
        starts,
        Arrays.stream(input.with(axis, extent).extents()).boxed().toList(),
        Collections.nCopies(input.rank(), 1));
  }

  @Override
  public String kind() {
    return "Slice";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    Shape input = inputs.get(0).shape();
    boolean fits = input.rank() == starts.size();
    for (int axis = 0; fits && axis < starts.size(); axis++) {
      int last = starts.get(axis) + (extents.get(axis) - 1) * steps.get(axis);
      fits =
          extents.get(axis) == 0
              || (starts.get(axis) >= 0
                  && starts.get(axis) < input.extent(axis)
                  && last >= 0
                  && last < input.extent(axis));
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              "Slice from %s, extents %s, steps %s leaves the input of shape %s",
              starts, extents, steps, input));
    }
    return List.of(new TensorType(inputs.get(0).element(), Shape.of(extents)));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    Tensor input = inputs.get(0);
    int[] strides = input.shape().strides();
    int offset = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      offset += starts.get(axis) * strides[axis];
      strides[axis] *= steps.get(axis);
    }
    return List.of(new StridedView(Shape.of(extents), strides, offset).read(input));
  }
}
