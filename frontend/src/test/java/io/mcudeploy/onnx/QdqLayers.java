package io.mcudeploy.onnx;

import ai.onnxruntime.OrtException;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.ModelProto;
import io.mcudeploy.onnx.proto.NodeProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A QDQ network cut into its layers: for each quantized value, the model that computes it from the
 * quantized values before it. So every layer can be compared alone, on the inputs it has in the
 * network, and differences do not add up.
 */
final class QdqLayers {
  private final ModelProto model;
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, TensorProto> constants;

  QdqLayers(ModelProto model) {
    this.model = model;
    for (NodeProto node : model.getGraph().getNodeList()) {
      node.getOutputList().forEach(output -> producers.put(output, node));
    }
    constants =
        model.getGraph().getInitializerList().stream()
            .collect(Collectors.toMap(TensorProto::getName, tensor -> tensor));
  }

  /**
   * A layer and what it is fed.
   *
   * @param name of the value it computes
   */
  record Layer(String name, ModelProto model, Map<String, Tensor> fed) {}

  /** The layers, fed with what ONNX Runtime computes for an input of the network. */
  List<Layer> on(Map<String, Tensor> fed) throws OrtException {
    List<String> values =
        model.getGraph().getNodeList().stream()
            .filter(this::endsLayer)
            .map(node -> node.getOutput(0))
            .toList();
    ModelProto.Builder told = model.toBuilder();
    told.getGraphBuilder().clearOutput();
    values.forEach(value -> told.getGraphBuilder().addOutput(ModelText.output(value)));
    Map<String, Tensor> known = new LinkedHashMap<>(fed);
    try (OnnxRuntime oracle = OnnxRuntime.literally(told.build().toByteArray())) {
      List<Tensor> results = oracle.run(fed);
      for (int i = 0; i < values.size(); i++) {
        known.put(values.get(i), results.get(i));
      }
    }
    return values.stream().map(value -> layer(value, known)).toList();
  }

  /** Whether a node is the DequantizeLinear of a value that depends on the network's inputs. */
  private boolean endsLayer(NodeProto node) {
    return node.getOpType().equals("DequantizeLinear")
        && producers.containsKey(node.getInput(0))
        && producers.get(node.getInput(0)).getOpType().equals("QuantizeLinear")
        && !constants.containsKey(producers.get(node.getInput(0)).getInput(0));
  }

  private Layer layer(String value, Map<String, Tensor> known) {
    Set<NodeProto> needed = new LinkedHashSet<>();
    Map<String, Tensor> fed = new LinkedHashMap<>();
    NodeProto quantize = producers.get(producers.get(value).getInput(0));
    needed.add(producers.get(value));
    needed.add(quantize);
    Deque<String> open = new ArrayDeque<>(List.of(quantize.getInput(0)));
    while (!open.isEmpty()) {
      String operand = open.pop();
      NodeProto node = producers.get(operand);
      if (node == null) {
        if (known.containsKey(operand)) {
          fed.put(operand, known.get(operand));
        }
      } else if (endsLayer(node)) {
        NodeProto start = producers.get(node.getInput(0));
        needed.add(node);
        needed.add(start);
        fed.put(start.getInput(0), known.get(operand));
      } else if (needed.add(node)) {
        open.addAll(node.getInputList());
      }
    }
    return new Layer(value, part(value, needed, fed), fed);
  }

  private ModelProto part(String output, Set<NodeProto> needed, Map<String, Tensor> fed) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("layer");
    fed.forEach((name, tensor) -> graph.addInput(input(name, tensor)));
    // Sorted as in the network.
    model.getGraph().getNodeList().stream().filter(needed::contains).forEach(graph::addNode);
    Set<String> used = new LinkedHashSet<>();
    needed.forEach(node -> used.addAll(node.getInputList()));
    used.stream().filter(constants::containsKey).map(constants::get).forEach(graph::addInitializer);
    graph.addOutput(ModelText.output(output));
    return model.toBuilder().setGraph(graph).build();
  }

  private static ValueInfoProto input(String name, Tensor tensor) {
    List<Integer> extents = new ArrayList<>();
    Arrays.stream(tensor.shape().extents()).forEach(extents::add);
    return ModelText.value(name, extents.toArray());
  }
}
