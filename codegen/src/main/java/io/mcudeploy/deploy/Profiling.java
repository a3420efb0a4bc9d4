package io.mcudeploy.deploy;

import io.mcudeploy.calibration.Samples;
import io.mcudeploy.emulator.CountedRun;
import io.mcudeploy.emulator.FirstDifference;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.simplification.Simplification;
import io.mcudeploy.toolchain.TemporaryFolder;
import io.mcudeploy.toolchain.Tools;
import java.util.Optional;
import java.util.function.Consumer;

/** Measures a network on a board as {@link Deployment} builds it, and leaves no project behind. */
public final class Profiling {
  private final BuildRequest request;
  private final Tools tools;
  private final Consumer<String> talk;

  /**
   * @param request what to build; its output folder is not used
   * @param talk is told what goes on, a line a stage
   */
  public Profiling(BuildRequest request, Tools tools, Consumer<String> talk) {
    this.request = request;
    this.tools = tools;
    this.talk = talk;
  }

  /**
   * Plans, generates, compiles, counts, and compares with the golden model: what is measured is
   * right.
   *
   * @param graph the float network
   * @param original the same network in integers
   * @param samples typical inputs, where there are any
   */
  public Profile profile(Graph graph, QuantizedGraph original, Optional<Samples> samples) {
    Simplification simplification = Deployment.simplify(original, talk);
    Plan plan = Deployment.plan(request, simplification.graph(), talk);
    QuantizedGraph quantized = plan.schedule().graph();
    Vectors vectors = Deployment.vectors(graph, quantized, samples);
    try (TemporaryFolder pad = TemporaryFolder.create()) {
      Firmware firmware = Firmware.temporary(pad, request, plan, vectors, tools);
      Footprint footprint = firmware.footprint(pad.path());
      talk.accept("compiled for " + request.board().title());
      CountedRun run = firmware.count(pad.path(), vectors, request.board().core(), tools);
      Firmware.check(FirstDifference.ComparedLayer.of(quantized), vectors, run.result());
      talk.accept("counted on " + request.board().emulation().machine().name());
      return Profile.of(
          request, plan, footprint, run, firmware.testStack(pad.path()), firmware.tools());
    }
  }
}
