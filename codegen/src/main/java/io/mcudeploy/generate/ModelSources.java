package io.mcudeploy.generate;

import io.mcudeploy.diagnostics.Numbers;
import io.mcudeploy.plan.Plan;
import io.mcudeploy.plan.Step;
import io.mcudeploy.quantized.QuantizedGraph;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The C sources of one model: {@code <model>.h}, the only public header, {@code <model>.c} with one
 * call per layer, the constants, the kernels, and the words the kernels are written in.
 */
public final class ModelSources {
  private final Provenance provenance;
  private final Plan plan;
  private final ModelInterface caller;
  private final Constants constants;
  private final Functions functions = new Functions();
  private final Vocabulary vocabulary;
  private final Templates templates = new Templates();
  private final long id;

  /**
   * @param model prefix of every name, a C identifier in lower case
   * @param chain the core's families of kernels, the most special first
   */
  public ModelSources(Provenance provenance, String model, Plan plan, List<String> chain) {
    this.provenance = provenance;
    this.plan = plan;
    this.vocabulary = Vocabulary.of(chain);
    this.caller = new ModelInterface(model, plan);
    this.constants = new Constants(caller, plan);
    this.id = id();
    QuantizedGraph graph = plan.schedule().graph();
    for (Step step : plan.schedule().steps()) {
      if (!step.kernel().isView()) {
        functions.add(
            step,
            step.layer().inputs().stream().map(graph::tensor).toList(),
            step.layer().outputs().stream().map(graph::tensor).toList());
      }
    }
  }

  /** The files, their paths without folders. */
  public List<SourceFile> files() {
    String kernels = kernels();
    return List.of(
        file(".h", header()),
        file(".c", body()),
        file("_weights.h", weightsHeader()),
        file("_weights.c", weights()),
        file("_kernels.h", kernelsHeader()),
        file("_kernels.c", kernels),
        file("_core.h", core(kernels)));
  }

  /** Bytes of constants in flash, without the self-test's. */
  public int constantBytes() {
    return constants.bytes();
  }

  private SourceFile file(String suffix, String text) {
    return new SourceFile(caller.model() + suffix, CLayout.of(text));
  }

  /** A number that differs where anything about the model, its plan or its constants does. */
  private long id() {
    String text = provenance.banner() + plan + constants.text();
    return CText.crc32(List.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A file's text of its template, with what every file says besides these values. */
  private String render(String template, Map<String, ?> values) {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.put("banner", CText.plain(provenance.banner()));
    all.put("model", caller.model());
    all.put("MODEL", caller.upper());
    all.put("id", String.format(Locale.ROOT, "0x%08xu", id));
    return templates.render("project/" + template + ".vm", all);
  }

  private String header() {
    return render("model.h", caller.values(constants.bytes()));
  }

  private String body() {
    return render("model.c", new LayerSequence(caller, constants, functions, plan).values());
  }

  private String weightsHeader() {
    return render(
        "weights.h",
        Map.of("constants", constants.values(), "weightPlaces", constants.weightPlaces()));
  }

  private String weights() {
    return render("weights.c", Map.of("constants", constants.values()));
  }

  private String signature(Functions.Function function) {
    return CText.list("void " + caller.model() + "_" + function.name(), function.parameters());
  }

  private String kernelsHeader() {
    return render(
        "kernels.h", Map.of("signatures", functions.all().stream().map(this::signature).toList()));
  }

  private String kernels() {
    return render(
        "kernels.c", Map.of("functions", functions.all().stream().map(this::kernel).toList()));
  }

  private String kernel(Functions.Function function) {
    Map<String, Object> values = new LinkedHashMap<>(function.code().arguments());
    values.put("signature", signature(function));
    values.put("function", caller.model() + "_" + function.name());
    values.put("bound", Numbers.grouped(function.bound()));
    return templates.render(function.code().template(), values).strip();
  }

  private String core(String kernels) {
    return render(
        "core.h",
        Map.of("headers", vocabulary.headers(kernels), "words", vocabulary.definitions(kernels)));
  }
}
