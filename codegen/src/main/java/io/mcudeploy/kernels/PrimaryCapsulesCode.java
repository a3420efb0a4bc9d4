package io.mcudeploy.kernels;

import io.mcudeploy.quantized.operators.PrimaryCapsules;

/** What all templates of primary capsules name. */
public final class PrimaryCapsulesCode {
  private PrimaryCapsulesCode() {}

  /** The capsules and what becomes of the sums. */
  public static KernelCode arguments(KernelCode code, PrimaryCapsules layer) {
    return SquashCode.arguments(code, layer.table())
        .with("outputChannels", layer.outputChannels())
        .with("dimension", layer.table().dimension())
        .with("types", layer.ratios().size())
        .with("octaves", layer.table().octaves())
        .with("relu", layer.relu() ? "max32(" : "")
        .with("reluEnd", layer.relu() ? ", 0)" : "")
        .with("reluNote", layer.relu() ? ", at least 0" : "");
  }

  /** The constants of the squash: {@code ratio, factors, shifts}. */
  public static KernelCode constants(KernelCode code, PrimaryCapsules layer) {
    return SquashCode.constants(
        code.with(SquashCode.ratios("ratio", layer.ratios(), "capsule type to the squash table")),
        layer.table());
  }

  /** The part of a function's name that says its geometry. */
  public static String stem(PrimaryCapsules layer) {
    return WindowCode.stem("primary_capsules", layer.window(), layer.ratios().size())
        + "x"
        + layer.table().dimension();
  }

  /** Instructions of all squashes, roughly. */
  public static long squashCost(PrimaryCapsules layer) {
    long capsules = (long) layer.window().outputPositions() * layer.ratios().size();
    return capsules * (35 + 13L * layer.table().dimension());
  }
}
