package io.mcudeploy.onnx;

import com.google.protobuf.ByteString;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.AttributeProto.AttributeType;
import io.mcudeploy.onnx.proto.GraphProto;
import io.mcudeploy.onnx.proto.NodeProto;
import io.mcudeploy.onnx.proto.OperatorSetIdProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** A model of one node, written input by input, with random numbers that are the same each time. */
final class OneNodeModel {
  private final NodeProto.Builder node = NodeProto.newBuilder();
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Map<String, Tensor> fed = new LinkedHashMap<>();
  private final int opset;
  private final Random random = new Random(7);
  private double low = -1;
  private double high = 1;

  OneNodeModel(String opType, int opset) {
    node.setOpType(opType).setName("the-node");
    this.opset = opset;
    outputs(1);
  }

  String opType() {
    return node.getOpType();
  }

  /** The range of the random numbers from here on. */
  OneNodeModel between(double newLow, double newHigh) {
    low = newLow;
    high = newHigh;
    return this;
  }

  /** An input of the network. */
  OneNodeModel feed(int... extents) {
    String name = nextInput();
    graph.addInput(ModelText.value(name, Arrays.stream(extents).boxed().toArray()));
    fed.put(name, new Tensor.Floats(Shape.of(extents), numbers(extents)));
    return this;
  }

  /** An input of the network that holds integers, 0 ≤ integer &lt; limit. */
  OneNodeModel feedIntegers(int limit, int... extents) {
    return feedIntegers(DataType.INT64, ElementType.INT64, limit, extents);
  }

  /** An input of the network that holds truth values. */
  OneNodeModel feedTruths(int... extents) {
    return feedIntegers(DataType.BOOL, ElementType.BOOL, 2, extents);
  }

  private OneNodeModel feedIntegers(DataType type, ElementType element, int limit, int... extents) {
    String name = nextInput();
    graph.addInput(ModelText.value(type, name, Arrays.stream(extents).boxed().toArray()));
    long[] values = new long[Shape.of(extents).elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(limit);
    }
    fed.put(name, new Tensor.Integers(element, Shape.of(extents), values));
    return this;
  }

  /** Constant truth values. */
  OneNodeModel truths(int... extents) {
    long[] dims = Arrays.stream(extents).asLongStream().toArray();
    TensorProto.Builder tensor = ModelText.tensor(DataType.BOOL, dims).setName(nextInput());
    for (int i = 0; i < Shape.of(extents).elements(); i++) {
      tensor.addInt32Data(random.nextInt(2));
    }
    graph.addInitializer(tensor);
    return this;
  }

  /** Constant real numbers. */
  OneNodeModel floats(int... extents) {
    long[] dims = Arrays.stream(extents).asLongStream().toArray();
    TensorProto.Builder tensor = ModelText.tensor(DataType.FLOAT, dims).setName(nextInput());
    for (float number : numbers(extents)) {
      tensor.addFloatData(number);
    }
    graph.addInitializer(tensor);
    return this;
  }

  /** A constant list of these real numbers. */
  OneNodeModel constants(float... values) {
    TensorProto.Builder tensor =
        ModelText.tensor(DataType.FLOAT, values.length).setName(nextInput());
    for (float value : values) {
      tensor.addFloatData(value);
    }
    graph.addInitializer(tensor);
    return this;
  }

  /** A constant list of integers. */
  OneNodeModel integers(long... values) {
    graph.addInitializer(
        ModelText.ints(nextInput(), Arrays.stream(values).boxed().toArray(Long[]::new)));
    return this;
  }

  /** A constant list of 32-bit integers. */
  OneNodeModel integers32(int... values) {
    TensorProto.Builder tensor =
        ModelText.tensor(DataType.INT32, values.length).setName(nextInput());
    Arrays.stream(values).forEach(tensor::addInt32Data);
    graph.addInitializer(tensor);
    return this;
  }

  /** A constant matrix of integers, a row after the other. */
  OneNodeModel integerMatrix(int rows, int columns, long... values) {
    TensorProto.Builder tensor =
        ModelText.tensor(DataType.INT64, rows, columns).setName(nextInput());
    Arrays.stream(values).forEach(tensor::addInt64Data);
    graph.addInitializer(tensor);
    return this;
  }

  /** A constant integer without axes. */
  OneNodeModel integer(long value) {
    graph.addInitializer(ModelText.tensor(DataType.INT64).setName(nextInput()).addInt64Data(value));
    return this;
  }

  /** Leaves an optional input out. */
  OneNodeModel skip() {
    node.addInput("");
    return this;
  }

  OneNodeModel outputs(int count) {
    node.clearOutput();
    graph.clearOutput();
    for (int i = 0; i < count; i++) {
      node.addOutput("output" + i);
      graph.addOutput(ModelText.output("output" + i));
    }
    return this;
  }

  OneNodeModel with(String attribute, long value) {
    node.addAttribute(attribute(attribute, AttributeType.INT).setI(value));
    return this;
  }

  OneNodeModel with(String attribute, float value) {
    node.addAttribute(attribute(attribute, AttributeType.FLOAT).setF(value));
    return this;
  }

  OneNodeModel with(String attribute, String value) {
    node.addAttribute(
        attribute(attribute, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
    return this;
  }

  /** A list of integers. */
  OneNodeModel withList(String attribute, long... values) {
    AttributeProto.Builder list = attribute(attribute, AttributeType.INTS);
    Arrays.stream(values).forEach(list::addInts);
    node.addAttribute(list);
    return this;
  }

  /** A list of strings. */
  OneNodeModel withList(String attribute, String... values) {
    AttributeProto.Builder list = attribute(attribute, AttributeType.STRINGS);
    Arrays.stream(values).map(ByteString::copyFromUtf8).forEach(list::addStrings);
    node.addAttribute(list);
    return this;
  }

  /** A list of real numbers. */
  OneNodeModel withList(String attribute, float... values) {
    AttributeProto.Builder list = attribute(attribute, AttributeType.FLOATS);
    for (float value : values) {
      list.addFloats(value);
    }
    node.addAttribute(list);
    return this;
  }

  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  /** What the network is fed, by the inputs' names. */
  Map<String, Tensor> fed() {
    return fed;
  }

  byte[] toBytes() {
    return ModelText.model(graph.clone().addNode(node)).toBuilder()
        .clearOpsetImport()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
        .build()
        .toByteArray();
  }

  private String nextInput() {
    String name = "input" + node.getInputCount();
    node.addInput(name);
    return name;
  }

  private float[] numbers(int... extents) {
    float[] numbers = new float[Shape.of(extents).elements()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (low + random.nextDouble() * (high - low));
    }
    return numbers;
  }

  @Override
  public String toString() {
    String inputs =
        fed.values().stream().map(Object::toString).collect(Collectors.joining(", ", "(", ")"));
    String attributes =
        node.getAttributeList().stream()
            .map(AttributeProto::getName)
            .collect(Collectors.joining(", "));
    return node.getOpType() + " opset " + opset + inputs + " " + attributes;
  }
}
