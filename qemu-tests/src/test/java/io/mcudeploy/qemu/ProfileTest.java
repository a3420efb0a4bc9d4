package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mcudeploy.board.Board;
import io.mcudeploy.deploy.Profile;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.plan.Goal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a profile says is what other ways of counting say. */
class ProfileTest {
  /** What frames may hold that no path writes. */
  private static final long SPARE_STACK = 96;

  /** What the hooks may add to the outermost frame: registers to keep. */
  private static final long HOOKS_STACK = 32;

  @TestFactory
  Stream<DynamicTest> instructionsAreThoseOfTheEmulatorsCounter() {
    return SampleBuild.chosen().stream()
        .filter(
            build ->
                build.model().equals(SampleModel.DSCNN)
                    || build.goal() == Goal.RAM
                    || build.board().core().name().equals("cortex-m4"))
        .map(build -> dynamicTest(build.toString(), () -> check(build)));
  }

  @TestFactory
  Stream<DynamicTest> aSecondProfileIsTheSame() {
    return Targets.chosen().stream()
        .filter(board -> List.of("cortex-m0", "cortex-m4").contains(board.core().name()))
        .map(board -> dynamicTest(board.core().name(), () -> checkAgain(board)));
  }

  private static void check(SampleBuild build) {
    Report report = build.report();
    Profile profile = build.profile();
    String reproduce = Targets.command(ProfileTest.class, build.board());

    assertThat(profile.layers())
        .as(reproduce)
        .extracting(layer -> OptionalLong.of(layer.counts().instructions()))
        .isEqualTo(report.layers().stream().map(Report.LayerRow::instructions).toList());
    assertThat(profile.testStack().bytes())
        .as(reproduce)
        .isBetween(profile.measuredStackBytes(), profile.measuredStackBytes() + SPARE_STACK);
    assertThat(profile.stackBytes().orElseThrow())
        .as(reproduce)
        .isBetween(profile.testStack().bytes() - HOOKS_STACK, profile.testStack().bytes());
    assertThat(profile.facts())
        .extracting("flash")
        .isInstanceOfSatisfying(
            Map.class,
            flash ->
                assertThat((long) flash.get("imageBytes"))
                    .isEqualTo(report.verified().orElseThrow().flashBytes()));
    profile
        .table()
        .ifPresent(
            rules -> {
              // A Cortex-M7 issues two instructions a cycle.
              assertThat(2 * rules.leastCycles(profile.total()))
                  .isGreaterThan(profile.total().instructions());
              assertThat(profile.cycles().orElseThrow())
                  .isBetween(rules.leastCycles(profile.total()), rules.mostCycles(profile.total()));
            });
  }

  private static void checkAgain(Board board) {
    SampleBuild build = new SampleBuild(SampleModel.DSCNN, board, Goal.TIME);

    assertThat(build.profile().facts()).isEqualTo(build.profile().facts());
    assertThat(build.profile().markdown())
        .contains(String.format(Locale.ROOT, "%,d", build.profile().total().instructions()));
  }
}
