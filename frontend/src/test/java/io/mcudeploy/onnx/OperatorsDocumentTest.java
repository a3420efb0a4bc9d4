package io.mcudeploy.onnx;

import io.mcudeploy.GeneratedDocument;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.network.Network;
import io.mcudeploy.quantization.Rejections;
import io.mcudeploy.tflite.OperatorMappings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes {@code docs/operators.md} from the tables of mappings. Whether an operator is computed in
 * integers is tried on the cases that {@link OperatorOracleTest} compares with ONNX Runtime.
 */
class OperatorsDocumentTest {
  private static final String INTRODUCTION =
      """
      # Operators

      What is imported, with its limits. This page is written and checked by `OperatorsDocumentTest`:

          mvn -pl frontend test -Dtest=OperatorsDocumentTest -Ddocuments.record=true

      Everything is also computed at import where its inputs are constant. *In integers* says how the cases
      fare that the tests compare with ONNX Runtime: `yes`, `some` of them, or why none is; a blank means
      that there are none. [How ONNX's own tests end](onnx-node-tests.md) tells more, and
      `mcu-deploy inspect` tells it of every node of a network. If, Loop and Scan are written out where
      their course does not depend on the network's input.

      """;

  @TempDir Path folder;

  @Test
  void theDocumentIsCurrent() throws IOException {
    StringBuilder text = new StringBuilder(INTRODUCTION);
    Set<String> domains = new LinkedHashSet<>();
    NodeMappings.all().forEach(operator -> domains.add(operator.domain()));
    for (String domain : domains) {
      text.append("## ONNX").append(domain.isEmpty() ? "" : ", `" + domain + "`").append("\n\n");
      text.append("| operator | in integers | limits |\n| :-- | :-- | :-- |\n");
      for (SupportedOperator operator : NodeMappings.all()) {
        if (operator.domain().equals(domain)) {
          row(text, operator.opType(), inIntegers(operator), operator.limits());
        }
      }
      text.append('\n');
    }
    text.append("## TensorFlow Lite\n\n| operator | limits |\n| :-- | :-- |\n");
    OperatorMappings.all().forEach(operator -> row(text, operator.name(), operator.limits()));
    GeneratedDocument.check("operators.md", text.toString());
  }

  private String inIntegers(SupportedOperator operator) throws IOException {
    if (!operator.domain().isEmpty()) {
      return "";
    }
    List<String> outcomes = new ArrayList<>();
    for (OneNodeModel model : Stream.concat(OperatorOracleTest.cases(), more()).toList()) {
      if (model.opType().equals(operator.opType())) {
        outcomes.add(outcome(Files.write(folder.resolve("model.onnx"), model.toBytes())));
      }
    }
    if (outcomes.isEmpty()) {
      return "";
    }
    boolean none = !outcomes.contains("yes");
    return outcomes.stream().distinct().count() == 1 || none ? outcomes.get(0) : "some";
  }

  /** Of operators that other tests compare with ONNX Runtime. */
  private static Stream<OneNodeModel> more() {
    Stream<OneNodeModel> comparisons =
        Stream.of("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")
            .map(opType -> new OneNodeModel(opType, 16).feed(1, 6).feed(1, 6));
    return Stream.concat(
        comparisons,
        Stream.of(
            new OneNodeModel("CumSum", 14).feed(1, 6).integer(1),
            new OneNodeModel("GatherElements", 13).feed(6).integers(0, 2, 5),
            new OneNodeModel("ScatterElements", 18).feed(6).integers(0, 2).feed(2),
            new OneNodeModel("TopK", 11).feed(1, 6).integers(2).outputs(2),
            new OneNodeModel("Trilu", 14).feed(1, 4, 4),
            new OneNodeModel("Shrink", 9).feed(1, 6),
            new OneNodeModel("Swish", 24).feed(1, 6),
            new OneNodeModel("RMSNormalization", 23).feed(1, 2, 6).floats(6),
            IntegerOracleTest.recurrent("RNN", 1),
            IntegerOracleTest.recurrent("GRU", 3),
            IntegerOracleTest.recurrent("LSTM", 4)));
  }

  private static String outcome(Path model) {
    try {
      Graph graph = Network.read(model, ImportOptions.none(), diagnostic -> {}).graph();
      if (graph.nodes().isEmpty()) {
        return "at import";
      }
      return Rejections.of(graph).stream().findFirst().map(Diagnostic::message).orElse("yes");
    } catch (DiagnosticException e) {
      return e.diagnostic().message();
    }
  }

  private static void row(StringBuilder text, String... cells) {
    for (String cell : cells) {
      text.append("| ").append(cell.replace("|", "\\|")).append(' ');
    }
    text.append("|\n");
  }
}
