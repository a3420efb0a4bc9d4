package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mcudeploy.deploy.Report;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whole trained networks on every core. Each build compares every layer for every input with the
 * golden model, of which there is one: so all cores give the same bytes.
 */
class SampleModelsTest {
  @TestFactory
  Stream<DynamicTest> everyLayerEqualsTheGoldenModels() {
    return SampleBuild.chosen().stream()
        .map(build -> dynamicTest(build.toString(), () -> check(build)));
  }

  private static void check(SampleBuild build) {
    Report report = build.report();
    String again = Targets.command(SampleModelsTest.class, build.board());
    Report.Verified verified =
        report.verified().orElseThrow(() -> new AssertionError("not verified; " + again));
    assertThat(verified.inputs()).as(again).isEqualTo(4);
    assertThat(verified.instructions()).as(again).isPresent();
    assertThat(verified.stackBytes()).as(again).isBetween(1L, 1024L);
    assertThat(verified.flashBytes()).as(again).isGreaterThan(report.constantBytes());
    assertThat(report.layers()).as(again).allMatch(layer -> layer.instructions().isPresent());
  }
}
