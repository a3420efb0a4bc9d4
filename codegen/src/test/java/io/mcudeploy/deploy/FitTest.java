package io.mcudeploy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Boards;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.generate.RandomImageNetwork;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.MemoryPlan;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Ports;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class FitTest {
  @Test
  void aSmallNetworkFitsTheSmallestBoard() {
    QuantizedGraph graph = SmallNetwork.of(100);

    assertThat(new Fit(Boards.find("microbit"), graph).plan(Goal.TIME).arenaBytes())
        .isLessThanOrEqualTo(200);
  }

  @Test
  void tensorsLargerThanTheRamAreRefusedWithBoardsThatHaveRoom() {
    Fit fit = new Fit(Boards.find("microbit"), SmallNetwork.of(40_000));

    DiagnosticException refused =
        Assertions.catchThrowableOfType(DiagnosticException.class, () -> fit.plan(Goal.TIME));

    Diagnostic diagnostic = refused.diagnostic();
    assertThat(diagnostic.code()).isEqualTo(Code.E0501);
    assertThat(diagnostic.message()).contains("microbit");
    assertThat(diagnostic.helps().get(0))
        .isEqualTo("--board, with the same core: rp2040 (256 KiB of RAM, 2,048 KiB of flash)");
    assertThat(diagnostic.helps().get(1))
        .startsWith("--board, with another core: nucleo-")
        .doesNotContain("microbit", "rp2040");
  }

  @Test
  void remediesAreRankedAndHelp() {
    Board board = Boards.find("stm32h7");
    Board full = Reserving.of(board, Map.of("dtcm", "120 KiB", "axi", "500 KiB"));
    QuantizedGraph graph = SmallNetwork.of(14_000);

    List<String> helps = refusal(full, graph, Placing.FREE).helps();

    assertThat(helps)
        .startsWith(
            "--reserve dtcm=84976 or less, in place of 122,880",
            "--reserve axi=510288 or less, in place of 512,000")
        .contains("--place arena=itcm: 65,536 bytes, ram; RM0399, Memory organization: ITCM-RAM");
    Board relieved = Reserving.of(board, Map.of("dtcm", "120 KiB", "axi", "510288"));
    assertThat(new Fit(relieved, graph).plan(Goal.TIME).arenaBytes()).isEqualTo(14_000);
    Board tight = Reserving.of(board, Map.of("dtcm", "120 KiB", "axi", "510289"));
    assertThat(refusal(tight, graph, Placing.FREE).code()).isEqualTo(Code.E0501);
    Placing itcm = new Placing(Map.of("arena", "itcm"));
    assertThat(regions(new Fit(full, graph, itcm).plan(Goal.TIME))).containsExactly("itcm");
  }

  @Test
  void inputsAndOutputsInTheArenaMayHelp() {
    Board board = Boards.find("microbit");
    QuantizedGraph graph = SmallNetwork.of(5_000);

    assertThat(refusal(board, graph, Placing.FREE).helps())
        .contains(
            "--ports arena: 5,000 bytes of arena hold inputs and outputs too; layers may write"
                + " over the inputs");
    assertThat(
            new Fit(board, graph, new Placing(Map.of(), Ports.ARENA)).plan(Goal.TIME).arenaBytes())
        .isEqualTo(5_000);
  }

  @Test
  void anArenaGoesIntoTheFirstMemoryThatHasRoom() {
    Board board = Boards.find("stm32h7");

    assertThat(regions(new Fit(board, SmallNetwork.of(30_000)).plan(Goal.TIME)))
        .containsExactly("dtcm");
    assertThat(regions(new Fit(board, SmallNetwork.of(150_000)).plan(Goal.TIME)))
        .containsExactly("axi");
  }

  @Test
  void anArenaTooLargeForOneMemoryIsSpread() {
    Board board = Reserving.of(Boards.find("stm32h7"), Map.of("axi", "440 KiB"));

    Plan plan = new Fit(board, SmallNetwork.twoTensorsOf(40_000)).plan(Goal.TIME);

    assertThat(regions(plan)).containsExactly("dtcm", "axi");
    assertThat(plan.arenaBytes()).isEqualTo(80_000);
  }

  @Test
  void severalMemoriesAreUsedRatherThanStripesThatComputeTwice() {
    QuantizedGraph graph = RandomImageNetwork.of(8, 6);
    Board board = Boards.find("stm32h7");
    int rows = new Fit(board, graph).plan(Goal.RAM).arenaBytes();
    int beside = graph.tensor("image").bytes() + 5 + 4_096;
    String dtcm = Integer.toString((128 << 10) - beside - rows + 1);
    String axi = Integer.toString((512 << 10) - rows / 2);

    Plan spread =
        new Fit(Reserving.of(board, Map.of("dtcm", dtcm, "axi", axi)), graph).plan(Goal.TIME);
    Plan stripes =
        new Fit(Reserving.of(board, Map.of("dtcm", dtcm, "axi", "524287")), graph).plan(Goal.TIME);

    assertThat(spread.macsAgain()).isZero();
    assertThat(regions(spread)).containsExactly("dtcm", "axi");
    assertThat(stripes.macsAgain()).isPositive();
    assertThat(regions(stripes)).containsExactly("dtcm");
  }

  @Test
  void tensorsAndWeightsGoWhereTheUserWantsThem() {
    Board board = Boards.find("stm32h7");
    Placing placing = new Placing(Map.of("half", "sram4", "second-weights", "bank2"));

    Plan plan = new Fit(board, SmallNetwork.of(100), placing).plan(Goal.TIME);

    assertThat(regions(plan)).containsExactly("sram4");
    assertThat(plan.weightRegions()).isEqualTo(Map.of("second", "bank2"));
  }

  @Test
  void wishesThatCannotBeMetNameWhatIsNear() {
    Board board = Boards.find("stm32h7");

    assertThat(refusal(board, "half", "dtcn").helps()).containsExactly("did you mean `dtcm`?");
    assertThat(refusal(board, "halv", "dtcm").helps()).containsExactly("did you mean `half`?");
    assertThat(refusal(board, "secnd-weights", "bank2").helps())
        .containsExactly("did you mean `second-weights`?");
    assertThat(refusal(board, "half", "bank1").message()).contains("cannot be written");
    assertThat(refusal(board, "weights", "axi").message()).contains("does not keep weights");
    assertThat(refusal(board, "y", "axi").message()).contains("the caller's");
    assertThatThrownBy(() -> Reserving.of(board, Map.of("dtcm", "128 KiB")))
        .hasMessageContaining("E0503");
    assertThatThrownBy(() -> Reserving.of(board, Map.of("dtcm", "much")))
        .hasMessageContaining("is not a size");
  }

  @Test
  void reservedMemoryIsNotUsed() {
    QuantizedGraph graph = SmallNetwork.of(3_000);
    Board board = Boards.find("microbit");

    assertThat(new Fit(board, graph).plan(Goal.TIME).arenaBytes()).isEqualTo(3_000);
    assertThatThrownBy(
            () -> new Fit(Reserving.of(board, Map.of("sram", "4 KiB")), graph).plan(Goal.TIME))
        .hasMessageContaining("E0501");
  }

  private static List<String> regions(Plan plan) {
    return plan.memory().parts().stream().map(MemoryPlan.Part::region).toList();
  }

  private static Diagnostic refusal(Board board, String what, String region) {
    Placing placing = new Placing(Map.of(what, region));
    Diagnostic diagnostic = refusal(board, SmallNetwork.of(100), placing);
    assertThat(diagnostic.code()).isEqualTo(Code.E0503);
    return diagnostic;
  }

  private static Diagnostic refusal(Board board, QuantizedGraph graph, Placing placing) {
    DiagnosticException refused =
        Assertions.catchThrowableOfType(
            DiagnosticException.class, () -> new Fit(board, graph, placing).plan(Goal.TIME));
    return refused.diagnostic();
  }

  @Test
  void whatFitsNoBoardNamesNone() {
    Fit fit = new Fit(Boards.find("microbit"), SmallNetwork.of(1 << 28));

    assertThatThrownBy(() -> fit.plan(Goal.RAM))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("E0501")
        .hasMessageContaining("make the tensors at the peak smaller")
        .hasMessageNotContaining("--board");
  }
}
