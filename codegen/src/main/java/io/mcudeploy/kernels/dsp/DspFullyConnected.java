package io.mcudeploy.kernels.dsp;

import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.FullyConnected;
import java.util.List;

/**
 * Matrix by vector, four outputs at a time: 16 products for 11 instructions with int16 weights, 18
 * with int8 weights. The vector is widened into scratch first.
 */
public final class DspFullyConnected implements Kernel<FullyConnected> {
  private static final int MOST_UNROLLED = 24;

  /** Where code counts. */
  private static final int FEW_UNROLLED = 2;

  @Override
  public Class<FullyConnected> operator() {
    return FullyConnected.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/dsp";
  }

  @Override
  public List<KernelCode> variants(FullyConnected layer) {
    if (!Channels.areInt8(layer)) {
      return List.of();
    }
    Channels channels =
        Channels.of(
            layer.bias(),
            Channels.rowSums(layer.weights(), layer.outputs()),
            layer.inputZeroPoint(),
            layer.output(),
            layer.accumulatorBound());
    return List.of(
        code(layer, channels, WeightWidth.INT16, MOST_UNROLLED),
        code(layer, channels, WeightWidth.INT8, MOST_UNROLLED),
        code(layer, channels, WeightWidth.INT8, FEW_UNROLLED));
  }

  private static KernelCode code(
      FullyConnected layer, Channels channels, WeightWidth width, int mostUnrolled) {
    int stepCost = width == WeightWidth.INT16 ? 11 : 18;
    Unrolling unrolling = Unrolling.of((layer.inputs() + 3) / 4, stepCost, mostUnrolled);
    ChannelGroups groups = new ChannelGroups(layer.outputs());
    long rowCost =
        layer.inputs() * 5 / 4
            + groups.count() * (unrolling.cost(stepCost) + 4L * channels.cost() + 25);
    String layout =
        width == WeightWidth.INT16
            ? "[%d groups of 4 outputs][%d steps][inputs 0, 2 and 1, 3][4 outputs] pairs of int16"
            : "[%d groups of 4 outputs][%d steps][4 outputs][4 inputs] int8";
    return channels
        .with(
            KernelCode.of(
                "fully_connected_%dx%d".formatted(layer.inputs(), layer.outputs()),
                "cmsis-nn/dsp/fully_connected.c.vm"))
        .with("rows", layer.rows())
        .with("inputs", layer.inputs())
        .with("outputs", layer.outputs())
        .with("groups", groups.count())
        .with("lastGroup", groups.last())
        .with("stores", groups.stores())
        .with("step", width == WeightWidth.INT16 ? "COLUMN_STEP_INT16" : "COLUMN_STEP_INT8")
        .with("steps", unrolling.body())
        .with("allSteps", unrolling.total())
        .with("rounds", unrolling.rounds())
        .with(
            new ConstantArray(
                "weights",
                CType.INT32,
                pack(layer, channels, width, unrolling.total()),
                8,
                layout.formatted(groups.count(), unrolling.total())))
        .with(channels.constant())
        .withScratch(new Scratch("wide", CType.UINT32, 2 * unrolling.total()))
        .costing(layer.rows() * rowCost, "4 outputs, weights as " + width.lower());
  }

  private static Int32Array pack(
      FullyConnected layer, Channels channels, WeightWidth width, int steps) {
    int count =
        new ChannelGroups(layer.outputs()).count() * steps * (width == WeightWidth.INT16 ? 8 : 4);
    return Int32Array.computed(count, () -> words(layer, channels, width, steps, count));
  }

  private static int[] words(
      FullyConnected layer, Channels channels, WeightWidth width, int steps, int count) {
    ChannelGroups groups = new ChannelGroups(layer.outputs());
    int[] words = new int[count];
    int at = 0;
    for (int first : groups.firsts()) {
      for (int step = 0; step < steps; step++) {
        int[][] w = new int[ChannelGroups.SIZE][4];
        for (int i = 0; i < ChannelGroups.SIZE; i++) {
          for (int k = 0; k < 4; k++) {
            w[i][k] = weight(layer, channels, first + i, 4 * step + k);
          }
        }
        if (width == WeightWidth.INT16) {
          for (int half = 0; half < 2; half++) {
            for (int i = 0; i < ChannelGroups.SIZE; i++) {
              words[at++] = Pairs.ofInt16(w[i][half], w[i][half + 2]);
            }
          }
        } else {
          for (int i = 0; i < ChannelGroups.SIZE; i++) {
            words[at++] = Pairs.ofInt8(w[i][0], w[i][1], w[i][2], w[i][3]);
          }
        }
      }
    }
    return words;
  }

  private static int weight(FullyConnected layer, Channels channels, int output, int input) {
    if (output >= layer.outputs() || input >= layer.inputs() || channels.isConstant(output)) {
      return 0;
    }
    return layer.weights().get(output * layer.inputs() + input);
  }
}
