package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.Machine;
import io.mcudeploy.emulator.ModelUnderTest;
import io.mcudeploy.emulator.TestProgram;
import io.mcudeploy.firmware.FirmwareProject;
import io.mcudeploy.generate.ModelSources;
import io.mcudeploy.generate.Provenance;
import io.mcudeploy.generate.SourceFile;
import io.mcudeploy.generate.Templates;
import io.mcudeploy.plan.Goal;
import io.mcudeploy.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every file of a generated project. */
final class ProjectFiles {
  private final Provenance provenance;
  private final String name;
  private final Board board;
  private final Plan plan;
  private final Goal goal;
  private final ModelUnderTest model;
  private final Templates templates = new Templates();

  /**
   * @param name prefix of files and C names
   * @param goal the plan was made for
   */
  ProjectFiles(Provenance provenance, String name, Board board, Plan plan, Goal goal) {
    this.provenance = provenance;
    this.name = name;
    this.board = board;
    this.plan = plan;
    this.goal = goal;
    this.model = ModelUnderTest.of(name, plan);
  }

  /** The files of a request. */
  static ProjectFiles of(BuildRequest request, Plan plan) {
    return new ProjectFiles(
        request.provenance(), request.name(), request.board(), plan, request.goal());
  }

  /** The files' contents by path, the manifest among them. */
  Map<String, byte[]> all(Vectors vectors) {
    ModelSources sources = new ModelSources(provenance, name, plan, board.core().kernels());
    Map<String, byte[]> files = new TreeMap<>();
    sources.files().forEach(file -> put(files, file));
    new FirmwareProject(provenance.banner(), board, machine(), model, goal.optimization())
        .files()
        .forEach(file -> put(files, file));
    put(files, new SourceFile("README.md", readme()));
    files.put(TestProgram.FOLDER + "/inputs.bin", vectors.inputBytes());
    files.put(TestProgram.FOLDER + "/expected.bin", vectors.expected().checksums());
    files.put(TestProgram.FOLDER + "/golden.bin", vectors.goldenBytes());
    Manifest manifest =
        Manifest.of(provenance, name, plan, goal, sources.constantBytes(), model, files);
    files.put(OutputDirectory.MANIFEST, manifest.json());
    return files;
  }

  private Machine machine() {
    return board.emulation().machine();
  }

  private String readme() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("banner", provenance.banner());
    values.put("model", name);
    values.put("title", board.title());
    values.put("core", board.core().title());
    values.put("machine", machine().name());
    values.put("proves", board.emulation().proves());
    values.put("limits", board.emulation().limits());
    values.put("arenaBytes", plan.arenaBytes());
    values.put("bootNotes", bootNotes());
    values.put(
        "resets",
        plan.schedule().graph().states().isEmpty() ? List.of() : List.of(name + "_reset(&arena)"));
    return templates.render("project/README.md.vm", values);
  }

  /** What the user must know before flashing the example. */
  private List<String> bootNotes() {
    return board.boot() == Board.Boot.DIRECT
        ? List.of()
        : List.of(
            "This board starts through the boot loader and linker script of its vendor's SDK: add"
                + " the sources to a project of that SDK. The image of `make firmware` shows that"
                + " everything fits and how large it is; it does not boot by itself.");
  }

  private static void put(Map<String, byte[]> files, SourceFile file) {
    files.put(file.path(), file.text().getBytes(StandardCharsets.UTF_8));
  }
}
