package io.mcudeploy.diagnostics;

/** The user's input is wrong in the way the diagnostic says. Not for our own mistakes. */
public final class DiagnosticException extends RuntimeException {
  private final transient Diagnostic diagnostic;

  public DiagnosticException(Diagnostic diagnostic) {
    super(diagnostic.toString());
    this.diagnostic = diagnostic;
  }

  public Diagnostic diagnostic() {
    return diagnostic;
  }
}
