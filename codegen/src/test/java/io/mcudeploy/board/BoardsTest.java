package io.mcudeploy.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.board.MemoryRegion.Role;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class BoardsTest {
  static final java.util.List<String> NAMES = Boards.NAMES;
  static final java.util.List<String> CORES = Boards.CORES;

  @TempDir Path folder;

  @ParameterizedTest
  @FieldSource("NAMES")
  void everyBoardHasAFileOfItsNameAndATwinOfItsArchitecture(String name) {
    Board board = Boards.find(name);

    assertThat(board.name()).isEqualTo(name);
    assertThat(board.clockHertz()).isBetween(1_000_000L, 1_000_000_000L);
    Board twin = Boards.find(board.emulation().twin());
    assertThat(twin.machine()).contains(board.emulation().machine());
    assertThat(twin.core().architecture()).isEqualTo(board.core().architecture());
  }

  @ParameterizedTest
  @FieldSource("CORES")
  void everyCoreHasAFileOfItsNameAndCompleteKernels(String name) {
    Core core = Boards.core(name);

    assertThat(core.name()).isEqualTo(name);
    assertThat(core.kernels()).last().isEqualTo("portable");
    assertThat(core.compilerFlags()).isNotEmpty();
  }

  @Test
  void namesAndAliasesAreUnique() {
    Set<String> seen = new HashSet<>();
    for (Board board : Boards.all()) {
      assertThat(seen.add(board.name())).as(board.name()).isTrue();
      board.aliases().forEach(alias -> assertThat(seen.add(alias)).as(alias).isTrue());
    }
  }

  @Test
  void anAliasFindsItsBoard() {
    assertThat(Boards.find("stm32h7")).isEqualTo(Boards.find("nucleo-h755zi-q"));
    assertThat(Boards.find("stm32f4").emulation().machine().name()).isEqualTo("netduinoplus2");
  }

  @Test
  void anArenaGoesToTheFirstMemoryWithRoomForItBesideTheStack() {
    Board board = Boards.find("stm32h7");

    assertThat(board.arenaRegion(100 << 10, 8 << 10).orElseThrow().name()).isEqualTo("dtcm");
    assertThat(board.arenaRegion(126 << 10, 8 << 10).orElseThrow().name()).isEqualTo("axi");
    assertThat(board.arenaRegion(513 << 10, 8 << 10)).isEmpty();
    assertThat(board.ramBytes()).isEqualTo(512 << 10);
    assertThat(board.region(Role.CODE).end()).isEqualTo(0x08100000L);
  }

  /** Whatever goes to the first memory with room goes to the fastest one. */
  @Test
  void fasterMemoriesArePreferred() {
    for (Board board : Boards.all()) {
      for (Role role : Role.values()) {
        List<Integer> waits =
            board.regions(role).stream()
                .flatMapToInt(region -> region.waitStates().stream())
                .boxed()
                .toList();
        assertThat(waits).as(board.name() + " " + role).isSorted();
      }
    }
    assertThat(Boards.find("stm32f4").region(Role.WEIGHTS).waitStates()).hasValue(5);
    assertThat(Boards.find("stm32f4").region(Role.ARENA).waitStates()).hasValue(0);
  }

  @Test
  void aMisspeltBoardIsSuggestedAndAllAreListed() {
    Diagnostic diagnostic = diagnostic("nucleo-l4r5z1");

    assertThat(diagnostic.code()).isEqualTo(Code.E0601);
    assertThat(diagnostic.helps()).first().isEqualTo("did you mean `nucleo-l4r5zi`?");
    assertThat(diagnostic.notes().get(0)).contains("stm32h7", "mps3-an547", "qemu-riscv32");
  }

  @Test
  void aFileThatDoesNotExistIsAnUnknownBoard() {
    assertThat(diagnostic(folder.resolve("none.yaml").toString()).code()).isEqualTo(Code.E0601);
  }

  @Test
  void usersDescribeTheirOwnBoards() throws IOException {
    Board board = Boards.find(written(""));

    assertThat(board.title()).isEqualTo("Mine");
    assertThat(board.clockHertz()).isEqualTo(12_500_000);
    assertThat(board.aliases()).isEmpty();
    assertThat(board.region(Role.STACK).size()).isEqualTo(8192);
    assertThat(board.emulation().machine().name()).isEqualTo("mps2-an385");
    assertThat(board.region(Role.ARENA).location().toString()).endsWith("mine.yaml:7:37");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          core: cortex-m3      | core: cortex-m99       | 3:7   | there is no core named `cortex-m99`
          core: cortex-m3      | core: rv32imc          | 9:20  | `mps2-an385` has a cortex-m3, this board rv32imc
          size: 64 KiB         | size: 64 kB            | 6:29  | `size` must be a size such as `128 KiB` or `1 MiB`
          size: 64 KiB         | size: 8 GiB            | 6:29  | `flash` does not end within the 32-bit address space
          origin: 0x20000000   | origin: 0x1000         | 7:19  | `sram` overlaps `flash`
          origin: 0x20000000   | orign: 0x20000000      | 7:9   | the key `origin` is missing here
          boot: direct         | bot: direct            | 1:1   | the key `boot` is missing here
          boot: direct         | boot: maybe            | 8:7   | `maybe` is none of direct, sdk
          twin: mps2-an385     | twin: nrf52840         | 9:20  | `nrf52840` is no emulated machine
          twin: mps2-an385     | twin: mine             | 9:20  | `mine` has no `machine`
          kind: ram            | kind: [ram]            | 7:50  | here must be a single value
          holds: [data, arena, | holds: [data,          | 6:3   | no memory holds the arena
          title: Mine          | name: Mine             | 2:1   | `name` is given twice
          title: Mine          | "title: 'Mine"         | 10:1  | this is not YAML: found unexpected end of stream
          """)
  void damagePointsAtItsPlace(String good, String bad, String place, String message)
      throws IOException {
    Path file = Path.of(written(""));
    Files.writeString(file, Files.readString(file).replace(good, bad));

    Diagnostic diagnostic = diagnostic(file.toString());

    assertThat(diagnostic.code()).isEqualTo(Code.E0602);
    assertThat(diagnostic.message()).isEqualTo(message);
    assertThat(diagnostic.location().toString()).isEqualTo(file + ":" + place);
  }

  @Test
  void aKeyThatMeansNothingIsShownWithACaretAndASuggestion() throws IOException {
    Diagnostic diagnostic = diagnostic(written("alias: [m]\n"));

    assertThat(diagnostic.message()).isEqualTo("the key `alias` means nothing here");
    assertThat(diagnostic.helps()).containsExactly("did you mean `aliases`?");
    assertThat(((Location.Line) diagnostic.location()).text()).isEqualTo("alias: [m]");
    assertThat(diagnostic.toString()).contains("10 | alias: [m]\n    | ^");
  }

  private Diagnostic diagnostic(String board) {
    DiagnosticException[] caught = new DiagnosticException[1];
    assertThatThrownBy(() -> Boards.find(board))
        .isInstanceOfSatisfying(DiagnosticException.class, e -> caught[0] = e);
    return caught[0].diagnostic();
  }

  private String written(String more) throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(
        file,
        """
        name: mine
        title: Mine
        core: cortex-m3
        clock: { frequency: 12500 kHz, source: me }
        memories:
          flash: { origin: 0, size: 64 KiB, kind: flash, access: rx, holds: [code, weights], source: me }
          sram: { origin: 0x20000000, size: 8 KiB, kind: ram, access: rw, holds: [data, arena, stack], source: me }
        boot: direct
        emulation: { twin: mps2-an385, proves: much, limits: some }
        """
            + more);
    return file.toString();
  }
}
