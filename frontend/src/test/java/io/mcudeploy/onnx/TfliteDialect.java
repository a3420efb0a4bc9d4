package io.mcudeploy.onnx;

import com.google.flatbuffers.FlatBufferBuilder;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A .tflite file in int8. Its input has the channels first, so that the network begins alike. */
final class TfliteDialect extends Dialect {
  private static final byte INT32 = 2;
  private static final byte INT8 = 9;

  /** Numbers of operators and of the types of their options, from TFLite's schema. */
  private enum Builtin {
    ADD(0, 11),
    CONV_2D(3, 1),
    DEPTHWISE_CONV_2D(4, 2),
    FULLY_CONNECTED(9, 8),
    MAX_POOL_2D(17, 5),
    SOFTMAX(25, 9),
    TRANSPOSE(39, 26),
    MEAN(40, 27);

    private final byte code;
    private final byte options;

    Builtin(int code, int options) {
      this.code = (byte) code;
      this.options = (byte) options;
    }
  }

  /** In the order of the file's list of operators. */
  private static final List<Builtin> USED = List.of(Builtin.values());

  /** Sets the fields of a table that has been started. */
  private interface Fields {
    void set(FlatBufferBuilder builder);
  }

  private final FlatBufferBuilder builder = new FlatBufferBuilder();
  private final List<Integer> buffers = new ArrayList<>();
  private final List<Integer> tensors = new ArrayList<>();
  private final List<Integer> operators = new ArrayList<>();
  private final Map<String, Integer> indices = new HashMap<>();

  TfliteDialect(GraphWriter unused) {
    super(unused, DataType.INT8);
    buffers.add(table(1, fields -> {}));
  }

  @Override
  Value image(Levels levels) {
    activation("image", levels, 1, 3, 8, 8);
    Value image = activation("image_nhwc", levels, 1, 8, 8, 3);
    int order = integers("order", 0, 2, 3, 1);
    operator(Builtin.TRANSPOSE, 0, fields -> {}, image, indices.get("image"), order);
    return image;
  }

  @Override
  Value conv(String name, Value x, Weights weights, long groups, Levels levels) {
    Value y = activation(name, levels, 1, 8, 8, weights.outputs());
    boolean depthwise = groups > 1;
    int filters = filters(name, weights, depthwise);
    int bias = bias(name, weights, x.levels().scale());
    operator(
        depthwise ? Builtin.DEPTHWISE_CONV_2D : Builtin.CONV_2D,
        7,
        fields -> {
          fields.addInt(1, 1, 0);
          fields.addInt(2, 1, 0);
          if (depthwise) {
            fields.addInt(3, 1, 0);
          }
          fields.addByte(depthwise ? 4 : 3, (byte) 1, 0);
        },
        y,
        indices.get(x.name()),
        filters,
        bias);
    return y;
  }

  @Override
  Value add(String name, Value left, Value right, Levels levels) {
    Value y = activation(name, levels, 1, 8, 8, 8);
    operator(Builtin.ADD, 1, fields -> {}, y, indices.get(left.name()), indices.get(right.name()));
    return y;
  }

  @Override
  Value maxPool(String name, Value x) {
    Value y = activation(name, x.levels(), 1, 4, 4, 8);
    operator(
        Builtin.MAX_POOL_2D,
        6,
        fields -> {
          fields.addByte(0, (byte) 1, 0);
          IntStream.rangeClosed(1, 4).forEach(field -> fields.addInt(field, 2, 0));
        },
        y,
        indices.get(x.name()));
    return y;
  }

  @Override
  Value globalAveragePool(String name, Value x, Levels levels) {
    Value y = activation(name, levels, 1, 1, 1, 8);
    operator(
        Builtin.MEAN,
        1,
        fields -> fields.addBoolean(0, true, false),
        y,
        indices.get(x.name()),
        integers("height_and_width", 1, 2));
    return y;
  }

  @Override
  Value dense(String name, Value x, Weights weights, Levels levels) {
    Value y = activation(name, levels, 1, weights.outputs());
    int matrix = filters(name, weights, false);
    int bias = bias(name, weights, x.levels().scale());
    operator(Builtin.FULLY_CONNECTED, 3, fields -> {}, y, indices.get(x.name()), matrix, bias);
    return y;
  }

  @Override
  Value softmax(String name, Value x, Levels levels) {
    Value y = activation(name, levels, 1, 5);
    operator(Builtin.SOFTMAX, 1, fields -> fields.addFloat(0, 1, 0), y, indices.get(x.name()));
    return y;
  }

  @Override
  Path save(Path folder, Value output) {
    int inputs = ints(indices.get("image"));
    int outputs = ints(indices.get(output.name()));
    int tensorList = tables(tensors);
    int operatorList = tables(operators);
    int graph =
        table(
            5,
            fields -> {
              fields.addOffset(0, tensorList, 0);
              fields.addOffset(1, inputs, 0);
              fields.addOffset(2, outputs, 0);
              fields.addOffset(3, operatorList, 0);
            });
    List<Integer> codes = new ArrayList<>();
    for (Builtin builtin : USED) {
      codes.add(
          table(
              4,
              fields -> {
                fields.addByte(0, builtin.code, 0);
                fields.addInt(3, builtin.code, 0);
              }));
    }
    int codeList = tables(codes);
    int graphList = tables(List.of(graph));
    int bufferList = tables(buffers);
    int model =
        table(
            5,
            fields -> {
              fields.addInt(0, 3, 0);
              fields.addOffset(1, codeList, 0);
              fields.addOffset(2, graphList, 0);
              fields.addOffset(4, bufferList, 0);
            });
    builder.finish(model, "TFL3");
    try {
      return Files.write(folder.resolve("network.tflite"), builder.sizedByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Value activation(String name, Levels levels, int... extents) {
    List<Double> scale = List.of(levels.scale());
    tensor(name, INT8, 0, quantization(scale, levels.zeroPoint(), 0), extents);
    return new Value(name, false, levels);
  }

  /** Weights with the outputs first, or last for a depthwise convolution; channels last. */
  private int filters(String name, Weights weights, boolean depthwise) {
    int outputs = weights.outputs();
    int perOutput = weights.integers().size() / outputs;
    int channels = weights.dims().size() == 4 ? weights.dims().get(1).intValue() : perOutput;
    int taps = perOutput / channels;
    byte[] bytes = new byte[outputs * perOutput];
    for (int i = 0; i < bytes.length; i++) {
      int output = i / perOutput;
      int channel = i % perOutput / taps;
      int tap = i % taps;
      int place =
          depthwise ? tap * outputs + output : output * perOutput + tap * channels + channel;
      bytes[place] = weights.integers().get(i).byteValue();
    }
    int[] extents =
        depthwise
            ? new int[] {1, 3, 3, outputs}
            : taps == 1 ? new int[] {outputs, channels} : new int[] {outputs, 3, 3, channels};
    int grid = quantization(weights.scales(), 0, depthwise ? 3 : 0);
    return tensor(name + ".w", INT8, buffer(bytes), grid, extents);
  }

  private int bias(String name, Weights weights, double inputScale) {
    List<Double> scales = weights.scales().stream().map(scale -> scale * inputScale).toList();
    return tensor(
        name + ".b",
        INT32,
        buffer(bytes(weights.bias())),
        quantization(scales, 0, 0),
        weights.outputs());
  }

  private int integers(String name, Integer... values) {
    return tensor(name, INT32, buffer(bytes(List.of(values))), 0, values.length);
  }

  private static byte[] bytes(List<Integer> integers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * integers.size()).order(ByteOrder.LITTLE_ENDIAN);
    integers.forEach(bytes::putInt);
    return bytes.array();
  }

  /** Adds a buffer, and gives its number. */
  private int buffer(byte[] bytes) {
    int data = builder.createByteVector(bytes);
    buffers.add(table(1, fields -> fields.addOffset(0, data, 0)));
    return buffers.size() - 1;
  }

  private int quantization(List<Double> scales, int zeroPoint, int axis) {
    builder.startVector(Float.BYTES, scales.size(), Float.BYTES);
    for (int i = scales.size() - 1; i >= 0; i--) {
      builder.addFloat(scales.get(i).floatValue());
    }
    int scaleList = builder.endVector();
    builder.startVector(Long.BYTES, scales.size(), Long.BYTES);
    scales.forEach(scale -> builder.addLong(zeroPoint));
    int zeroPoints = builder.endVector();
    return table(
        7,
        fields -> {
          fields.addOffset(2, scaleList, 0);
          fields.addOffset(3, zeroPoints, 0);
          fields.addInt(6, axis, 0);
        });
  }

  /** Adds a tensor, and gives its number; a quantization of 0 is none. */
  private int tensor(String name, byte type, int buffer, int quantization, int... extents) {
    int shape = ints(extents);
    int text = builder.createString(name);
    tensors.add(
        table(
            5,
            fields -> {
              fields.addOffset(0, shape, 0);
              fields.addByte(1, type, 0);
              fields.addInt(2, buffer, 0);
              fields.addOffset(3, text, 0);
              fields.addOffset(4, quantization, 0);
            }));
    indices.put(name, tensors.size() - 1);
    return tensors.size() - 1;
  }

  private void operator(Builtin builtin, int fieldCount, Fields options, Value y, int... inputs) {
    int optionTable = table(fieldCount, options);
    int inputList = ints(inputs);
    int outputList = ints(indices.get(y.name()));
    operators.add(
        table(
            5,
            fields -> {
              fields.addInt(0, USED.indexOf(builtin), 0);
              fields.addOffset(1, inputList, 0);
              fields.addOffset(2, outputList, 0);
              fields.addByte(3, builtin.options, 0);
              fields.addOffset(4, optionTable, 0);
            }));
  }

  private int ints(int... values) {
    builder.startVector(Integer.BYTES, values.length, Integer.BYTES);
    for (int i = values.length - 1; i >= 0; i--) {
      builder.addInt(values[i]);
    }
    return builder.endVector();
  }

  private int tables(List<Integer> offsets) {
    return builder.createVectorOfTables(offsets.stream().mapToInt(Integer::intValue).toArray());
  }

  private int table(int fieldCount, Fields fields) {
    builder.startTable(fieldCount);
    fields.set(builder);
    return builder.endTable();
  }
}
