package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Diagnostics;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.importing.GraphBuilder;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.TensorProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Adds sorted nodes to the graph, each through its mapping. */
final class NodeImporter {
  /** Who has made more of them has read enough. */
  private static final int MOST_MISTAKES = 100;

  private final Path model;
  private final TensorDecoder tensors;
  private final AttributeDecoder attributes;
  private final FunctionInliner functions;
  private final GraphBuilder graph;
  private final Set<String> known;
  private final boolean stateful;
  private final LoopUnroller loops;
  private int branches;

  /**
   * @param known names of the file that are defined so far
   * @param stateful whether recurrent layers carry their state from inference to inference
   */
  NodeImporter(
      Path model,
      FunctionInliner functions,
      GraphBuilder graph,
      Set<String> known,
      boolean stateful) {
    this.model = model;
    this.tensors = new TensorDecoder(model);
    this.attributes = new AttributeDecoder(model, tensors);
    this.functions = functions;
    this.graph = graph;
    this.known = new LinkedHashSet<>(known);
    this.stateful = stateful;
    this.loops = new LoopUnroller(model, graph, this::call);
  }

  /**
   * Adds the nodes that the outputs need. Of a network with several mistakes the user learns all:
   * nodes that need what is missing are passed over.
   *
   * @param initializers constants that the nodes may use; decoded only where they do
   * @param diagnostics takes all mistakes but the last
   * @throws DiagnosticException the last mistake
   */
  void addAll(
      List<ImportedNode> nodes,
      List<TensorProto> initializers,
      List<String> outputs,
      Diagnostics diagnostics) {
    List<ImportedNode> sorted = prepared(nodes, initializers, outputs);
    List<Diagnostic> mistakes = new ArrayList<>();
    UnsupportedOperators.of(model, sorted).ifPresent(mistakes::add);
    Set<String> missing = new HashSet<>();
    for (ImportedNode node : sorted) {
      boolean fails =
          !UnsupportedOperators.supports(node)
              || !Collections.disjoint(missing, NodeOrder.uses(node.proto()));
      if (!fails && mistakes.size() < MOST_MISTAKES) {
        try {
          add(node);
        } catch (DiagnosticException e) {
          mistakes.add(e.diagnostic());
          fails = true;
        }
      }
      if (fails) {
        missing.addAll(node.proto().getOutputList());
        missing.remove("");
      }
    }
    if (!mistakes.isEmpty()) {
      mistakes.subList(0, mistakes.size() - 1).forEach(diagnostics::report);
      throw mistakes.get(mistakes.size() - 1).asException();
    }
  }

  /** Adds the nodes that the outputs of a subgraph need, up to the first mistake. */
  private void add(List<ImportedNode> nodes, List<TensorProto> initializers, List<String> outputs) {
    List<ImportedNode> sorted = prepared(nodes, initializers, outputs);
    UnsupportedOperators.of(model, sorted)
        .ifPresent(
            unsupported -> {
              throw unsupported.asException();
            });
    sorted.forEach(this::add);
  }

  /** The nodes in order, with the constants that they use added. */
  private List<ImportedNode> prepared(
      List<ImportedNode> nodes, List<TensorProto> initializers, List<String> outputs) {
    Map<String, TensorProto> byName = new HashMap<>();
    for (TensorProto initializer : initializers) {
      if (byName.putIfAbsent(initializer.getName(), initializer) != null) {
        throw Diagnostic.of(
                Code.E0102,
                new Location.File(model.toString()),
                "the initialiser `" + initializer.getName() + "` is defined twice")
            .asException();
      }
    }
    known.addAll(byName.keySet());
    List<ImportedNode> flat = functions.inline(nodes);
    List<ImportedNode> sorted = new NodeOrder(model, flat, known).sorted(flat, outputs);
    Set<String> used = new LinkedHashSet<>(outputs);
    sorted.forEach(node -> used.addAll(NodeOrder.uses(node.proto())));
    for (String name : used) {
      if (byName.containsKey(name)) {
        graph.addInitializer(name, tensors.decode(byName.get(name)));
        StoredType.of(byName.get(name).getDataType())
            .filter(StoredType::isPacked)
            .ifPresent(type -> graph.setBits(graph.value(name).orElseThrow(), type.bits()));
      }
    }
    return sorted;
  }

  private void add(ImportedNode node) {
    node.proto().getOutputList().stream().filter(name -> !name.isEmpty()).forEach(known::add);
    switch (node.operator()) {
      case ConstantBranch.OPERATOR -> addBranch(node);
      case LoopUnroller.LOOP -> bind(node, loops.loop(node));
      case LoopUnroller.SCAN -> bind(node, loops.scan(node));
      default -> addMapped(node);
    }
  }

  private void bind(ImportedNode node, List<String> values) {
    for (int i = 0; i < node.proto().getOutputCount(); i++) {
      String output = node.proto().getOutput(i);
      if (!output.isEmpty()) {
        graph.bind(output, values.get(i));
      }
    }
  }

  private List<String> call(Subgraph body, List<String> given) {
    for (int i = 0; i < given.size(); i++) {
      known.add(body.inputs().get(i));
      graph.bind(body.inputs().get(i), given.get(i));
    }
    add(body.nodes(), body.initializers(), body.outputs());
    return body.outputs().stream().map(this::require).toList();
  }

  private String require(String name) {
    return graph
        .value(name)
        .orElseThrow(
            () ->
                Diagnostic.of(
                        Code.E0102,
                        new Location.File(model.toString()),
                        "nothing defines `" + name + "`, which a loop's body gives")
                    .asException());
  }

  private void addBranch(ImportedNode node) {
    Optional<Tensor> condition =
        node.proto().getInputList().stream()
            .findFirst()
            .flatMap(graph::value)
            .flatMap(graph::constant);
    branches++;
    ConstantBranch branch = ConstantBranch.of(model, node, condition, branches);
    List<String> outputs =
        node.proto().getOutputList().stream().filter(name -> !name.isEmpty()).toList();
    outputs.forEach(known::remove);
    add(branch.nodes(), branch.initializers(), outputs);
  }

  private void addMapped(ImportedNode node) {
    Integer opset = node.opsets().get(node.domain());
    if (opset == null && node.domain().isEmpty()) {
      throw diagnostic(node, Code.E0102, "the file does not say which operator set it follows")
          .asException();
    }
    // Exporters of quantized networks forget to import the domain that they write.
    int version = opset == null ? 1 : opset;
    NodeMapping mapping =
        NodeMappings.find(node.domain(), node.proto().getOpType())
            .orElseThrow(() -> new IllegalStateException("no mapping for " + node.operator()))
            .mapping();
    NodeContext context =
        new NodeContext(graph, attributes.decode(node), version, model.toString(), stateful);
    try {
      context.apply(mapping);
    } catch (DiagnosticException e) {
      throw withOperands(node, e.diagnostic()).asException();
    } catch (ArithmeticException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | ClassCastException e) {
      // Arithmetic on what the file says, such as a stride of zero, that no check foresaw.
      throw withOperands(
              node, diagnostic(node, Code.E0202, "the node cannot be evaluated").note(e.toString()))
          .asException();
    }
  }

  private Diagnostic withOperands(ImportedNode node, Diagnostic diagnostic) {
    Diagnostic explained = diagnostic;
    for (String input : node.proto().getInputList().stream().distinct().limit(8).toList()) {
      Optional<String> value = graph.value(input);
      if (value.isPresent()) {
        explained = explained.note("its input `" + input + "` is " + graph.type(value.get()));
      }
    }
    return explained;
  }

  private Diagnostic diagnostic(ImportedNode node, Code code, String message) {
    return Diagnostic.of(code, node.location(model), message);
  }
}
