package io.mcudeploy.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Planner;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.QuantizedGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ModelSourcesTest {
  private static final List<String> CHAIN = List.of("portable");
  private static final Path GOLDEN = Path.of("src/test/resources/golden/tiny");

  @Test
  void tinyNetworkReadsAsReviewed() throws IOException {
    Map<String, String> files =
        files().stream().collect(Collectors.toMap(SourceFile::path, SourceFile::text));

    assertThat(files.keySet())
        .containsExactlyInAnyOrder(
            "tiny.h",
            "tiny.c",
            "tiny_weights.h",
            "tiny_weights.c",
            "tiny_kernels.h",
            "tiny_kernels.c",
            "tiny_core.h");
    for (Map.Entry<String, String> file : files.entrySet()) {
      assertThat(file.getValue())
          .as(file.getKey())
          .isEqualTo(Files.readString(GOLDEN.resolve(file.getKey())));
    }
  }

  @Test
  void sameNetworkGivesTheSameBytes() {
    assertThat(files()).isEqualTo(files());
  }

  @Test
  void constantsThatStripesShareCountOnce() {
    Planner planner = new Planner(CHAIN, 4);
    QuantizedGraph graph = RandomImageNetwork.of(8, 6);
    Plan rows = planner.plan(graph, Goal.RAM, 1 << 20, 1 << 20);
    Plan stripes = planner.plan(graph, Goal.TIME, rows.arenaBytes() - 1, 1 << 20);

    assertThat(stripes.constantBytes())
        .isEqualTo(new ModelSources(TinyNetwork.PROVENANCE, "wide", stripes, CHAIN).constantBytes())
        .isLessThan(stripes.schedule().steps().stream().mapToInt(Step::constantBytes).sum());
  }

  private static List<SourceFile> files() {
    Plan plan = new Planner(CHAIN, 4).plan(TinyNetwork.graph(), Goal.TIME, 1 << 20, 1 << 20);
    return new ModelSources(TinyNetwork.PROVENANCE, "tiny", plan, CHAIN).files();
  }
}
