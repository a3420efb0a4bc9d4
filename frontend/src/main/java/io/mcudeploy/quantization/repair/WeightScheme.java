package io.mcudeploy.quantization.repair;

import io.mcudeploy.calibration.ActivationScheme;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Which scales the weights of a layer may have; the integer 0 is always 0. */
public enum WeightScheme {
  /** A scale for each output channel. */
  PER_CHANNEL(true, false),
  /** One scale for the layer. */
  PER_TENSOR(false, false),
  /** A power of two for each output channel. */
  POWER_OF_TWO_PER_CHANNEL(true, true),
  /** One power of two for the layer. */
  POWER_OF_TWO(false, true);

  private final boolean perChannel;
  private final boolean powersOfTwo;

  WeightScheme(boolean perChannel, boolean powersOfTwo) {
    this.perChannel = perChannel;
    this.powersOfTwo = powersOfTwo;
  }

  /** The scales for the least scale that each output channel needs: as many, or one. */
  List<Double> scales(List<Double> needed) {
    List<Double> scales = new ArrayList<>(perChannel ? needed : List.of(Collections.max(needed)));
    if (powersOfTwo) {
      scales.replaceAll(ActivationScheme::powerOfTwo);
    }
    return scales;
  }
}
