package io.mcudeploy.kernels.dsp;

import java.util.Locale;

/**
 * How weights lie in flash: as int8, to be widened each time they are used, or already as int16,
 * twice the flash and ready to multiply.
 */
enum WeightWidth {
  INT16,
  INT8;

  /** As in names of functions and of macros: {@code int16}. */
  String lower() {
    return name().toLowerCase(Locale.ROOT);
  }
}
