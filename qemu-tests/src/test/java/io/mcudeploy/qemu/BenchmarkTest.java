package io.mcudeploy.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mcudeploy.deploy.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The recorded figures still hold: no arena and no stack is larger, no layer takes more than 1 %
 * more instructions. With {@code -Dbenchmarks.record=true} records new figures instead.
 */
class BenchmarkTest {
  private static final double TOLERANCE = 0.01;

  @TestFactory
  Stream<DynamicTest> figuresAreNotWorseThanRecorded() throws IOException {
    Path file = SampleModel.projectRoot().resolve(BenchmarkTable.FILE);
    if (Boolean.getBoolean("benchmarks.record")) {
      return Stream.of(dynamicTest("record", () -> record(file)));
    }
    BenchmarkTable recorded = BenchmarkTable.parse(Files.readString(file));
    return SampleBuild.measured().stream()
        .map(build -> dynamicTest(build.toString(), () -> check(build, recorded)));
  }

  @Test
  void theTableIsReadAsItWasWritten() {
    BenchmarkTable table =
        new BenchmarkTable(
            Set.of("gcc 1.2", "qemu 3.4"),
            List.of(
                new BenchmarkTable.Network(
                    "net",
                    "cortex-m4",
                    "ram",
                    1234567,
                    OptionalLong.of(1500000),
                    66176,
                    OptionalLong.empty(),
                    200,
                    308244,
                    6789,
                    301395)),
            List.of(
                new BenchmarkTable.LayerCount("net", "cortex-m4", "ram", "1 `/conv`", 1000000),
                new BenchmarkTable.LayerCount("net", "cortex-m4", "ram", "2 `fc`", 234567)));

    assertThat(BenchmarkTable.parse(table.markdown())).isEqualTo(table);
  }

  @Test
  void growthIsNamedByLayer() {
    BenchmarkTable.LayerCount before =
        new BenchmarkTable.LayerCount("net", "cortex-m4", "time", "1 `conv`", 1000);
    BenchmarkTable.LayerCount within =
        new BenchmarkTable.LayerCount("net", "cortex-m4", "time", "1 `conv`", 1010);
    BenchmarkTable.LayerCount beyond =
        new BenchmarkTable.LayerCount("net", "cortex-m4", "time", "1 `conv`", 1011);

    assertThat(slower(before.key(), before.instructions(), within.instructions())).isEmpty();
    assertThat(slower(before.key(), before.instructions(), beyond.instructions()))
        .containsExactly(
            "layer 1 `conv` of net on cortex-m4 optimized for time: 1,011 instructions, 1,000"
                + " recorded");
  }

  private static void check(SampleBuild build, BenchmarkTable recorded) {
    BenchmarkTable measured = BenchmarkTable.of(Map.of(build, build.profile()));
    assumeTrue(
        recorded.tools().containsAll(measured.tools()),
        () -> "the figures are of " + recorded.tools() + ", here are " + measured.tools());
    Map<String, BenchmarkTable.Network> networks =
        byKey(recorded.networks(), BenchmarkTable.Network::key);
    Map<String, BenchmarkTable.LayerCount> layers =
        byKey(recorded.layers(), BenchmarkTable.LayerCount::key);
    List<String> worse = new ArrayList<>();
    for (BenchmarkTable.Network now : measured.networks()) {
      assertThat(networks).as("the recorded figures").containsKey(now.key());
      BenchmarkTable.Network before = networks.get(now.key());
      if (now.arena() > before.arena()) {
        worse.add(
            String.format(
                Locale.ROOT,
                "%s: %,d bytes of arena, %,d recorded",
                now.key(),
                now.arena(),
                before.arena()));
      }
      if (now.stack().orElse(Long.MAX_VALUE) > before.stack().orElse(Long.MAX_VALUE)) {
        worse.add(
            "%s: %s bytes of stack at most, %s recorded"
                .formatted(now.key(), bound(now.stack()), bound(before.stack())));
      }
      worse.addAll(slower(now.key(), before.instructions(), now.instructions()));
    }
    for (BenchmarkTable.LayerCount now : measured.layers()) {
      assertThat(layers).as("the recorded figures").containsKey(now.key());
      worse.addAll(slower(now.key(), layers.get(now.key()).instructions(), now.instructions()));
    }
    assertThat(worse).as(Targets.command(BenchmarkTest.class, build.board())).isEmpty();
  }

  private static String bound(OptionalLong bytes) {
    return bytes.isPresent() ? String.format(Locale.ROOT, "%,d", bytes.getAsLong()) : "any";
  }

  private static List<String> slower(String what, long before, long now) {
    return now <= before * (1 + TOLERANCE)
        ? List.of()
        : List.of(
            String.format(Locale.ROOT, "%s: %,d instructions, %,d recorded", what, now, before));
  }

  private static void record(Path file) throws IOException {
    if (!System.getProperty("core", "").isEmpty()) {
      throw new IllegalArgumentException("figures are recorded for all cores at once");
    }
    Map<SampleBuild, Profile> profiles = new LinkedHashMap<>();
    SampleBuild.measured().forEach(build -> profiles.put(build, build.profile()));
    Files.createDirectories(file.getParent());
    Files.writeString(file, BenchmarkTable.of(profiles).markdown());
    assertThat(BenchmarkTable.parse(Files.readString(file)).networks()).hasSize(profiles.size());
  }

  private static <T> Map<String, T> byKey(List<T> rows, Function<T, String> key) {
    return rows.stream().collect(Collectors.toMap(key, Function.identity()));
  }
}
