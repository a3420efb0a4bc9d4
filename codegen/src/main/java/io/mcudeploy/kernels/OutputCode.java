package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.OutputStage;
import java.util.List;

/**
 * How templates write an {@link OutputStage}: {@code ${clamp}(${requantize}(acc, multiplier[o],
 * shift[o])${offset}, ${lowest}, ${highest})}.
 */
public final class OutputCode {
  private static final long FAST_BOUND = 1L << 30;
  private static final String WIDE = "requantize_wide";

  private OutputCode() {}

  /**
   * The word that requantizes: the short one if accumulators and shifts allow it.
   *
   * @param bound of the accumulators
   */
  public static String requantize(List<Multiplier> multipliers, long bound) {
    return isShort(multipliers, bound) ? "requantize" : "requantize_any";
  }

  /** Whether it does. */
  static boolean isShort(List<Multiplier> multipliers, long bound) {
    return bound < FAST_BOUND
        && multipliers.stream().allMatch(m -> shift(m) >= 1 && shift(m) <= 30);
  }

  /** The code with the arguments of an output stage with one multiplier, all of them numbers. */
  public static KernelCode single(KernelCode code, OutputStage output, long bound) {
    Multiplier multiplier = output.multipliers().get(0);
    return clamped(code, output)
        .with("requantize", requantize(output.multipliers(), bound))
        .with("multiplier", multiplier.multiplier())
        .with("shift", shift(multiplier));
  }

  /** The same for products that are requantized in 64 bits. */
  static KernelCode singleWide(KernelCode code, OutputStage output) {
    Multiplier multiplier = output.multipliers().get(0);
    return clamped(code, output)
        .with("requantize", WIDE)
        .with("multiplier", multiplier.reduced())
        .with("shift", multiplier.wideShift());
  }

  /** The code with what its comments and its stores say of an output. */
  static KernelCode clamped(KernelCode code, OutputStage output) {
    return code.with("clamp", clamp(output.storage()))
        .with("outputType", typeName(output.storage()))
        .with("offset", plus(output.zeroPoint()))
        .with("lowest", output.lowest())
        .with("highest", output.highest());
  }

  /** The word that clamps to a type's range or within it, such as {@code clamp8}. */
  static String clamp(StorageType storage) {
    return "clamp" + 8 * storage.bytes();
  }

  /** As in comments and, with {@code _t} behind it, in C: {@code int8}. */
  static String typeName(StorageType storage) {
    return "int" + 8 * storage.bytes();
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
