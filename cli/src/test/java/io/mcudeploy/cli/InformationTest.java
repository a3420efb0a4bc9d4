package io.mcudeploy.cli;

import static io.mcudeploy.cli.SampleFiles.words;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mcudeploy.board.Boards;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that tell something, to people and to machines. */
class InformationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode json(Object... words) throws IOException {
    CommandResult result = CommandResult.of(words(words));
    assertThat(result.status()).as(result.err()).isZero();
    return JSON.readTree(result.out());
  }

  @Test
  void inspectTellsWhatACapsuleNetworkIsMadeOf() throws IOException {
    JsonNode facts = json("inspect", "--json", SampleFiles.capsnet());
    CommandResult text = CommandResult.of(words("inspect", SampleFiles.capsnet()));

    assertThat(facts.get("parameters").asLong()).isEqualTo(296_800);
    assertThat(facts.get("macs").asLong()).isEqualTo(4_143_680);
    assertThat(facts.get("recognised")).hasSize(2);
    assertThat(facts.get("operators").get("CapsuleRouting").asInt()).isEqualTo(1);
    assertThat(text.out())
        .contains("296,800 parameters, 4,143,680 MAC")
        .contains("3 passes, softmax over output capsules");
  }

  @Test
  void inspectShowsKernelsAndMemoryOnABoardWithoutCompilerOrFolder() throws IOException {
    Tools none = new Tools(Map.of("PATH", ""));
    Object[] words = {
      "inspect", SampleFiles.dscnn(), "--board", "nucleo-f446re", "--optimize", "balanced"
    };

    CommandResult text = CommandResult.with(none, words(words));
    JsonNode plan =
        json(Stream.concat(Stream.of(words), Stream.of("--json")).toArray()).get("plan");

    assertThat(text.status()).as(text.err()).isZero();
    assertThat(text.out())
        .contains("Why these kernels, by estimates:", "Layers run in the order of the table")
        .contains("- arena: ", ", lower bound ", "| sram");
    assertThat(plan.get("fits").asBoolean()).isTrue();
    assertThat(plan.get("layers").findValues("estimatedInstructions"))
        .hasSize(plan.get("kernels").size())
        .allMatch(count -> count.asLong() > 0);
    int end = 0;
    for (JsonNode place : plan.get("places")) {
      end = Math.max(end, place.get("offset").asInt() + place.get("bytes").asInt());
    }
    assertThat(plan.get("arenaBytes").asInt()).isEqualTo(end);
    assertThat(Path.of("dscnn_mnist")).doesNotExist();
  }

  @Test
  void inspectShowsWhatANetworkNeedsThatDoesNotFit() throws IOException {
    JsonNode plan =
        json(
                "inspect",
                "--json",
                SampleFiles.capsnet(),
                "--board",
                "nucleo-f446re",
                "--reserve",
                "flash=500KiB")
            .get("plan");

    assertThat(plan.get("fits").asBoolean()).isFalse();
    assertThat(plan.get("problem").get("code").asText()).isEqualTo("E0502");
    assertThat(plan.get("problem").get("helps").toString()).contains("--reserve flash=");
    assertThat(plan.get("constantBytes").asInt()).isGreaterThan(12 << 10);
  }

  @Test
  void evalTellsAccuracyAndAgreement() throws IOException {
    JsonNode facts =
        json(
            "eval",
            "--json",
            SampleFiles.dscnn(),
            "--scale",
            "1/255",
            "--calibrate",
            SampleFiles.testImages(),
            "--data",
            SampleFiles.testImages(),
            "--labels",
            SampleFiles.testLabels(),
            "--first",
            100);

    assertThat(facts.get("samples").asInt()).isEqualTo(100);
    assertThat(facts.get("floatAccuracy").asDouble()).isGreaterThan(0.95);
    assertThat(facts.get("int8Accuracy").asDouble()).isGreaterThan(0.95);
    assertThat(facts.get("agreement").asDouble()).isGreaterThan(0.97);
  }

  @Test
  void evalTellsWhatLayersLoseAndRepairsAndScalesCanBeChosen() throws IOException {
    Object[] words = {
      "eval",
      SampleFiles.dscnn(),
      "--scale",
      "1/255",
      "--calibrate",
      SampleFiles.testImages(),
      "--data",
      SampleFiles.testImages(),
      "--first",
      10,
      "--ranges",
      "percentile:99.9",
      "--activations",
      "power_of_two",
      "--repair",
      "equalize,correct",
      "--layers",
      "--json"
    };

    JsonNode facts = json(words);
    CommandResult text = CommandResult.of(words(java.util.Arrays.copyOf(words, words.length - 1)));

    assertThat(facts.get("decibels").asDouble()).isBetween(5.0, 60.0);
    assertThat(facts.get("layers").findValuesAsText("operator")).startsWith("input");
    assertThat(facts.get("layers").get(1).get("alone").asDouble()).isPositive();
    assertThat(text.out()).contains("SQNR alone").contains("saturated");
  }

  @Test
  void ordersThatMakeNoSenseAreUsageErrors() {
    for (String order : List.of("--ranges=most", "--migration=2", "--repair=luck")) {
      CommandResult result = CommandResult.of("eval", "model.onnx", "--data", "data.npy", order);

      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains(order.substring(order.indexOf('=') + 1));
    }
  }

  @Test
  void boardsOperatorsAndPagesAreGivenAsJson() throws IOException {
    assertThat(json("boards", "--json")).hasSize(Boards.all().size());
    assertThat(json("operators", "--json").findValuesAsText("name")).contains("Conv", "Softmax");
    assertThat(json("explain", "--json", "E0801").get("title").asText())
        .isEqualTo("the output cannot be written");
    assertThat(CommandResult.of("operators").out()).contains("Conv").contains("Softmax");
  }

  @Test
  void doctorTellsWhatToInstall() throws IOException {
    Tools none = new Tools(Map.of("PATH", ""));

    CommandResult text = CommandResult.with(none, "doctor");
    CommandResult json = CommandResult.with(none, "doctor", "--json");

    assertThat(text.status()).isEqualTo(4);
    assertThat(text.out()).contains("missing").contains("sudo apt-get install qemu-system-arm");
    assertThat(JSON.readTree(json.out())).hasSize(Tool.values().length);
    assertThat(JSON.readTree(json.out()).findValuesAsText("found")).containsOnly("false");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "build",
        "verify",
        "profile",
        "diff",
        "run",
        "eval",
        "inspect",
        "boards",
        "operators",
        "doctor",
        "explain"
      })
  void everyCommandHasHelp(String command) {
    CommandResult result = CommandResult.of(command, "--help");

    assertThat(result.status()).isZero();
    assertThat(result.out()).startsWith("Usage: mcu-deploy " + command).contains("--json");
  }

  @Test
  void theShellLearnsTheCommands() {
    CommandResult result = CommandResult.of("generate-completion");

    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("complete -F").contains("--emit-only").contains("explain");
  }

  @Test
  void writesAManPageForEveryCommand(@TempDir Path folder) throws IOException {
    CommandResult result = CommandResult.of("gen-manpage", "--outdir", folder.toString());

    assertThat(result.status()).isZero();
    assertThat(Files.readString(folder.resolve("mcu-deploy-build.adoc")))
        .contains("mcu-deploy-build(1)")
        .contains("--emit-only");
  }

  @Test
  void helpListsCommandsAndExitCodes() {
    CommandResult result = CommandResult.of("--help");

    assertThat(result.out())
        .contains("Usage: mcu-deploy")
        .contains("verified")
        .containsPattern("3 +a result differs from the golden model");
  }
}
