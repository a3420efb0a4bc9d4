package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mcudeploy.board.Board;
import io.mcudeploy.kernels.Kernels;
import io.mcudeploy.quantized.cases.OperatorCase;
import io.mcudeploy.quantized.cases.OperatorCases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operator, with odd shapes, paddings, strides and extreme values, in every kernel variant,
 * as machine code on every core: the golden model's bytes exactly. With {@code -Dcase=conv2d/} only
 * the cases whose ids begin so.
 */
class OperatorCasesTest {
  /** Few enough that a fault leaves the other cases standing. */
  private static final int CASES_PER_IMAGE = 60;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicContainer> everyCaseGivesTheGoldenBytesOn() {
    return Targets.chosen().stream()
        .map(board -> dynamicContainer(board.core().name(), tests(board)));
  }

  private Stream<DynamicNode> tests(Board board) {
    String prefix = System.getProperty("case", "");
    List<OperatorCase> cases =
        Stream.concat(OperatorCases.all().stream(), fused(board))
            .filter(each -> each.id().startsWith(prefix))
            .toList();
    List<DynamicNode> containers = new ArrayList<>();
    for (int first = 0; first < cases.size(); first += CASES_PER_IMAGE) {
      List<OperatorCase> some =
          cases.subList(first, Math.min(cases.size(), first + CASES_PER_IMAGE));
      Image image = new Image(board, some, folder.resolve(board.name() + "-" + first));
      List<DynamicTest> tests = new ArrayList<>();
      some.forEach(c -> tests.add(dynamicTest(name(c, board), () -> check(c, image))));
      tests.add(
          dynamicTest(
              "guards, stack and self-test on " + board.core().name(),
              () -> assertThat(image.results().generalProblems()).isEmpty()));
      containers.add(dynamicContainer("cases from " + (first + 1), tests));
    }
    return containers.stream();
  }

  /** The pairs of operators that a core computes at once. */
  private static Stream<OperatorCase> fused(Board board) {
    return OperatorCases.fused().stream()
        .filter(each -> !Kernels.find(each.operator(), board.core().kernels()).isEmpty());
  }

  private static String name(OperatorCase operatorCase, Board board) {
    return operatorCase.id() + " on " + board.core().name();
  }

  private static void check(OperatorCase operatorCase, Image image) {
    String again = name(operatorCase, image.board) + "; to repeat: " + image.command();
    CaseResults results = image.results();
    List<byte[]> expected = operatorCase.expected();
    for (Map.Entry<String, List<byte[]>> variant : results.variants(operatorCase.id()).entrySet()) {
      for (int i = 0; i < expected.size(); i++) {
        assertThat(variant.getValue().get(i))
            .as("output %d of %s, case %s", i, variant.getKey(), again)
            .isEqualTo(expected.get(i));
      }
    }
    assertThat(results.problems(operatorCase.id())).as("memory of case %s", again).isEmpty();
  }

  /** An image that is compiled and run when the first of its cases is looked at. */
  private static final class Image {
    private final Board board;
    private final List<OperatorCase> cases;
    private final Path folder;
    private Optional<CaseResults> results = Optional.empty();
    private Optional<RuntimeException> failure = Optional.empty();

    Image(Board board, List<OperatorCase> cases, Path folder) {
      this.board = board;
      this.cases = cases;
      this.folder = folder;
    }

    CaseResults results() {
      if (results.isEmpty() && failure.isEmpty()) {
        NeededTools.assumeFor(board.core().architecture());
        try {
          Files.createDirectories(folder);
          results = Optional.of(new CaseImage(board, cases).run(folder));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
          failure = Optional.of(e);
        }
      }
      return results.orElseThrow(
          () ->
              new AssertionError(
                  "the image of these cases does not run; to repeat: " + command(),
                  failure.orElseThrow()));
    }

    String command() {
      return Targets.command(OperatorCasesTest.class, board);
    }
  }
}
