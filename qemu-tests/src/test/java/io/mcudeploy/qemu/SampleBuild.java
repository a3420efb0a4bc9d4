package io.mcudeploy.qemu;

import io.mcudeploy.board.Board;
import io.mcudeploy.deploy.Profile;
import io.mcudeploy.deploy.Report;
import io.mcudeploy.plan.Goal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** One sample network for one core with one goal; built once for all tests that look at it. */
record SampleBuild(String model, Board board, Goal goal) {
  private static final Map<SampleBuild, Report> REPORTS = new ConcurrentHashMap<>();

  /** Both networks on every chosen core, and the capsule network for the least RAM on one. */
  static List<SampleBuild> chosen() {
    List<SampleBuild> builds = new ArrayList<>();
    for (Board board : Targets.chosen()) {
      SampleModel.NAMES.forEach(model -> builds.add(new SampleBuild(model, board, Goal.TIME)));
      if (board.core().name().equals("cortex-m7")) {
        builds.add(new SampleBuild(SampleModel.CAPSNET, board, Goal.RAM));
      }
    }
    return builds;
  }

  /**
   * The builds of the benchmark: those that were chosen, the networks of the benchmark on the cores
   * with published peers, and on two of them for least RAM and for speed that is worth its flash.
   */
  static List<SampleBuild> measured() {
    List<SampleBuild> builds = new ArrayList<>(chosen());
    for (Board board : Targets.chosen()) {
      String core = board.core().name();
      if (List.of("cortex-m4", "cortex-m7", "cortex-m55").contains(core)) {
        BenchmarkNetworks.NAMES.forEach(
            model -> builds.add(new SampleBuild(model, board, Goal.TIME)));
      }
      if (List.of("cortex-m4", "cortex-m55").contains(core)) {
        for (String model : BenchmarkNetworks.NAMES) {
          builds.add(new SampleBuild(model, board, Goal.RAM));
          builds.add(new SampleBuild(model, board, Goal.BALANCED));
        }
      }
    }
    return builds;
  }

  /**
   * What the verified build says; skips the test where tools are missing.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0702 if a layer differs from the golden
   *     model
   */
  Report report() {
    NeededTools.assumeFor(board.core().architecture());
    return REPORTS.computeIfAbsent(this, SampleBuild::build);
  }

  /** What the command {@code profile} says; measured anew each time. */
  Profile profile() {
    NeededTools.assumeFor(board.core().architecture());
    NeededTools.assume("gcc");
    return SampleModel.named(model).profile(board, goal);
  }

  String goalName() {
    return goal.lower();
  }

  @Override
  public String toString() {
    return model + " on " + board.core().name() + " optimized for " + goalName();
  }

  private Report build() {
    try {
      Path folder = Files.createTempDirectory("mcu-deploy-tests");
      try {
        return SampleModel.named(model).build(board, goal, folder.resolve("project"), false);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
