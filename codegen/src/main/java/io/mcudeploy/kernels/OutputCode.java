package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.List;

/**
 * How templates write an {@link OutputStage}: {@code clamp8(${requantize}(acc, multiplier[o],
 * shift[o])${offset}, ${lowest}, ${highest})}.
 */
public final class OutputCode {
  private static final long FAST_BOUND = 1L << 30;

  private OutputCode() {}

  /**
   * The word that requantizes: the short one if accumulators and shifts allow it.
   *
   * @param bound of the accumulators
   */
  public static String requantize(List<Multiplier> multipliers, long bound) {
    boolean fast =
        bound < FAST_BOUND && multipliers.stream().allMatch(m -> shift(m) >= 1 && shift(m) <= 30);
    return fast ? "requantize" : "requantize_any";
  }

  /** The code with the arguments of an output stage, and its multipliers as constants. */
  public static KernelCode perChannel(KernelCode code, OutputStage output, long bound) {
    List<Multiplier> multipliers = output.multipliers();
    return clamped(code, output)
        .with("requantize", requantize(multipliers, bound))
        .with(
            ConstantArray.int32(
                "multiplier",
                Int32Array.of(multipliers.stream().mapToInt(Multiplier::multiplier).toArray()),
                "input scale * weight scale / output scale, Q31"))
        .with(
            new ConstantArray(
                "shift",
                CType.INT8,
                Int32Array.of(multipliers.stream().mapToInt(OutputCode::shift).toArray()),
                0,
                "right shifts behind the multipliers"));
  }

  /** The code with the arguments of an output stage with one multiplier, all of them numbers. */
  public static KernelCode single(KernelCode code, OutputStage output, long bound) {
    Multiplier multiplier = output.multipliers().get(0);
    return clamped(code, output)
        .with("requantize", requantize(output.multipliers(), bound))
        .with("multiplier", multiplier.multiplier())
        .with("shift", shift(multiplier));
  }

  private static KernelCode clamped(KernelCode code, OutputStage output) {
    return code.with("offset", plus(output.zeroPoint()))
        .with("lowest", output.lowest())
        .with("highest", output.highest());
  }

  /** What adds a number in C: {@code + 7}, {@code - 128}, or nothing for 0. */
  public static String plus(int number) {
    return number == 0 ? "" : number > 0 ? " + " + number : " - " + -number;
  }

  /** The shift; any serves a multiplier of 0. */
  static int shift(Multiplier multiplier) {
    return multiplier.multiplier() == 0 ? 1 : multiplier.shift();
  }
}
