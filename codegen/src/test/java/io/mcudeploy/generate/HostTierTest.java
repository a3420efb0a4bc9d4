package io.mcudeploy.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Kernels;
import io.mcudeploy.plan.Lifetimes;
import io.mcudeploy.plan.MemoryPlanner;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Schedule;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.cases.OperatorCase;
import io.mcudeploy.quantized.cases.OperatorCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every case of every operator, as portable C under the host's sanitizers, against the golden
 * model: one image for each operator, each case and kernel variant a model of its own in it.
 */
class HostTierTest {
  private static final List<String> CHAIN = List.of("portable");

  @TempDir Path folder;

  @BeforeEach
  void requireCompiler() {
    HostCompiler.require();
  }

  @TestFactory
  List<DynamicTest> everyCaseGivesTheGoldenBytes() {
    Map<String, List<OperatorCase>> byKind =
        OperatorCases.all().stream()
            .collect(
                Collectors.groupingBy(
                    c -> c.operator().kind(), LinkedHashMap::new, Collectors.toList()));
    return byKind.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(), () -> check(entry.getKey(), entry.getValue())))
        .toList();
  }

  private void check(String kind, List<OperatorCase> cases) throws IOException {
    Path project = Files.createDirectories(folder.resolve(kind));
    List<String> sources = new ArrayList<>(List.of("main.c"));
    StringBuilder includes = new StringBuilder();
    StringBuilder calls = new StringBuilder();
    for (OperatorCase operatorCase : cases) {
      QuantizedGraph graph = CaseNetwork.of(operatorCase);
      List<KernelCode> variants = Kernels.variants(operatorCase.operator(), CHAIN);
      for (int v = 0; v < variants.size(); v++) {
        Schedule schedule = Schedule.of(graph, List.of(variants.get(v)));
        Plan plan = new Plan(schedule, new MemoryPlanner(4).plan(Lifetimes.of(schedule)));
        String model = CNames.sanitise(operatorCase.id()) + (v > 0 ? "_v" + v : "");
        for (SourceFile file :
            new ModelSources(TinyNetwork.PROVENANCE, model, plan, CHAIN).files()) {
          Files.writeString(project.resolve(file.path()), file.text());
          if (file.path().endsWith(".c")) {
            sources.add(file.path());
          }
        }
        includes.append("#include \"").append(model).append(".h\"\n");
        calls.append(call(operatorCase, model));
      }
    }
    Files.writeString(project.resolve("main.c"), TestPrograms.main(includes, calls));

    String output = HostCompiler.compileAndRun(project, List.of(), sources);

    assertThat(output).isEqualTo("done\n");
  }

  /** Runs a case on its golden inputs, compares, and runs the self-test. */
  private static String call(OperatorCase operatorCase, String model) {
    StringBuilder call = new StringBuilder("{\nstatic " + model + "_arena arena;\n");
    List<String> arguments = new ArrayList<>(List.of("&arena"));
    List<String> outputs = new ArrayList<>();
    StringBuilder checks = new StringBuilder();
    for (int i = 0; i < operatorCase.inputs().size(); i++) {
      call.append(TestPrograms.array("in" + i, operatorCase.inputs().get(i)));
      arguments.add(pointer("const ", operatorCase.operator().inputStorage(i), "in" + i));
    }
    List<byte[]> expected = operatorCase.expected();
    for (int i = 0; i < expected.size(); i++) {
      call.append(TestPrograms.array("expected" + i, Int8Array.of(expected.get(i))));
      call.append(TestPrograms.memory("out" + i, expected.get(i).length));
      String output = pointer("", operatorCase.operator().outputStorage(i), "out" + i);
      arguments.add(output);
      outputs.add(output);
      checks.append("check(\"" + model + "\", out" + i + ", expected" + i);
      checks.append(", (int)sizeof out" + i + ");\n");
    }
    call.append(model + "_run(" + String.join(", ", arguments) + ");\n").append(checks);
    call.append("check_selftest(\"" + model + "\", " + model + "_selftest(&arena, ");
    return call.append(String.join(", ", outputs)).append("));\n}\n").toString();
  }

  /** A memory image as the model's interface wants it. */
  private static String pointer(String qualifier, StorageType storage, String image) {
    return storage == StorageType.INT8
        ? image
        : "(%s%s *)(%svoid *)%s".formatted(qualifier, storage.cName(), qualifier, image);
  }

  @Test
  void everyIntegerOperatorHasAPortableKernel() {
    for (OperatorCase operatorCase : OperatorCases.all()) {
      assertThat(Kernels.variants(operatorCase.operator(), CHAIN))
          .as(operatorCase.id())
          .isNotEmpty();
    }
  }
}
