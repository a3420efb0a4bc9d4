package io.mcudeploy.board;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A processor core and how to compile for it.
 *
 * @param compilerPrefix what the names of its GNU tools start with, such as {@code arm-none-eabi-}
 * @param compilerFlags the flags that choose core and ABI, for compiling and for linking
 * @param multilib the library set GCC chooses for these flags, as {@code -print-multi-directory}
 *     tells it
 * @param kernels folders of kernel templates, the fastest first; the last one is complete
 * @param source where the features are documented
 */
public record Core(
    String name,
    String title,
    Architecture architecture,
    String compilerPrefix,
    List<String> compilerFlags,
    String multilib,
    List<String> kernels,
    Set<Feature> features,
    String source) {

  public Core {
    compilerFlags = List.copyOf(compilerFlags);
    kernels = List.copyOf(kernels);
    features = Set.copyOf(features);
  }

  /** Whether the core has a feature. */
  public boolean has(Feature feature) {
    return features.contains(feature);
  }

  /** The compiler's file name, such as {@code arm-none-eabi-gcc}. */
  public String compiler() {
    return compilerPrefix + "gcc";
  }

  /** Name, flags and features in one line, always in the same order. */
  @Override
  public String toString() {
    Set<Feature> ordered = EnumSet.noneOf(Feature.class);
    ordered.addAll(features);
    return name
        + ": "
        + String.join(" ", compilerFlags)
        + " "
        + new TreeSet<>(ordered.stream().map(Feature::id).toList());
  }
}
