package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.generate.ModelSources;
import io.mcudeploy.generate.Provenance;
import io.mcudeploy.generate.SourceFile;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Planner;
import io.mcudeploy.toolchain.Command;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** No compiler has anything to say about generated C, with all the warnings we know turned on. */
class StrictCompilationTest {
  private static final List<String> STRICT =
      List.of(
          "-std=c99",
          "-O2",
          "-Wall",
          "-Wextra",
          "-Wconversion",
          "-Wshadow",
          "-Wundef",
          "-Werror",
          "-c",
          "-o",
          "/dev/null");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> portableCodeCompilesOnTheHost() {
    return SampleModel.NAMES.stream().map(name -> dynamicTest(name, () -> compilePortable(name)));
  }

  @TestFactory
  Stream<DynamicTest> wholeProjectsCompile() {
    return Stream.of("rp2040", "mps2-an386", "mps3-an547", "esp32-c3")
        .flatMap(
            board ->
                SampleModel.NAMES.stream()
                    .map(
                        model ->
                            dynamicTest(
                                model + " for " + board,
                                () -> compileProject(model, Boards.find(board)))));
  }

  private void compilePortable(String name) throws IOException {
    NeededTools.assume("gcc");
    List<String> chain = List.of("portable");
    Plan plan =
        new Planner(chain, 16)
            .plan(
                SampleModel.named(name).quantized(),
                Goal.TIME,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE);
    Provenance provenance = new Provenance("test", name + ".onnx", "0".repeat(64), "host", "host");
    Path project = Files.createDirectories(folder.resolve(name));
    for (SourceFile file : new ModelSources(provenance, name, plan, chain).files()) {
      Files.writeString(project.resolve(file.path()), file.text());
    }
    compile(List.of("gcc"), name, project);
  }

  private void compileProject(String name, Board board) throws IOException {
    NeededTools.assumeFor(board.core().architecture());
    Path project = folder.resolve(board.name()).resolve(name);
    Files.createDirectories(project.getParent());
    SampleModel.named(name).build(board, Goal.TIME, project, true);
    List<String> compiler = new ArrayList<>();
    Tool tool = Tool.compiler(board.core().architecture());
    compiler.add(Tools.ofThisProcess().require(tool).program().toString());
    compiler.addAll(board.core().compilerFlags());
    compiler.add("-ffreestanding");
    compile(compiler, name, project);
  }

  /** Compiles every C file of a folder one by one. */
  private static void compile(List<String> compiler, String model, Path project)
      throws IOException {
    List<String> sources;
    try (Stream<Path> walk = Files.walk(project)) {
      sources =
          walk.map(file -> project.relativize(file).toString())
              .filter(file -> file.endsWith(".c"))
              .sorted()
              .toList();
    }
    assertThat(sources).contains(model + ".c", model + "_kernels.c", model + "_weights.c");
    for (String source : sources) {
      List<String> words = new ArrayList<>(compiler);
      words.addAll(STRICT);
      words.addAll(List.of("-I.", "-Itest", "-D" + model.toUpperCase(Locale.ROOT) + "_HOOKS"));
      words.add(source);
      Command.Outcome outcome =
          new Command(words, project, Duration.ofMinutes(5)).run().orElseThrow();
      assertThat(outcome.output()).as(String.join(" ", words)).isEmpty();
      assertThat(outcome.status()).as(String.join(" ", words)).isZero();
    }
  }
}
