package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Suggestion;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tells the user at once about every node that cannot be imported, not about one after another. */
final class UnsupportedOperators {
  private static final int NODES_NAMED = 3;

  private static final Set<String> CONTROL_FLOW =
      Set.of(ConstantBranch.OPERATOR, LoopUnroller.LOOP, LoopUnroller.SCAN);

  private UnsupportedOperators() {}

  /** One diagnostic for all nodes that cannot be imported, if there are any. */
  static Optional<Diagnostic> of(Path model, List<ImportedNode> nodes) {
    List<ImportedNode> unsupported = nodes.stream().filter(node -> !supports(node)).toList();
    if (unsupported.isEmpty()) {
      return Optional.empty();
    }
    Map<String, List<ImportedNode>> byOperator =
        unsupported.stream()
            .collect(
                Collectors.groupingBy(
                    ImportedNode::operator, TreeMap::new, Collectors.toUnmodifiableList()));
    Diagnostic diagnostic =
        Diagnostic.of(
            Code.E0201,
            unsupported.get(0).location(model),
            byOperator.entrySet().stream()
                .map(entry -> "`" + entry.getKey() + "` (" + count(entry.getValue()) + ")")
                .collect(Collectors.joining(", ", "not supported: ", "")));
    for (Map.Entry<String, List<ImportedNode>> entry : byOperator.entrySet()) {
      diagnostic = diagnostic.note(entry.getKey() + ": " + names(entry.getValue()));
    }
    List<String> known = known();
    diagnostic = diagnostic.note("supported are " + String.join(", ", known));
    for (String operator : byOperator.keySet()) {
      if (operator.length() <= 64) {
        diagnostic =
            Suggestion.closest(operator, known)
                .map(near -> "instead of `" + operator + "`, did you mean `" + near + "`?")
                .map(diagnostic::help)
                .orElse(diagnostic);
      }
    }
    return Optional.of(diagnostic);
  }

  static boolean supports(ImportedNode node) {
    return CONTROL_FLOW.contains(node.operator())
        || NodeMappings.find(node.domain(), node.proto().getOpType()).isPresent();
  }

  private static List<String> known() {
    return NodeMappings.all().stream().map(SupportedOperator::name).toList();
  }

  private static String count(List<ImportedNode> nodes) {
    return nodes.size() == 1 ? "1 node" : nodes.size() + " nodes";
  }

  private static String names(List<ImportedNode> nodes) {
    String named =
        nodes.stream()
            .limit(NODES_NAMED)
            .map(node -> "`" + node.name() + "`")
            .collect(Collectors.joining(", "));
    int more = nodes.size() - NODES_NAMED;
    return more > 0 ? named + " and " + more + " more" : named;
  }
}
