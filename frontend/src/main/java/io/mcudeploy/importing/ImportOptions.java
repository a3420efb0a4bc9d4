package io.mcudeploy.importing;

import java.util.List;
import java.util.Map;

/**
 * What the user says about a model beyond its file.
 *
 * @param dimensions the extents of symbolic dimensions, by their names in the file; an unnamed one
 *     is called {@code input:axis}, axes from 0
 * @param outputs the values to keep as outputs, in order; empty keeps those of the file
 * @param stateful whether recurrent layers to which the file gives no initial state, or zeros, go
 *     on from where the inference before ended, instead of from zero
 */
public record ImportOptions(
    Map<String, Integer> dimensions, List<String> outputs, boolean stateful) {
  public ImportOptions {
    dimensions = Map.copyOf(dimensions);
    outputs = List.copyOf(outputs);
  }

  /** Every inference by itself. */
  public ImportOptions(Map<String, Integer> dimensions, List<String> outputs) {
    this(dimensions, outputs, false);
  }

  /** The model as it is. */
  public static ImportOptions none() {
    return new ImportOptions(Map.of(), List.of());
  }
}
