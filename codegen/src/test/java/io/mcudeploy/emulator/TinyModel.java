package io.mcudeploy.emulator;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Machine;
import io.mcudeploy.emulator.ModelUnderTest.Place;
import io.mcudeploy.emulator.ModelUnderTest.Port;
import io.mcudeploy.emulator.ModelUnderTest.TestedLayer;
import io.mcudeploy.firmware.FirmwareProject;
import io.mcudeploy.generate.SourceFile;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.toolchain.NeededTools;
import io.mcudeploy.toolchain.Toolchain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A model of four small layers, written by hand in the manner of generated ones. */
public final class TinyModel {
  /** What the test program is told about it. */
  public static final ModelUnderTest MODEL =
      new ModelUnderTest(
          "tiny",
          24,
          List.of(new Port("input", StorageType.INT8, 8)),
          List.of(new Port("output", StorageType.INT8, 3)),
          List.of(
              TestedLayer.whole("sums", List.of(new Place(0, 0, 4)), List.of(new Place(0, 8, 8))),
              TestedLayer.whole("loop \"1000\"", List.of(new Place(0, 16, 4)), List.of()),
              TestedLayer.whole("loop\\2000??/", List.of(new Place(0, 20, 4)), List.of()),
              TestedLayer.whole("scores", List.of(new Place(2, 0, 3)), List.of())));

  /** Two inputs. */
  public static final List<byte[]> INPUTS =
      List.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, new byte[] {-1, 20, -3, 40, -50, 6, 7, 80});

  /** What its layers give for them. */
  public static final ExpectedOutputs EXPECTED =
      new ExpectedOutputs(
          List.of(layers(new byte[] {9, 9, 9, 9}), layers(new byte[] {79, 27, 3, -10})));

  private TinyModel() {}

  /** Writes its project for a board and the board's twin. */
  public static void writeProject(Board board, Path folder) throws IOException {
    writeProject(board, board.emulation().machine(), folder);
  }

  /** Writes its project for a board and an emulated machine. */
  static void writeProject(Board board, Machine machine, Path folder) throws IOException {
    NeededTools.assumeFor(board.core().architecture());
    for (String file :
        List.of(
            "tiny.h",
            "tiny.c",
            "tiny_kernels.h",
            "tiny_kernels.c",
            "tiny_weights.h",
            "tiny_weights.c")) {
      try (InputStream stream = TinyModel.class.getResourceAsStream("/emulator/" + file)) {
        Files.write(folder.resolve(file), stream.readAllBytes());
      }
    }
    for (SourceFile file :
        new FirmwareProject("A test.", board, machine, MODEL, Toolchain.FASTEST).files()) {
      Path path = folder.resolve(file.path());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.text());
    }
    ByteArrayOutputStream inputs = new ByteArrayOutputStream();
    INPUTS.forEach(inputs::writeBytes);
    Files.write(folder.resolve("test/inputs.bin"), inputs.toByteArray());
    Files.write(folder.resolve("test/expected.bin"), EXPECTED.checksums());
  }

  private static List<List<byte[]>> layers(byte[] sums) {
    byte[] loops = {1, 2, 3, 4};
    return List.of(
        List.of(sums),
        List.of(loops),
        List.of(loops),
        List.of(new byte[] {sums[0], sums[1], sums[2]}));
  }
}
