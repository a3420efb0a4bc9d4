package io.mcudeploy.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
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

  /** A model as ONNX Runtime runs it by default: operators fused, QDQ networks in integers. */
  OnnxRuntime(byte[] model) throws OrtException {
    this(model, OptLevel.ALL_OPT);
  }

  OnnxRuntime(byte[] model, OptLevel optimization) throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      options.setOptimizationLevel(optimization);
      session = environment.createSession(model, options);
    }
  }

  /** A model run operator by operator, as the file states it. */
  static OnnxRuntime literally(byte[] model) throws OrtException {
    return new OnnxRuntime(model, OptLevel.NO_OPT);
  }

  /** The outputs, in the model's order; float, INT64, INT32 and BOOL tensors are understood. */
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
      case INT32 -> {
        IntBuffer buffer = tensor.getIntBuffer();
        long[] values = new long[buffer.remaining()];
        for (int i = 0; i < values.length; i++) {
          values[i] = buffer.get(i);
        }
        yield new Tensor.Integers(ElementType.INT32, shape, values);
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
