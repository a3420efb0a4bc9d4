package io.mcudeploy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.generate.Provenance;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.quantized.QuantizedGraph;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputDirectoryTest {
  @TempDir private Path folder;

  private static Map<String, byte[]> project(String boardName) {
    Board board = Boards.find(boardName);
    QuantizedGraph graph = SmallNetwork.of(8);
    Provenance provenance =
        new Provenance("0.1.0", "small.onnx", "ab".repeat(32), board.name(), board.core().name());
    return new ProjectFiles(
            provenance, "small", board, new Fit(board, graph).plan(Goal.TIME), Goal.TIME)
        .all(Vectors.of(graph, List.of(List.of(new byte[8]))));
  }

  private static void publish(Path target, Map<String, byte[]> files) {
    try (OutputDirectory directory = OutputDirectory.create(target)) {
      directory.write(files);
      directory.publish();
    }
  }

  private List<String> content() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void appearsWholeAndOnlyWhenPublished() throws IOException {
    Path target = folder.resolve("new/project");
    try (OutputDirectory directory = OutputDirectory.create(target)) {
      directory.write(Map.of("sub/a.txt", "a".getBytes(StandardCharsets.UTF_8)));
      assertThat(folder.resolve("new")).doesNotExist();
      directory.publish();
    }

    assertThat(target.resolve("sub/a.txt")).hasContent("a");
    assertThat(content()).containsExactly("new");
  }

  @Test
  void leavesNothingIfItIsNotPublished() throws IOException {
    try (OutputDirectory directory = OutputDirectory.create(folder.resolve("a/b/project"))) {
      directory.write(Map.of("a.txt", new byte[1]));
    }

    assertThat(content()).isEmpty();
  }

  @Test
  void replacesAnOlderProjectAndWhatItsMakefileCompiled() throws IOException {
    Path target = folder.resolve("project");
    publish(target, project("mps2-an500"));
    Files.createDirectories(target.resolve("build/test"));
    Files.writeString(target.resolve("build/test/main.o"), "compiled");

    publish(target, project("mps2-an386"));

    assertThat(Manifest.read(target).board()).isEqualTo("mps2-an386");
    assertThat(target.resolve("build")).doesNotExist();
    assertThat(content()).containsExactly("project");
  }

  @Test
  void refusesAProjectToWhichAFileWasAdded() throws IOException {
    Path target = folder.resolve("project");
    publish(target, project("mps2-an500"));
    Files.writeString(target.resolve("mine.c"), "mine");

    assertThatThrownBy(() -> OutputDirectory.create(target))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("E0801");
    assertThat(target.resolve("mine.c")).hasContent("mine");
  }

  @Test
  void aManifestOfSomebodyElseMakesNoProject() throws IOException {
    Files.writeString(folder.resolve("manifest.json"), "{\"name\": \"a web page\"}");

    assertThatThrownBy(() -> OutputDirectory.create(folder))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("did not generate");
  }

  @Test
  void manifestTellsWhatTheProjectIsAndWhichFilesChanged() throws IOException {
    Path target = folder.resolve("project");
    Map<String, byte[]> files = project("mps2-an500");
    publish(target, files);

    Manifest manifest = Manifest.read(target);

    assertThat(manifest.json()).isEqualTo(files.get("manifest.json"));
    assertThat(manifest.name()).isEqualTo("small");
    assertThat(manifest.layers()).extracting(Manifest.Layer::name).contains("first");
    assertThat(manifest.inputs().get(0).shape()).containsExactly(1, 8);
    assertThat(manifest.changedFiles(target)).isEmpty();

    Files.writeString(target.resolve("small_kernels.c"), "void nothing(void);\n");
    Files.delete(target.resolve("README.md"));
    assertThat(manifest.changedFiles(target)).containsExactly("README.md", "small_kernels.c");
  }
}
