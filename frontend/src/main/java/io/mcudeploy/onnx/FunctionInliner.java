package io.mcudeploy.onnx;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.FunctionProto;
import io.mcudeploy.onnx.proto.ModelProto;
import io.mcudeploy.onnx.proto.NodeProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Replaces calls of the model's own functions by their bodies. */
final class FunctionInliner {
  /**
   * Far above any network for a microcontroller; functions that call each other repeatedly would
   * otherwise let a small file grow without end.
   */
  private static final int MAX_NODES = 100_000;

  private static final int MAX_DEPTH = 100;

  private final Path model;
  private final Map<String, FunctionProto> functions = new HashMap<>();
  private int calls;

  FunctionInliner(Path file, ModelProto model) {
    this.model = file;
    for (FunctionProto function : model.getFunctionsList()) {
      functions.put(key(function.getDomain(), function.getName()), function);
    }
  }

  /** The nodes with every call replaced, calls inside functions included. */
  List<ImportedNode> inline(List<ImportedNode> nodes) {
    List<ImportedNode> flat = new ArrayList<>();
    nodes.forEach(node -> inline(node, new LinkedHashSet<>(), flat));
    return flat;
  }

  private void inline(ImportedNode node, Set<String> callers, List<ImportedNode> flat) {
    String key = key(node.proto().getDomain(), node.proto().getOpType());
    FunctionProto function = functions.get(key);
    if (function == null) {
      flat.add(node);
      if (flat.size() > MAX_NODES) {
        throw damaged(node, "the network has more than " + MAX_NODES + " nodes");
      }
      return;
    }
    calls++;
    if (!callers.add(key)) {
      throw damaged(node, "the function " + node.operator() + " calls itself");
    }
    if (callers.size() > MAX_DEPTH || calls > MAX_NODES) {
      throw damaged(node, "the network's functions call each other too often");
    }
    for (ImportedNode inner : body(node, function)) {
      inline(inner, callers, flat);
    }
    callers.remove(key);
  }

  private List<ImportedNode> body(ImportedNode call, FunctionProto function) {
    NodeProto node = call.proto();
    if (node.getInputCount() > function.getInputCount()
        || node.getOutputCount() > function.getOutputCount()) {
      throw damaged(call, "the call does not fit the function " + call.operator());
    }
    String prefix = call.name() + "/";
    // Names of values must not meet those of another call of the same function.
    String scope = call.name() + "/" + calls + "/";
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < function.getInputCount(); i++) {
      names.put(function.getInput(i), i < node.getInputCount() ? node.getInput(i) : "");
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (!node.getOutput(i).isEmpty()
          && names.putIfAbsent(function.getOutput(i), node.getOutput(i)) != null) {
        throw damaged(call, "the function " + call.operator() + " returns one of its inputs");
      }
    }
    NodeRewriter rewriter =
        new NodeRewriter(
            name -> names.getOrDefault(name, scope + name),
            prefix,
            attribute -> substitute(attribute, node, function));
    Map<String, Integer> opsets = new HashMap<>(call.opsets());
    opsets.putAll(OperatorSets.versions(function.getOpsetImportList()));
    return function.getNodeList().stream()
        .map(inner -> new ImportedNode(rewriter.rewrite(inner), Map.copyOf(opsets)))
        .toList();
  }

  private static Optional<AttributeProto> substitute(
      AttributeProto attribute, NodeProto call, FunctionProto function) {
    if (attribute.getRefAttrName().isEmpty()) {
      return Optional.of(attribute);
    }
    String parameter = attribute.getRefAttrName();
    return named(call.getAttributeList(), parameter)
        .or(() -> named(function.getAttributeProtoList(), parameter))
        .map(value -> value.toBuilder().setName(attribute.getName()).build());
  }

  private static Optional<AttributeProto> named(List<AttributeProto> attributes, String name) {
    return attributes.stream().filter(attribute -> attribute.getName().equals(name)).findFirst();
  }

  private static String key(String domain, String operator) {
    return OperatorSets.canonical(domain) + ":" + operator;
  }

  private DiagnosticException damaged(ImportedNode node, String what) {
    return Diagnostic.of(Code.E0102, node.location(model), what).asException();
  }
}
