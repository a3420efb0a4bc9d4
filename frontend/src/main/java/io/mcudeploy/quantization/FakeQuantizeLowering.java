package io.mcudeploy.quantization;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction.FakeQuantize;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.LookupTable;
import java.util.List;

/**
 * A value put on the grid that the model file prescribes: nothing where the value can have this
 * quantization from the start, else another scale. A grid of fewer than 8 bits is also a clamp.
 */
record FakeQuantizeLowering() implements Lowering {
  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.share(step.input(0), step.output());
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Quantization output = assembly.quantization(step.output());
    Quantization input = assembly.quantization(step.input(0));
    int[] ends = ends(step.node(), output);
    if (ends[0] == -128 && ends[1] == 127) {
      assembly.alias(step, assembly.tensor(step.input(0)));
      return;
    }
    byte[] table = new byte[256];
    for (int i = 0; i < table.length; i++) {
      int integer = output.toInt8(input.toReal(i - 128));
      table[i] = (byte) Math.max(ends[0], Math.min(ends[1], integer));
    }
    assembly.add(
        step,
        new LookupTable(assembly.shape(step.output()).elements(), Int8Array.of(table)),
        List.of(assembly.tensor(step.input(0))));
  }

  /** The lowest and highest integer of the grid as they are stored. */
  private static int[] ends(Node node, Quantization stored) {
    FakeQuantize grid = (FakeQuantize) ((Unary) node.operator()).function();
    int shift = grid.zeroPoint() - stored.zeroPoint();
    return new int[] {Math.max(-128, grid.lowest() - shift), Math.min(127, grid.highest() - shift)};
  }
}
