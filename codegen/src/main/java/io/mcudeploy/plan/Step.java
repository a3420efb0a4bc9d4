package io.mcudeploy.plan;

import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import java.util.List;

/**
 * One layer in its place in the schedule.
 *
 * @param number from 1
 * @param kernels one that computes the whole layer, or in a {@link Chain} one for each kind of
 *     band, the most frequent first
 */
public record Step(int number, Layer layer, List<KernelCode> kernels) {
  public Step {
    kernels = List.copyOf(kernels);
  }

  /** A layer computed as a whole. */
  public Step(int number, Layer layer, KernelCode kernel) {
    this(number, layer, List.of(kernel));
  }

  /** The kernel that does most of the work. */
  public KernelCode kernel() {
    return kernels.get(0);
  }

  /** Bytes of scratch memory while the layer runs. */
  public int scratchBytes() {
    return kernels.stream().mapToInt(KernelCode::scratchBytes).max().orElseThrow();
  }

  /** Bytes of all constants in flash; those that are equal are there once. */
  public int constantBytes() {
    return kernels.stream()
        .flatMap(kernel -> kernel.constants().stream())
        .distinct()
        .mapToInt(ConstantArray::bytes)
        .sum();
  }
}
