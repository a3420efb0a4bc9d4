package io.mcudeploy.onnx;

import com.google.protobuf.ByteString;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.AttributeProto.AttributeType;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.ModelProto;
import io.mcudeploy.onnx.proto.NodeProto;
import io.mcudeploy.onnx.proto.OperatorSetIdProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes an ONNX graph node by node; every value is named by the node that makes it. */
final class GraphWriter {
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("written");
  private final Map<String, Integer> opsets = new TreeMap<>(Map.of("", 13));

  /** A real input of the network. */
  String input(String name, Integer... extents) {
    graph.addInput(ModelText.value(name, (Object[]) extents));
    return name;
  }

  /** Real constants. */
  String reals(String name, List<Double> values, List<Long> dims) {
    TensorProto.Builder tensor = ModelText.tensor(DataType.FLOAT).setName(name).addAllDims(dims);
    values.forEach(value -> tensor.addFloatData(value.floatValue()));
    graph.addInitializer(tensor);
    return name;
  }

  /** One real number. */
  String real(String name, double value) {
    return reals(name, List.of(value), List.of());
  }

  /** Integer constants of any type whose elements are kept in the field {@code int32_data}. */
  String integers(String name, DataType type, List<Integer> values, List<Long> dims) {
    graph.addInitializer(
        ModelText.tensor(type).setName(name).addAllDims(dims).addAllInt32Data(values));
    return name;
  }

  /** A list of INT64 constants. */
  String longs(String name, Long... values) {
    graph.addInitializer(ModelText.ints(name, values));
    return name;
  }

  /** A node of the standard domain with one output, which has its name. */
  String node(String opType, String name, List<String> inputs, Object... attributes) {
    return node("", opType, name, inputs, attributes);
  }

  /**
   * A node.
   *
   * @param attributes a name and a value in turn; values are Long, Float, String or lists of Long
   */
  String node(
      String domain, String opType, String name, List<String> inputs, Object... attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(opType)
            .setDomain(domain)
            .setName(name)
            .addAllInput(inputs)
            .addOutput(name);
    for (int i = 0; i < attributes.length; i += 2) {
      node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
    }
    opsets.putIfAbsent(domain, 1);
    graph.addNode(node);
    return name;
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    if (value instanceof Long integer) {
      return attribute.setType(AttributeType.INT).setI(integer).build();
    }
    if (value instanceof Float real) {
      return attribute.setType(AttributeType.FLOAT).setF(real).build();
    }
    if (value instanceof String text) {
      ByteString bytes = ByteString.copyFromUtf8(text);
      return attribute.setType(AttributeType.STRING).setS(bytes).build();
    }
    attribute.setType(AttributeType.INTS);
    ((List<?>) value).forEach(element -> attribute.addInts((Long) element));
    return attribute.build();
  }

  /** The model with one output. */
  ModelProto model(String output) {
    graph.addOutput(ModelText.output(output));
    ModelProto.Builder model = ModelText.model(graph).toBuilder().clearOpsetImport();
    opsets.forEach(
        (domain, version) ->
            model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    return model.build();
  }
}
