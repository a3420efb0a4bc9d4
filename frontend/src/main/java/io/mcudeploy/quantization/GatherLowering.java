package io.mcudeploy.quantization;

import io.mcudeploy.calibration.Range;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.GatherElements;
import io.mcudeploy.operators.GatherRows;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import java.util.List;
import java.util.function.Function;

/**
 * Elements picked by computed indices. They keep their scale, and a constant table gets the
 * output's, which covers all of it.
 *
 * @param operator the integer operator, from the shapes of data and indices
 */
record GatherLowering(Function<List<Shape>, IntegerOperator> operator) implements Lowering {

  static GatherLowering of(GatherRows gather) {
    int axis = gather.axis();
    return new GatherLowering(
        shapes ->
            new io.mcudeploy.quantized.operators.GatherRows(
                outer(shapes.get(0), axis),
                shapes.get(0).extent(axis),
                shapes.get(0).strides()[axis],
                shapes.get(1).elements()));
  }

  static GatherLowering of(GatherElements gather) {
    int axis = gather.axis();
    return new GatherLowering(
        shapes ->
            new io.mcudeploy.quantized.operators.GatherElements(
                outer(shapes.get(0), axis),
                shapes.get(0).extent(axis),
                shapes.get(0).strides()[axis],
                shapes.get(1).extent(axis)));
  }

  private static int outer(Shape data, int axis) {
    return data.elements() / (data.strides()[axis] * data.extent(axis));
  }

  @Override
  public boolean takesIntegers() {
    return true;
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.share(step.input(0), step.output());
    if (rules.isRealConstant(step.input(0))) {
      Range table = rules.range(step.input(0));
      rules.cover(step.output(), table.low());
      rules.cover(step.output(), table.high());
    }
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Quantization output = assembly.quantization(step.output());
    if (output.storage() != StorageType.INT8) {
      throw assembly.unsupported(
          step, step.node().operator().kind() + " by computed indices takes int8 data only");
    }
    List<Shape> shapes = step.node().inputs().stream().map(assembly::shape).toList();
    assembly.add(
        step,
        operator.apply(shapes),
        List.of(assembly.tensor(step.input(0), output), assembly.tensor(step.input(1))));
  }
}
