package io.mcudeploy.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountingPluginTest {
  private static final RunResult RUN = new RunResult(List.of(), List.of(), 0, List.of());

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3), 1",
    "QEMU emulator version 8.2.3, 1",
    "QEMU emulator version 8.2.4, 2",
    "QEMU emulator version 9.0.2, 2",
    "QEMU emulator version 9.1.0, 3",
    "QEMU emulator version 10.0.2, 3"
  })
  void everyVersionOfTheEmulatorGetsItsInterface(String qemu, int expected) {
    assertThat(CountingPlugin.interfaceVersion(qemu)).isEqualTo(expected);
  }

  @Test
  void theCallsOfTheHooksAreTakenOffOfEveryCall() throws IOException {
    Path counts =
        Files.writeString(
            folder.resolve("counts.txt"),
            """
            window 0 instructions 2 cycles 2 refills 1 spread 0 loads 0 stores 0 multiplies 0 branches 1
            window 1 instructions 12 cycles 20 refills 4 spread 10 loads 3 stores 2 multiplies 1 branches 5
            function sum instructions 9 cycles 17 refills 3 spread 10 loads 3 stores 2 multiplies 1 branches 3
            """);

    CountedRun run = CountingPlugin.parse(RUN, List.of(2), counts);

    assertThat(run.layers()).containsExactly(new LayerCounts(8, 16, 2, 10, 3, 2, 1, 3));
    assertThat(run.functions()).containsEntry("sum", new LayerCounts(9, 17, 3, 10, 3, 2, 1, 3));
  }

  @Test
  void theEstimateLiesInItsRange() {
    LayerCounts counts = new LayerCounts(100, 130, 20, 10, 30, 10, 20, 25);

    assertThat(CycleTable.CORTEX_M4.leastCycles(counts)).isEqualTo(130 + 20);
    assertThat(CycleTable.CORTEX_M4.cycles(counts)).isEqualTo(130 + 2 * 20 + 5);
    assertThat(CycleTable.CORTEX_M4.mostCycles(counts)).isEqualTo(130 + 3 * 20 + 10);
  }
}
