package io.mcudeploy.network;

import io.mcudeploy.calibration.ActivationScheme;
import io.mcudeploy.calibration.RangeMethod;
import io.mcudeploy.quantization.repair.WeightScheme;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a network is quantized.
 *
 * @param migration strength of {@link Repair#MIGRATE}, 0 to 1
 */
public record Recipe(
    RangeMethod ranges,
    ActivationScheme activations,
    WeightScheme weights,
    Set<Repair> repairs,
    double migration) {
  /** The usual strength of {@link Repair#MIGRATE}. */
  public static final double HALF = 0.5;

  public Recipe {
    repairs = Collections.unmodifiableSet(new TreeSet<>(repairs));
    if (!(migration >= 0 && migration <= 1)) {
      throw new IllegalArgumentException("a strength is 0 to 1, not " + migration);
    }
  }

  /** Ranges by this method, and all else as usual. */
  public static Recipe of(RangeMethod ranges) {
    return new Recipe(
        ranges, ActivationScheme.ASYMMETRIC, WeightScheme.PER_CHANNEL, Set.of(), HALF);
  }

  Recipe with(RangeMethod method) {
    return new Recipe(method, activations, weights, repairs, migration);
  }

  Recipe with(Repair repair) {
    Set<Repair> more = new TreeSet<>(repairs);
    more.add(repair);
    return new Recipe(ranges, activations, weights, more, migration);
  }
}
