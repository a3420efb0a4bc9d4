package io.mcudeploy.calibration;

import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** How a range follows from the observed values. */
public final class RangeMethod {
  /** All observed values. */
  public static final RangeMethod MIN_MAX =
      new RangeMethod("min_max", (seen, scheme) -> seen.histogram().range());

  /**
   * The extremes of each sample, averaged with exponentially falling weights: an extreme that one
   * sample has alone counts little.
   */
  public static final RangeMethod MOVING_AVERAGE =
      new RangeMethod("moving_average", (seen, scheme) -> seen.movingAverage());

  /** All but the 0.001 % most extreme observed values at either end. */
  public static final RangeMethod PERCENTILE = percentile(99.999);

  /** The range whose int8 quantization has the least mean square error on the observed values. */
  public static final RangeMethod MSE =
      new RangeMethod("mse", (seen, scheme) -> LeastSquares.rangeOf(seen.histogram(), scheme));

  /** The range whose int8 quantization keeps the most information about the observed values. */
  public static final RangeMethod ENTROPY =
      new RangeMethod("entropy", (seen, scheme) -> Entropy.rangeOf(seen.histogram()));

  private final String name;
  private final BiFunction<Observation, ActivationScheme, Range> rule;

  private RangeMethod(String name, BiFunction<Observation, ActivationScheme, Range> rule) {
    this.name = name;
    this.rule = rule;
  }

  /**
   * The values up to a percentile at the upper end, and as many from the lower end.
   *
   * @param percent above 50, at most 100
   */
  public static RangeMethod percentile(double percent) {
    if (!(percent > 50 && percent <= 100)) {
      throw new IllegalArgumentException(
          "a percentile is above 50 and at most 100, not " + percent);
    }
    String name = percent == 99.999 ? "percentile" : "percentile:" + percent;
    return new RangeMethod(
        name, (seen, scheme) -> seen.histogram().withoutTails(1 - percent / 100));
  }

  /** Every method, with the usual parameters. */
  public static List<RangeMethod> all() {
    return List.of(MIN_MAX, MOVING_AVERAGE, PERCENTILE, MSE, ENTROPY);
  }

  /**
   * The method of this name; {@code percentile:99.9} names one with another percentile.
   *
   * @throws IllegalArgumentException if there is none; the message tells the user which there are
   */
  public static RangeMethod named(String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    if (wanted.startsWith("percentile:")) {
      try {
        return percentile(Double.parseDouble(wanted.substring("percentile:".length())));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + text + "' does not end in a number", e);
      }
    }
    return all().stream()
        .filter(method -> method.name.equals(wanted))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not one of " + all()));
  }

  Range rangeOf(Observation observation, ActivationScheme scheme) {
    return rule.apply(observation, scheme);
  }

  /** The name by which the user asks for it. */
  @Override
  public String toString() {
    return name;
  }
}
