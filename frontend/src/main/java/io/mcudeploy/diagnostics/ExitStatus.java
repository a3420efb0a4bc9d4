package io.mcudeploy.diagnostics;

/** The exit codes of the command line, as the user guide lists them. */
public enum ExitStatus {
  DONE(0),
  DIAGNOSTICS(1),
  USAGE(2),
  DIFFERENT(3),
  MISSING_TOOL(4),
  INTERNAL_ERROR(70);

  private final int code;

  ExitStatus(int code) {
    this.code = code;
  }

  /** The number the process ends with. */
  public int code() {
    return code;
  }
}
