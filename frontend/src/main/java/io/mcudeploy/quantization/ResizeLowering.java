package io.mcudeploy.quantization;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Resize;
import io.mcudeploy.operators.Sampling;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.Resize.Axis;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Interpolations: two neighbouring axes at a time, so that an image is rounded once. Input and
 * output share their scale. A regular repetition is a copy.
 */
record ResizeLowering(Resize operator) implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.share(step.input(0), step.output());
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    if (!operator.axes().stream().allMatch(Sampling::isInside)) {
      throw assembly.unsupported(
          step, "a region that reaches beyond the input has no integer arithmetic");
    }
    String tensor = assembly.tensor(step.input(0), assembly.quantization(step.output()));
    Optional<Copy> copy =
        operator.picks()
            ? IndexMap.of(operator, assembly.shape(step.input(0))).copy()
            : Optional.empty();
    if (copy.isPresent()) {
      assembly.add(step, copy.get(), List.of(tensor));
      return;
    }
    Shape shape = assembly.shape(step.input(0));
    List<Integer> changed =
        IntStream.range(0, shape.rank())
            .filter(axis -> !operator.axes().get(axis).isIdentity())
            .boxed()
            .toList();
    for (int i = 0; i < changed.size(); i++) {
      int first = changed.get(i);
      int last = first;
      if (i + 1 < changed.size() && areNeighbours(shape, first, changed.get(i + 1))) {
        last = changed.get(++i);
      }
      Shape result = resized(resized(shape, first), last);
      io.mcudeploy.quantized.operators.Resize resize = resize(shape, first, last);
      if (i + 1 == changed.size()) {
        assembly.add(step, resize, List.of(tensor));
      } else {
        tensor =
            assembly.intermediate(
                step.name() + "_axis_" + last,
                resize,
                List.of(tensor),
                result,
                assembly.quantization(step.output()));
      }
      shape = result;
    }
  }

  private io.mcudeploy.quantized.operators.Resize resize(Shape shape, int first, int last) {
    int inner = shape.strides()[last];
    int columns = shape.extent(last);
    int rows = first == last ? 1 : shape.extent(first);
    return new io.mcudeploy.quantized.operators.Resize(
        shape.elements() / (rows * columns * inner),
        inner,
        first == last ? Axis.identity(1) : axis(operator.axes().get(first)),
        axis(operator.axes().get(last)));
  }

  private static Axis axis(Sampling sampling) {
    return Axis.of(
        sampling.extent(),
        sampling.taps().stream().map(Sampling.Taps::first).toList(),
        sampling.taps().stream().map(Sampling.Taps::weights).toList());
  }

  private Shape resized(Shape shape, int axis) {
    return shape.with(axis, operator.axes().get(axis).taps().size());
  }

  /** Whether nothing lies between two axes. */
  private static boolean areNeighbours(Shape shape, int first, int second) {
    return shape.strides()[first] == shape.strides()[second] * shape.extent(second);
  }
}
