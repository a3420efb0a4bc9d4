package io.mcudeploy.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Planner;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.QuantizedGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole networks on the host: what the memory plan lets share memory must not meet. */
class RandomNetworkHostTest {
  private static final List<String> CHAIN = List.of("portable");
  private static final int NETWORKS = 12;

  @Test
  void manyNetworksInOneImageGiveTheGoldenBytes(@TempDir Path folder) throws IOException {
    List<QuantizedGraph> networks =
        IntStream.range(0, NETWORKS)
            .mapToObj(seed -> RandomNetwork.of(seed, 4 + 2 * (seed % 20)))
            .toList();

    giveTheGoldenBytes(folder, networks, Goal.TIME);
  }

  @Test
  void imagesThatAreNeverWholeGiveTheGoldenBytes(@TempDir Path folder) throws IOException {
    List<QuantizedGraph> networks =
        IntStream.range(0, NETWORKS)
            .mapToObj(seed -> RandomImageNetwork.of(seed, 3 + seed))
            .toList();

    long chains = giveTheGoldenBytes(folder, networks, Goal.RAM);

    assertThat(chains).isGreaterThan(NETWORKS / 2);
  }

  /** Runs the networks and returns how many chains of layers ran row by row. */
  private static long giveTheGoldenBytes(Path folder, List<QuantizedGraph> networks, Goal goal)
      throws IOException {
    HostCompiler.require();
    List<String> sources = new ArrayList<>(List.of("main.c"));
    StringBuilder includes = new StringBuilder();
    StringBuilder calls = new StringBuilder();
    long chains = 0;
    for (QuantizedGraph graph : networks) {
      Plan plan = new Planner(CHAIN, 4).plan(graph, goal, Long.MAX_VALUE, Long.MAX_VALUE);
      chains += plan.schedule().chains().size();
      String model = graph.name();
      for (SourceFile file : new ModelSources(TinyNetwork.PROVENANCE, model, plan, CHAIN).files()) {
        Files.writeString(folder.resolve(file.path()), file.text());
        if (file.path().endsWith(".c")) {
          sources.add(file.path());
        }
      }
      includes.append("#include \"").append(model).append(".h\"\n");
      calls.append(run(graph, model));
    }
    Files.writeString(folder.resolve("main.c"), TestPrograms.main(includes, calls));

    assertThat(HostCompiler.compileAndRun(folder, List.of(), sources)).isEqualTo("done\n");
    return chains;
  }

  private static String run(QuantizedGraph graph, String model) {
    Random random = new Random(model.hashCode());
    List<byte[]> inputs = new ArrayList<>();
    List<String> arguments = new ArrayList<>(List.of("&arena"));
    StringBuilder text = new StringBuilder("{\nstatic " + model + "_arena arena;\n");
    for (String input : graph.inputs()) {
      byte[] image = new byte[graph.tensor(input).bytes()];
      random.nextBytes(image);
      text.append(TestPrograms.array("in" + inputs.size(), Int8Array.of(image)));
      arguments.add("in" + inputs.size());
      inputs.add(image);
    }
    StringBuilder checks = new StringBuilder();
    List<String> outputs = new ArrayList<>();
    for (byte[] expected : new GoldenModel(graph).run(inputs)) {
      String out = "out" + outputs.size();
      text.append(TestPrograms.array("expected" + outputs.size(), Int8Array.of(expected)));
      text.append("static int8_t " + out + "[" + expected.length + "];\n");
      checks.append("check(\"" + model + "\", " + out + ", expected" + outputs.size());
      checks.append(", (int)sizeof " + out + ");\n");
      arguments.add(out);
      outputs.add(out);
    }
    String call = model + "_run(" + String.join(", ", arguments) + ");\n";
    text.append("memset(&arena, 0x55, sizeof arena);\n").append(call).append(checks);
    text.append("memset(&arena, 0xaa, sizeof arena);\n").append(call).append(checks);
    text.append("check_selftest(\"" + model + "\", " + model + "_selftest(&arena, ");
    return text.append(String.join(", ", outputs)).append("));\n}\n").toString();
  }
}
