package io.mcudeploy.tflite;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tells the user at once about every operator that cannot be imported, not about one by one. */
final class UnsupportedOperators {
  private UnsupportedOperators() {}

  /**
   * Passes if every operator can be imported.
   *
   * @param names of the operator codes, in the file's order
   * @throws DiagnosticException otherwise
   */
  static void reject(Location location, FlatBuffer.Vector operators, List<String> names) {
    Map<String, Integer> unsupported = new TreeMap<>();
    for (int i = 0; i < operators.length(); i++) {
      int code = operators.table(i).int32(0, 0);
      if (code < 0 || code >= names.size()) {
        throw Diagnostic.of(
                Code.E0102,
                location,
                "operator " + i + " is of kind " + code + " of " + names.size())
            .asException();
      }
      if (OperatorMappings.find(names.get(code)).isEmpty()) {
        unsupported.merge(names.get(code), 1, Integer::sum);
      }
    }
    if (!unsupported.isEmpty()) {
      throw Diagnostic.of(
              Code.E0201,
              location,
              unsupported.entrySet().stream()
                  .map(entry -> "`" + entry.getKey() + "` (" + entry.getValue() + ")")
                  .collect(Collectors.joining(", ", "not supported: ", "")))
          .note(
              "supported are "
                  + OperatorMappings.all().stream()
                      .map(SupportedOperator::name)
                      .collect(Collectors.joining(", ")))
          .asException();
    }
  }
}
