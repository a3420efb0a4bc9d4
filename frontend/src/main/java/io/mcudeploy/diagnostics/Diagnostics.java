package io.mcudeploy.diagnostics;

/** Takes warnings as they are found; errors travel as {@link DiagnosticException}. */
@FunctionalInterface
public interface Diagnostics {
  /** Tells the user, now or later. */
  void report(Diagnostic diagnostic);
}
