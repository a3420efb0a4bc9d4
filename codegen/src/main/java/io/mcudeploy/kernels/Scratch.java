package io.mcudeploy.kernels;

/**
 * Memory that a kernel needs while it runs; its content before and after does not matter.
 *
 * @param name the C parameter's name, such as {@code predictions}
 * @param elements at least 1
 */
public record Scratch(String name, CType type, int elements) {
  public Scratch {
    if (elements < 1) {
      throw new IllegalArgumentException(name + " has " + elements + " elements");
    }
  }

  public int bytes() {
    return elements * type.bytes();
  }
}
