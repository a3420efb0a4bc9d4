package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Diagnostics;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.diagnostics.Suggestion;
import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.ModelProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads an ONNX file into the float graph: every shape fixed, every constant expression evaluated,
 * functions and decided branches inlined, nodes in an order in which they can run.
 *
 * <p>Model files come from anywhere. Whatever is in the file, the result is a graph or a
 * diagnostic.
 */
public final class OnnxImporter {
  /** The operator sets between which the meaning of every supported operator is known. */
  private static final int OLDEST_OPSET = 7;

  private static final int NEWEST_OPSET = 26;

  private final Path file;
  private final ImportOptions options;
  private final Diagnostics diagnostics;

  private OnnxImporter(Path file, ImportOptions options, Diagnostics diagnostics) {
    this.file = file;
    this.options = options;
    this.diagnostics = diagnostics;
  }

  /**
   * The network in a file.
   *
   * @param diagnostics takes warnings
   * @throws DiagnosticException if the file is damaged or holds what is not supported
   */
  public static Graph read(Path file, ImportOptions options, Diagnostics diagnostics) {
    return new OnnxImporter(file, options, diagnostics).read(ModelFile.parse(file));
  }

  private Graph read(ModelProto model) {
    Map<String, Integer> opsets = OperatorSets.versions(model.getOpsetImportList());
    warnAboutUntested(opsets);
    GraphProto graph = model.getGraph();
    rejectSparseWeights(graph);
    List<ImportedNode> nodes =
        graph.getNodeList().stream().map(proto -> new ImportedNode(proto, opsets)).toList();
    List<String> outputs = outputs(graph);
    Map<String, TensorType> inputs =
        new InputTypes(file, options.dimensions()).resolve(inputs(graph, nodes, outputs));

    GraphBuilder builder = new GraphBuilder();
    inputs.forEach(builder::addInput);
    NodeImporter importer =
        new NodeImporter(
            file, new FunctionInliner(file, model), builder, inputs.keySet(), options.stateful());
    importer.addAll(nodes, graph.getInitializerList(), outputs, diagnostics);
    Graph imported = builder.build(graph.getName(), outputs);
    graph.getOutputList().forEach(output -> checkElement(output, imported));
    return imported;
  }

  /**
   * Integers that are only imported by the real numbers they stand for must not leave the network.
   */
  private void checkElement(ValueInfoProto output, Graph imported) {
    TensorType computed = imported.types().get(output.getName());
    StoredType.of(output.getType().getTensorType().getElemType())
        .filter(declared -> computed != null && imported.outputs().contains(output.getName()))
        .filter(declared -> declared.element().isFloat() != computed.element().isFloat())
        .ifPresent(
            declared -> {
              throw Diagnostic.of(
                      Code.E0202,
                      location(),
                      String.format(
                          "the output `%s` is of type %s in the file, and computed as %s",
                          output.getName(), declared, computed))
                  .note("integers whose scale is only known when the network runs are not computed")
                  .asException();
            });
  }

  private void warnAboutUntested(Map<String, Integer> opsets) {
    Integer version = opsets.get("");
    if (version != null && (version < OLDEST_OPSET || version > NEWEST_OPSET)) {
      diagnostics.report(
          Diagnostic.of(
                  Code.W0206, location(), "the network follows version " + version + " of ONNX")
              .note("versions " + OLDEST_OPSET + " to " + NEWEST_OPSET + " are supported"));
    }
  }

  private void rejectSparseWeights(GraphProto graph) {
    if (graph.getSparseInitializerCount() > 0) {
      throw Diagnostic.of(
              Code.E0202,
              location(),
              "the weights `"
                  + graph.getSparseInitializer(0).getValues().getName()
                  + "` are stored as a sparse tensor")
          .help("store them as a dense tensor when exporting")
          .asException();
    }
  }

  private List<String> outputs(GraphProto graph) {
    List<String> ofFile = graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
    List<String> wanted = options.outputs().isEmpty() ? ofFile : options.outputs();
    if (wanted.isEmpty()) {
      throw Diagnostic.of(Code.E0102, location(), "the network has no outputs").asException();
    }
    Set<String> defined = NodeOrder.definedIn(graph);
    for (String output : wanted) {
      if (output.isEmpty() || !defined.contains(output)) {
        throw unknownOutput(output, ofFile, defined);
      }
    }
    return wanted.stream().distinct().toList();
  }

  private DiagnosticException unknownOutput(
      String output, List<String> ofFile, Set<String> defined) {
    if (options.outputs().isEmpty()) {
      return Diagnostic.of(
              Code.E0102, location(), "nothing defines the network's output `" + output + "`")
          .asException();
    }
    Diagnostic diagnostic =
        Diagnostic.of(Code.E0205, location(), "the network has no value `" + output + "`")
            .note("its outputs are " + String.join(", ", ofFile));
    Set<String> candidates =
        defined.stream().filter(name -> name.length() <= 200).collect(Collectors.toSet());
    Optional<String> near = Suggestion.closest(output, candidates);
    return near.map(name -> diagnostic.help("did you mean `" + name + "`?"))
        .orElse(diagnostic)
        .asException();
  }

  /**
   * What the user feeds. Old files list their weights as inputs as well, and an input that only
   * dropped outputs need, such as the label a decoder is masked by, is no input any more.
   */
  private List<ValueInfoProto> inputs(
      GraphProto graph, List<ImportedNode> nodes, List<String> outputs) {
    Set<String> initialized =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    Set<String> needed = new LinkedHashSet<>(outputs);
    Set<String> defined = new LinkedHashSet<>(initialized);
    List<ValueInfoProto> candidates = new ArrayList<>();
    for (ValueInfoProto input : graph.getInputList()) {
      if (!initialized.contains(input.getName())) {
        if (!defined.add(input.getName())) {
          throw Diagnostic.of(
                  Code.E0102, location(), "the input `" + input.getName() + "` is defined twice")
              .asException();
        }
        candidates.add(input);
      }
    }
    for (ImportedNode node : new NodeOrder(file, nodes, defined).sorted(nodes, outputs)) {
      needed.addAll(NodeOrder.uses(node.proto()));
    }
    return candidates.stream().filter(input -> needed.contains(input.getName())).toList();
  }

  private Location location() {
    return new Location.File(file.toString());
  }
}
