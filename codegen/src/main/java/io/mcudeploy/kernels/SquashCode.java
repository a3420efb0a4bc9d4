package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.operators.ScaleRatio;
import io.mcudeploy.quantized.operators.SquashTable;
import java.util.List;

/** How templates call {@code squash_vector}: a table's numbers as arguments and constants. */
public final class SquashCode {
  private SquashCode() {}

  /** The code with {@code squashed}, {@code squashBits} and {@code lowestOctave}. */
  public static KernelCode arguments(KernelCode code, SquashTable table) {
    return code.with("squashed", table.dimension())
        .with("squashBits", table.mantissaBits())
        .with("lowestOctave", table.lowestOctave());
  }

  /** The code with the constants {@code factors} and {@code shifts}. */
  public static KernelCode constants(KernelCode code, SquashTable table) {
    return code.with(
            new ConstantArray(
                "factors",
                CType.INT16,
                table.factors(),
                SquashTable.SEGMENTS + 1,
                "the squash function, ["
                    + table.octaves()
                    + " octaves of |v|^2][17 points], first octave "
                    + table.lowestOctave()))
        .with(
            new ConstantArray(
                "shifts", CType.INT8, table.shifts(), 0, "right shifts behind the factors"));
  }

  /** Ratios as pairs of a multiplier and a shift. */
  public static ConstantArray ratios(String name, List<ScaleRatio> ratios, String comment) {
    int[] pairs = new int[2 * ratios.size()];
    for (int i = 0; i < ratios.size(); i++) {
      pairs[2 * i] = ratios.get(i).multiplier();
      pairs[2 * i + 1] = ratios.get(i).shift();
    }
    return ConstantArray.int32(
        name, Int32Array.of(pairs), "[" + ratios.size() + "][multiplier, shift] " + comment);
  }
}
