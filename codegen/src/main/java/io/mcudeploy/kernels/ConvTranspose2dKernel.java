package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.ConvTranspose2d;
import java.util.List;

/**
 * Transposed convolution, portable: each output pixel gathers the inputs that reach it. Which taps
 * those are is in a table for the rows and one for the columns, so that the loops neither divide
 * nor test for the image's edges.
 */
final class ConvTranspose2dKernel implements Kernel<ConvTranspose2d> {
  private final Blocking blocking;

  ConvTranspose2dKernel(Blocking blocking) {
    this.blocking = blocking;
  }

  @Override
  public Class<ConvTranspose2d> operator() {
    return ConvTranspose2d.class;
  }

  @Override
  public String family() {
    return blocking.family();
  }

  @Override
  public List<KernelCode> variants(ConvTranspose2d operator) {
    return ChannelOutputs.of(
            blocking, operator.output(), operator.accumulatorBound(), StorageType.INT8)
        .stream()
        .map(outputs -> variant(operator, outputs))
        .toList();
  }

  private KernelCode variant(ConvTranspose2d operator, ChannelOutputs stage) {
    int depth = operator.inputChannels() / operator.groups();
    int outputs = operator.outputChannels() / operator.groups();
    KernelCode code =
        geometry(operator)
            .with("groups", operator.groups())
            .with("groupInputs", depth)
            .with("groupOutputs", outputs)
            .with("weightsPerOutput", operator.weightsPerOutput())
            .with("blocks", Blocks.of(outputs, blocking.outputs()))
            .with("blockOutputs", blocking.outputs())
            .with("centre", OutputCode.plus(-operator.inputZeroPoint()))
            .with(taps("rows", operator.rows()))
            .with(taps("columns", operator.columns()))
            .with(
                ConstantArray.int8(
                    "weights",
                    Blocks.interleaveGroups(
                        operator.weights(),
                        outputs,
                        operator.weightsPerOutput(),
                        blocking.outputs()),
                    blocking.outputs() * 8,
                    "for each %d channels of a group: [%d][%d][%d][%d]"
                        .formatted(
                            blocking.outputs(),
                            operator.rows().kernel(),
                            operator.columns().kernel(),
                            depth,
                            blocking.outputs())))
            .with(
                ConstantArray.int32(
                    "bias", stage.biases(operator.bias()), "at input scale * weight scale"));
    long elements =
        (long) operator.rows().output() * operator.columns().output() * operator.outputChannels();
    return stage
        .with(code)
        .costing(operator.macs() * 3 + (10 + stage.cost()) * elements, "gathered" + stage.note());
  }

  private static KernelCode geometry(ConvTranspose2d operator) {
    ConvTranspose2d.Axis rows = operator.rows();
    ConvTranspose2d.Axis columns = operator.columns();
    int channels = operator.inputChannels();
    String stem =
        "conv_transpose2d_%dx%d_s%dx%d_%dx%dx%d_%dx%dx%d"
            .formatted(
                rows.kernel(),
                columns.kernel(),
                rows.stride(),
                columns.stride(),
                rows.input(),
                columns.input(),
                channels,
                rows.output(),
                columns.output(),
                operator.outputChannels());
    return KernelCode.of(stem, "portable/conv_transpose2d.c.vm")
        .with("inputHeight", rows.input())
        .with("inputWidth", columns.input())
        .with("inputChannels", channels)
        .with("outputHeight", rows.output())
        .with("outputWidth", columns.output())
        .with("outputChannels", operator.outputChannels())
        .with("kernelWidth", columns.kernel())
        .with("rowBack", rows.inputStep() * columns.input() * channels)
        .with("columnBack", columns.inputStep() * channels)
        .with("rowTaps", rows.tapStep() * columns.kernel())
        .with("columnTaps", columns.tapStep());
  }

  private static ConstantArray taps(String name, ConvTranspose2d.Axis axis) {
    int[] table = new int[3 * axis.output()];
    for (int i = 0; i < axis.output(); i++) {
      ConvTranspose2d.Taps taps = axis.taps(i);
      table[3 * i] = taps.input();
      table[3 * i + 1] = taps.first();
      table[3 * i + 2] = taps.count();
    }
    return new ConstantArray(
        name,
        CType.UINT16,
        Int32Array.of(table),
        3,
        "input under the first tap, first tap, number of taps");
  }
}
