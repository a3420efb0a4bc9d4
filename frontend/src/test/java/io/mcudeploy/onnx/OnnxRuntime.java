package io.mcudeploy.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A model run by ONNX Runtime, which nobody on the project wrote. */
final class OnnxRuntime implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  OnnxRuntime(byte[] model) throws OrtException {
    session = environment.createSession(model);
  }

  /** The outputs, in the model's order; float, INT64 and BOOL tensors are understood. */
  List<Tensor> run(Map<String, Tensor> inputs) throws OrtException {
    Map<String, OnnxTensor> fed = new HashMap<>();
    for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
      Shape shape = input.getValue().shape();
      long[] extents = Arrays.stream(shape.extents()).asLongStream().toArray();
      fed.put(input.getKey(), fed(input.getValue(), extents));
    }
    List<Tensor> outputs = new ArrayList<>();
    try (OrtSession.Result result = session.run(fed)) {
      for (int i = 0; i < result.size(); i++) {
        outputs.add(tensor((OnnxTensor) result.get(i)));
      }
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
    return outputs;
  }

  private OnnxTensor fed(Tensor tensor, long[] extents) throws OrtException {
    if (tensor instanceof Tensor.Floats floats) {
      return OnnxTensor.createTensor(environment, FloatBuffer.wrap(floats.values()), extents);
    }
    Tensor.Integers integers = (Tensor.Integers) tensor;
    if (integers.element() == ElementType.BOOL) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(integers.values().length);
      Arrays.stream(integers.values()).forEach(truth -> bytes.put((byte) truth));
      return OnnxTensor.createTensor(environment, bytes.flip(), extents, OnnxJavaType.BOOL);
    }
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(integers.values()), extents);
  }

  private static Tensor tensor(OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    Shape shape = Shape.of(Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray());
    return switch (info.type) {
      case FLOAT -> {
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        yield new Tensor.Floats(shape, values);
      }
      case INT64 -> {
        LongBuffer buffer = tensor.getLongBuffer();
        long[] values = new long[buffer.remaining()];
        buffer.get(values);
        yield new Tensor.Integers(ElementType.INT64, shape, values);
      }
      case BOOL -> {
        ByteBuffer buffer = tensor.getByteBuffer();
        long[] values = new long[buffer.remaining()];
        for (int i = 0; i < values.length; i++) {
          values[i] = buffer.get(i);
        }
        yield new Tensor.Integers(ElementType.BOOL, shape, values);
      }
      default -> throw new IllegalArgumentException("output of type " + info.type);
    };
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
