package io.mcudeploy.operators;

/** Rows and columns added around an image, none negative. */
public record Padding2d(int top, int left, int bottom, int right) {
  /** Nothing added. */
  public static final Padding2d NONE = new Padding2d(0, 0, 0, 0);

  public Padding2d {
    if (top < 0 || left < 0 || bottom < 0 || right < 0) {
      throw new IllegalArgumentException(
          String.format("negative padding [%d, %d, %d, %d]", top, left, bottom, right));
    }
  }

  @Override
  public String toString() {
    return "[" + top + ", " + left + ", " + bottom + ", " + right + "]";
  }
}
