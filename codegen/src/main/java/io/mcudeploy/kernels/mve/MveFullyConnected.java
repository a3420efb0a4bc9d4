package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.ChannelGroups;
import io.mcudeploy.kernels.Kernel;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.operators.FullyConnected;
import java.util.List;

/**
 * Matrix by vector, eight outputs at a time: 128 products for 17 instructions. Several rows are
 * taken two at a time, as the positions of a 1x1 convolution.
 */
public final class MveFullyConnected implements Kernel<FullyConnected> {
  private static final int GROUP = 8;
  private static final int STEP_COST = 17;

  @Override
  public Class<FullyConnected> operator() {
    return FullyConnected.class;
  }

  @Override
  public String family() {
    return "cmsis-nn/mve";
  }

  @Override
  public List<KernelCode> variants(FullyConnected layer) {
    if (!Lanes.areInt8(layer)) {
      return List.of();
    }
    return List.of(layer.rows() == 1 ? column(layer) : rows(layer));
  }

  private static KernelCode rows(FullyConnected layer) {
    return new Pointwise(
            layer.rows(),
            layer.inputs(),
            layer.inputs(),
            layer.outputs(),
            layer.inputZeroPoint(),
            layer.weights(),
            layer.bias(),
            layer.output())
        .code("fully_connected_%dx%dx%d".formatted(layer.rows(), layer.inputs(), layer.outputs()));
  }

  private static KernelCode column(FullyConnected layer) {
    ChannelGroups groups = new ChannelGroups(layer.outputs(), GROUP);
    Steps steps = Steps.exact(layer.inputs());
    Lanes lanes =
        Lanes.of(
            layer.bias(), layer.weights(), layer.inputs(), layer.inputZeroPoint(), layer.output());
    int stored = groups.stores().size();
    KernelCode code =
        KernelCode.of(
                "fully_connected_%dx%d".formatted(layer.inputs(), layer.outputs()),
                "cmsis-nn/mve/fully_connected.c.vm")
            .with("outputs", layer.outputs())
            .with("groups", groups.count())
            .with("channel", groups.first())
            .with("stored", Math.min(stored, Lanes.SIZE))
            .with("storedAbove", stored > Lanes.SIZE ? List.of(stored - Lanes.SIZE) : List.of())
            .with(steps.pack(layer.weights(), groups));
    return lanes
        .with(steps.with(code, "MVE_COLUMN"), groups)
        .costing(groups.count() * (steps.cost(STEP_COST) + 2L * lanes.cost() + 20), "8 outputs");
  }
}
