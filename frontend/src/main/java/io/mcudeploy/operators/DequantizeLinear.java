package io.mcudeploy.operators;

import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import java.util.List;

/** The real numbers that integers stand for: ONNX's DequantizeLinear. One input of any shape. */
public record DequantizeLinear(Grid grid) implements Operator {
  @Override
  public String kind() {
    return "DequantizeLinear";
  }

  @Override
  public List<TensorType> outputTypes(List<TensorType> inputs) {
    Operands.checkCount(this, inputs, 1, 1);
    TensorType input = inputs.get(0);
    if (input.element().isFloat()) {
      throw new IllegalArgumentException("DequantizeLinear needs integers, not " + input);
    }
    Elements.checkGrid(this, grid, input.shape());
    return List.of(TensorType.floats(input.shape()));
  }

  @Override
  public List<Tensor> evaluate(List<Tensor> inputs) {
    return List.of(new Encoding((Tensor.Integers) inputs.get(0), grid).decode());
  }
}
