package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.plan.Goal;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What {@code --optimize} promises, measured; each build is compared with the golden model. */
class GoalsTest {
  @TestFactory
  Stream<DynamicTest> flashFallsFromTimeOverBalancedToSizeAndInstructionsRise() {
    return Stream.of("nucleo-f446re", "mps2-an385", "mps3-an547")
        .map(Boards::find)
        .map(board -> DynamicTest.dynamicTest(board.name(), () -> compare(board)));
  }

  private static void compare(Board board) {
    Report.Verified time = verified(board, Goal.TIME);
    Report.Verified balanced = verified(board, Goal.BALANCED);
    Report.Verified size = verified(board, Goal.SIZE);

    assertThat(balanced.flashBytes()).isLessThan(time.flashBytes());
    assertThat(size.flashBytes()).isLessThanOrEqualTo(balanced.flashBytes());
    assertThat(balanced.instructions().orElseThrow())
        .isGreaterThanOrEqualTo(time.instructions().orElseThrow());
  }

  private static Report.Verified verified(Board board, Goal goal) {
    return new SampleBuild(SampleModel.NAMES.get(0), board, goal).report().verified().orElseThrow();
  }
}
