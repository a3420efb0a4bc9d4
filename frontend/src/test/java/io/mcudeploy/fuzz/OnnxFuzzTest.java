package io.mcudeploy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.mcudeploy.SharedData;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.ModelSummary;
import io.mcudeploy.network.Network;
import io.mcudeploy.onnx.OnnxNodeTest;
import io.mcudeploy.onnx.proto.ModelProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models changed field by field, and some bytes of them, are read or diagnosed. */
class OnnxFuzzTest {
  @TempDir Path folder;

  @Test
  void damagedModelsAreReadOrDiagnosed() {
    fuzz().files(folder, 1, 1_000);
  }

  @Test
  @Tag("long")
  void damagedModelsAreReadOrDiagnosedForTenMinutesInASmallHeap() throws Exception {
    assertThat(FuzzMain.run(OnnxFuzzTest.class, Duration.ofMinutes(10), 1_000_000, folder))
        .isZero();
  }

  static Fuzz fuzz() {
    List<ModelProto> seeds = seeds();
    return new Fuzz("onnx", random -> damaged(random, seeds), OnnxFuzzTest::read);
  }

  private static void read(Path file) {
    ModelSummary.of(Network.read(file, ImportOptions.none(), diagnostic -> {}).graph());
  }

  private static byte[] damaged(Random random, List<ModelProto> seeds) {
    Message model = seeds.get(random.nextInt(seeds.size()));
    MessageMutator mutator =
        new MessageMutator(
            random, random.nextInt(4) == 0 ? seeds.get(random.nextInt(seeds.size())) : model);
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      model = mutator.mutated(model);
    }
    byte[] bytes = model.toByteArray();
    for (int flips = random.nextInt(8) - 5; flips > 0 && bytes.length > 0; flips--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  /** The small bundled networks, and ONNX's tests of its operators where they are present. */
  private static List<ModelProto> seeds() {
    List<ModelProto> seeds = new ArrayList<>();
    try (Stream<Path> styles = Files.list(Path.of("..", "models", "styles"))) {
      for (Path file : styles.filter(path -> path.toString().endsWith(".onnx")).sorted().toList()) {
        if (Files.size(file) < 12_000) {
          seeds.add(ModelProto.parseFrom(Files.readAllBytes(file)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SharedData.find("onnx-node-tests/node").stream()
        .flatMap(tests -> OnnxNodeTest.in(tests).stream())
        .flatMap(test -> test.feeds().stream().map(test::fed))
        .filter(model -> model.getSerializedSize() < 12_000)
        .forEach(seeds::add);
    return seeds;
  }
}
