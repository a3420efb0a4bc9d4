package io.mcudeploy.diagnostics;

import java.util.ArrayList;
import java.util.List;

/**
 * One message to the user about their input.
 *
 * @param message one sentence in the user's terms, without a full stop
 * @param notes facts that explain the message
 * @param helps ways out, the cheapest first
 */
public record Diagnostic(
    Code code, String message, Location location, List<String> notes, List<String> helps) {

  public Diagnostic {
    notes = List.copyOf(notes);
    helps = List.copyOf(helps);
  }

  /** A diagnostic without notes or helps, to be completed by {@link #note} and {@link #help}. */
  public static Diagnostic of(Code code, Location location, String message) {
    return new Diagnostic(code, message, location, List.of(), List.of());
  }

  /** This diagnostic with one more note. */
  public Diagnostic note(String note) {
    return new Diagnostic(code, message, location, plus(notes, note), helps);
  }

  /** This diagnostic with one more way out. */
  public Diagnostic help(String help) {
    return new Diagnostic(code, message, location, notes, plus(helps, help));
  }

  /** An exception that carries this diagnostic to the command line. */
  public DiagnosticException asException() {
    return new DiagnosticException(this);
  }

  /** The message as shown on a terminal, several lines, without a line break at its end. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(code.isError() ? "error[" : "warning[").append(code).append("]: ").append(message);
    if (!(location instanceof Location.Nowhere)) {
      text.append("\n  --> ").append(location);
    }
    if (location instanceof Location.Line line) {
      String number = Integer.toString(line.line());
      String margin = " ".repeat(number.length() + 2);
      text.append('\n').append(margin).append("|\n ");
      text.append(number).append(" | ").append(line.text()).append('\n');
      text.append(margin).append("| ").append(" ".repeat(Math.max(0, line.column() - 1)));
      text.append('^');
    }
    for (String note : notes) {
      text.append("\n   = note: ").append(note);
    }
    for (String help : helps) {
      text.append("\n   = help: ").append(help);
    }
    return text.toString();
  }

  private static List<String> plus(List<String> list, String last) {
    List<String> longer = new ArrayList<>(list);
    longer.add(last);
    return longer;
  }
}
