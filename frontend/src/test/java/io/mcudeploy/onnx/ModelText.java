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
import io.mcudeploy.onnx.proto.TensorShapeProto;
import io.mcudeploy.onnx.proto.TypeProto;
import io.mcudeploy.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The words in which tests write small ONNX models. */
final class ModelText {
  private ModelText() {}

  static ModelProto model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph.setName("small"))
        .build();
  }

  static GraphProto.Builder graph() {
    return GraphProto.newBuilder();
  }

  static NodeProto.Builder node(String opType, List<String> inputs, List<String> outputs) {
    return NodeProto.newBuilder().setOpType(opType).addAllInput(inputs).addAllOutput(outputs);
  }

  /** A float value; a number is a fixed extent, {@code ""} an unknown one, else a symbolic one. */
  static ValueInfoProto value(String name, Object... dims) {
    return value(DataType.FLOAT, name, dims);
  }

  /** The same of any type. */
  static ValueInfoProto value(DataType type, String name, Object... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dim : dims) {
      TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
      if (dim instanceof Integer extent) {
        dimension.setDimValue(extent);
      } else if (!dim.equals("")) {
        dimension.setDimParam((String) dim);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  static ValueInfoProto output(String name) {
    return ValueInfoProto.newBuilder().setName(name).build();
  }

  static TensorProto.Builder tensor(DataType type, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName("t").setDataType(type.getNumber());
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  static TensorProto.Builder raw(DataType type, List<Integer> bytes, long... dims) {
    byte[] data = new byte[bytes.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = bytes.get(i).byteValue();
    }
    return tensor(type, dims).setRawData(ByteString.copyFrom(data));
  }

  static TensorProto ints(String name, Long... values) {
    return tensor(DataType.INT64, values.length)
        .setName(name)
        .addAllInt64Data(List.of(values))
        .build();
  }

  static TensorProto bool(String name, boolean value) {
    return tensor(DataType.BOOL).setName(name).addInt32Data(value ? 1 : 0).build();
  }

  static AttributeProto attribute(String name, GraphProto.Builder graph) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  static Path write(Path folder, ModelProto model) {
    try {
      return Files.write(folder.resolve("model.onnx"), model.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
