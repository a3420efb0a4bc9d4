package io.mcudeploy.importing;

import java.util.Optional;

/** Which values of a graph the names of a model file stand for. */
public interface ValueNames {
  Optional<String> value(String name);

  void bind(String name, String value);
}
