package io.mcudeploy.quantization;

import io.mcudeploy.ir.Node;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.UnaryFunction.FakeQuantize;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.LookupTable;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Window;
import java.util.List;

/**
 * A value put on the grid that the model file prescribes: nothing where the value can have this
 * quantization from the start, else another scale. A grid of fewer than 8 bits is also a clamp.
 */
record FakeQuantizeLowering() implements Lowering {
  @Override
  public boolean takesInt16() {
    return true;
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    rules.share(step.input(0), step.output());
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    Quantization output = assembly.quantization(step.output());
    Quantization input = assembly.quantization(step.input(0));
    int[] ends = ends(step.node(), output);
    StorageType storage = output.storage();
    if (ends[0] == storage.lowest() && ends[1] == storage.highest()) {
      assembly.alias(step, assembly.tensor(step.input(0)));
      return;
    }
    if (storage == StorageType.INT16 || input.storage() == StorageType.INT16) {
      // A pool of one place is a clamp.
      assembly.add(
          step,
          new MaxPool2d(
              Window.valid(1, 1, assembly.shape(step.output()).elements(), 1, 1, 1, 1),
              ends[0],
              ends[1],
              storage),
          List.of(assembly.tensor(step.input(0), output)));
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
    return new int[] {
      stored.storage().saturate(grid.lowest() - shift),
      stored.storage().saturate(grid.highest() - shift)
    };
  }
}
