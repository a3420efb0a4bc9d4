package io.mcudeploy.quantized;

/**
 * Neighbouring rows of a tensor: {@code first} up to but not including {@code end}. The rows of a
 * tensor are its parts along the first axis that is longer than 1, such as the lines of an NHWC
 * image; they lie one behind the other in memory.
 */
public record Rows(int first, int end) {
  public Rows {
    if (first < 0 || end < first) {
      throw new IllegalArgumentException("rows " + first + ".." + (end - 1));
    }
  }

  public int count() {
    return end - first;
  }
}
