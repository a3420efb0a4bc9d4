package io.mcudeploy.deploy;

import io.mcudeploy.plan.Ports;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the user wants things to lie.
 *
 * @param ports whose memory the network's inputs and outputs are
 * @param regions memories of the board by what shall lie there: {@code arena}, {@code weights}, a
 *     layer's name with {@code -weights}, or a tensor
 */
public record Placing(Map<String, String> regions, Ports ports) {
  /** Everything where the board's description and the planner put it. */
  public static final Placing FREE = new Placing(Map.of());

  /** With inputs and outputs of the caller's. */
  public Placing(Map<String, String> regions) {
    this(regions, Ports.CALLER);
  }

  public Placing {
    regions = Collections.unmodifiableMap(new LinkedHashMap<>(regions));
  }
}
