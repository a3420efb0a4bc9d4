package io.mcudeploy.diagnostics;

/**
 * Where in the user's material something is wrong: a line of a text file, a node of a network, or
 * just a file.
 */
public sealed interface Location {
  /** No place in particular, such as a command line argument. */
  record Nowhere() implements Location {
    @Override
    public String toString() {
      return "";
    }
  }

  /** A whole file, named as the user named it. */
  record File(String file) implements Location {
    @Override
    public String toString() {
      return file;
    }
  }

  /**
   * A place in a text file.
   *
   * @param line from 1
   * @param column from 1
   * @param text the line itself, shown below the message
   */
  record Line(String file, int line, int column, String text) implements Location {
    @Override
    public String toString() {
      return file + ":" + line + ":" + column;
    }
  }

  /**
   * A node of a network.
   *
   * @param node the node's name in the model file, or its output's name where it has none
   * @param operator the operator as the model file names it, such as {@code Conv}
   */
  record Node(String file, String node, String operator) implements Location {
    @Override
    public String toString() {
      return file + ": node `" + node + "` (" + operator + ")";
    }
  }

  /** No place in particular. */
  static Location nowhere() {
    return new Nowhere();
  }
}
