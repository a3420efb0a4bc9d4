package io.mcudeploy.emulator;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run of the test program showed.
 *
 * @param layers for each input and each layer the memory images of the layer's outputs
 * @param instructions of each layer for the last input; empty if the counter was not exact
 * @param stackBytes of one inference, at most
 * @param problems what the test program complained about, such as a self-test that failed; its
 *     complaints about differences from the golden model are not here
 */
public record RunResult(
    List<List<List<byte[]>>> layers,
    List<Long> instructions,
    long stackBytes,
    List<String> problems) {
  private static final Pattern LAYER = Pattern.compile("layer (\\d+) instructions (\\d+) .*");
  private static final Pattern STACK = Pattern.compile("stack (\\d+)");
  private static final String DIFFERS = "the output differs from the golden model";

  public RunResult {
    layers = List.copyOf(layers);
    instructions = List.copyOf(instructions);
    problems = List.copyOf(problems);
  }

  /** Instructions of one inference, all layers together, if they were counted. */
  public OptionalLong totalInstructions() {
    return instructions.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(instructions.stream().mapToLong(Long::longValue).sum());
  }

  /**
   * Reads what the test program left.
   *
   * @param inputs how many inputs it was given
   * @param text what it printed
   * @param tensors the content of {@code tensors.bin}
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0701 if it did not come to its end
   */
  static RunResult parse(ModelUnderTest model, int inputs, String text, byte[] tensors) {
    List<Long> instructions = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    long stack = -1;
    for (String line : text.lines().toList()) {
      Matcher layer = LAYER.matcher(line);
      Matcher stackLine = STACK.matcher(line);
      if (layer.matches()) {
        instructions.add(Long.parseLong(layer.group(2)));
      } else if (stackLine.matches()) {
        stack = Long.parseLong(stackLine.group(1));
      } else if (line.startsWith("FAIL ") && !line.endsWith(DIFFERS)) {
        problems.add(line.substring("FAIL ".length()));
      }
    }
    if (stack < 0 || tensors.length != inputs * model.tensorBytes()) {
      Diagnostic diagnostic =
          Diagnostic.of(Code.E0701, Location.nowhere(), "the test program did not come to its end");
      for (String line : text.lines().toList()) {
        diagnostic = diagnostic.note(line);
      }
      throw diagnostic.asException();
    }
    return new RunResult(split(model, inputs, tensors), instructions, stack, problems);
  }

  private static List<List<List<byte[]>>> split(ModelUnderTest model, int inputs, byte[] tensors) {
    List<List<List<byte[]>>> all = new ArrayList<>();
    int position = 0;
    for (int input = 0; input < inputs; input++) {
      List<List<byte[]>> layers = new ArrayList<>();
      for (ModelUnderTest.TestedLayer layer : model.layers()) {
        List<byte[]> outputs = new ArrayList<>();
        for (int bytes : layer.sizes()) {
          outputs.add(Arrays.copyOfRange(tensors, position, position + bytes));
          position += bytes;
        }
        layers.add(outputs);
      }
      all.add(layers);
    }
    return all;
  }
}
