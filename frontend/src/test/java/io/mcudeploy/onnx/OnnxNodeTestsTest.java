package io.mcudeploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.GeneratedDocument;
import io.mcudeploy.SharedData;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ONNX project's own tests of single operators: each either gives the expected numbers or a
 * diagnostic, and never another exception. What is imported must be right however much of it is
 * constant. {@code docs/onnx-node-tests.md} tells users how they end.
 */
class OnnxNodeTestsTest {
  /** Measured; to be raised whenever more is supported. */
  private static final int SUPPORTED = 469;

  @TempDir Path folder;

  /** The tests run so far; with the reason for those that are rejected. */
  private final Map<String, Optional<Diagnostic>> rejections = new TreeMap<>();

  private final Map<String, NodeTestQuantization> quantized = new TreeMap<>();

  @TestFactory
  Stream<DynamicTest> agreesWithOnnx() {
    if (SharedData.find(OnnxNodeTest.FOLDER).isEmpty()) {
      return Stream.of(
          DynamicTest.dynamicTest("ONNX's tests", () -> SharedData.path(OnnxNodeTest.FOLDER)));
    }
    return Stream.concat(
        OnnxNodeTest.all().stream()
            .map(test -> DynamicTest.dynamicTest(test.name(), () -> run(test))),
        Stream.of(
            DynamicTest.dynamicTest(
                "at least " + SUPPORTED + " are supported", this::enoughAreSupported),
            DynamicTest.dynamicTest("integers stay within the bound", this::integersStayClose),
            DynamicTest.dynamicTest("the document is current", this::documentIsCurrent)));
  }

  private void run(OnnxNodeTest test) throws IOException {
    Optional<Diagnostic> rejection = Optional.empty();
    boolean agrees = false;
    for (int count : test.feeds()) {
      Optional<Diagnostic> found = rejection(test, count);
      agrees |= found.isEmpty();
      // The first input is fed wherever there is one: the reason a network would be given.
      rejection = count <= 1 ? found : rejection;
    }
    rejections.put(test.name(), agrees ? Optional.empty() : rejection);
    if (agrees) {
      quantized.put(test.name(), NodeTestQuantization.of(test, folder));
    }
  }

  /** Why the model is rejected; nothing if it gives the numbers it should. */
  private Optional<Diagnostic> rejection(OnnxNodeTest test, int count) throws IOException {
    TensorDecoder decoder = new TensorDecoder(folder);
    List<Tensor> actual;
    try {
      Path file = ModelText.write(folder, test.fed(count));
      Graph graph = OnnxImporter.read(file, ImportOptions.none(), diagnostic -> {});
      actual = new Interpreter(graph).run(test.numbers(count, decoder));
    } catch (DiagnosticException e) {
      return Optional.of(e.diagnostic());
    }
    List<Tensor> expected = test.outputs().stream().map(decoder::decode).toList();
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      NumberAssertions.assertClose(actual.get(i), expected.get(i), 1e-3, 1e-5);
    }
    return Optional.empty();
  }

  private void enoughAreSupported() {
    List<String> rejected =
        rejections.keySet().stream().filter(name -> rejections.get(name).isPresent()).toList();
    assertThat(rejections.size() - rejected.size())
        .as("rejected are %s", rejected)
        .isGreaterThanOrEqualTo(SUPPORTED);
  }

  private void integersStayClose() {
    assertThat(quantized.entrySet())
        .filteredOn(entry -> !NodeTestsDocument.isWithinBound(entry.getValue()))
        .isEmpty();
  }

  private void documentIsCurrent() throws IOException {
    GeneratedDocument.check("onnx-node-tests.md", NodeTestsDocument.text(rejections, quantized));
  }
}
