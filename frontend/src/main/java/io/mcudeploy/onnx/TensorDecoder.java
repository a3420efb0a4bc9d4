package io.mcudeploy.onnx;

import com.google.protobuf.ByteString;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.importing.HalfPrecision;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.TensorProto.DataLocation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the tensors of a model file, wherever their numbers are kept: in a typed field, as raw
 * little-endian bytes, or in a file beside the model. Every size is compared with the bytes that
 * are there before anything is allocated. Real numbers are only decoded when they are asked for.
 */
final class TensorDecoder {
  /** Far above any real network's; keeps a damaged file from making shapes of millions of ones. */
  private static final int MAX_RANK = 32;

  private final Path model;
  private final ExternalData externalData;

  TensorDecoder(Path model) {
    this.model = model;
    this.externalData = new ExternalData(model);
  }

  /**
   * The tensor's numbers.
   *
   * @throws DiagnosticException if the type is not read, the dimensions make no shape, or the data
   *     do not fill it exactly
   */
  Tensor decode(TensorProto proto) {
    StoredType type = type(proto);
    Shape shape = shape(proto);
    int elements = shape.elements();
    if (proto.getDataLocation() == DataLocation.EXTERNAL) {
      return fromBytes(type, shape, externalData.read(proto, type.bytes(elements)));
    }
    if (proto.hasRawData()) {
      ByteString raw = proto.getRawData();
      if (raw.size() != type.bytes(elements)) {
        throw damaged(
            proto,
            raw.size() + " bytes of data for " + type + shape + " of " + type.bytes(elements));
      }
      return fromBytes(type, shape, raw.asReadOnlyByteBuffer());
    }
    return fromFields(proto, type, shape);
  }

  private StoredType type(TensorProto proto) {
    return StoredType.of(proto.getDataType())
        .orElseThrow(
            () ->
                Diagnostic.of(
                        Code.E0202,
                        new Location.File(model.toString()),
                        String.format(
                            "tensor `%s` has the element type %s",
                            proto.getName(), StoredType.nameOf(proto.getDataType())))
                    .note("supported are the float, integer and boolean types of 4 to 64 bits")
                    .asException());
  }

  private Shape shape(TensorProto proto) {
    List<Long> dims = proto.getDimsList();
    if (dims.size() > MAX_RANK) {
      throw damaged(proto, dims.size() + " dimensions");
    }
    int[] extents = new int[dims.size()];
    for (int i = 0; i < extents.length; i++) {
      long dim = dims.get(i);
      if (dim < 0 || dim > Integer.MAX_VALUE) {
        throw damaged(proto, "the dimension " + dim);
      }
      extents[i] = (int) dim;
    }
    try {
      return Shape.of(extents);
    } catch (IllegalArgumentException e) {
      throw damaged(proto, e.getMessage());
    }
  }

  private static Tensor fromBytes(StoredType type, Shape shape, ByteBuffer bytes) {
    ByteBuffer data = bytes.order(ByteOrder.LITTLE_ENDIAN);
    int elements = shape.elements();
    if (type.element().isFloat()) {
      return Tensor.Floats.deferred(shape, () -> reals(type, data, elements));
    }
    long[] values = new long[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = integer(type, data, i);
    }
    return new Tensor.Integers(type.element(), shape, values);
  }

  private static float[] reals(StoredType type, ByteBuffer data, int elements) {
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = real(type, data, i);
    }
    return values;
  }

  private static float real(StoredType type, ByteBuffer data, int i) {
    return switch (type) {
      case FLOAT -> data.getFloat(4 * i);
      case DOUBLE -> (float) data.getDouble(8 * i);
      case FLOAT16 -> HalfPrecision.toFloat(data.getShort(2 * i));
      case BFLOAT16 -> HalfPrecision.bfloatToFloat(data.getShort(2 * i));
      default -> throw new IllegalStateException(type + " is not a float type");
    };
  }

  private static long integer(StoredType type, ByteBuffer data, int i) {
    return switch (type) {
      case INT64, UINT64 -> data.getLong(8 * i);
      case INT32 -> data.getInt(4 * i);
      case UINT32 -> Integer.toUnsignedLong(data.getInt(4 * i));
      case INT16 -> data.getShort(2 * i);
      case UINT16 -> Short.toUnsignedLong(data.getShort(2 * i));
      case INT8 -> data.get(i);
      case UINT8 -> Byte.toUnsignedLong(data.get(i));
      case INT4, UINT4 -> nibble(type, data.get(i / 2), i % 2);
      case BOOL -> data.get(i) == 0 ? 0 : 1;
      default -> throw new IllegalStateException(type + " is not an integer type");
    };
  }

  private static long nibble(StoredType type, int pair, int half) {
    int bits = (half == 0 ? pair : pair >> 4) & 15;
    return type == StoredType.INT4 && bits >= 8 ? bits - 16 : bits;
  }

  private Tensor fromFields(TensorProto proto, StoredType type, Shape shape) {
    int elements = shape.elements();
    int stored = storedCount(proto, type);
    if (stored != (type.isPacked() ? type.bytes(elements) : elements)) {
      throw damaged(proto, stored + " stored elements for " + type + shape);
    }
    if (type.element().isFloat()) {
      float[] values = new float[elements];
      for (int i = 0; i < elements; i++) {
        values[i] = realField(proto, type, i);
      }
      return new Tensor.Floats(shape, values);
    }
    long[] values = new long[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = integerField(proto, type, i);
    }
    return new Tensor.Integers(type.element(), shape, values);
  }

  private static int storedCount(TensorProto proto, StoredType type) {
    return switch (type) {
      case FLOAT -> proto.getFloatDataCount();
      case DOUBLE -> proto.getDoubleDataCount();
      case INT64 -> proto.getInt64DataCount();
      case UINT64, UINT32 -> proto.getUint64DataCount();
      default -> proto.getInt32DataCount();
    };
  }

  private static float realField(TensorProto proto, StoredType type, int i) {
    return switch (type) {
      case FLOAT -> proto.getFloatData(i);
      case DOUBLE -> (float) proto.getDoubleData(i);
      case FLOAT16 -> HalfPrecision.toFloat((short) proto.getInt32Data(i));
      case BFLOAT16 -> HalfPrecision.bfloatToFloat((short) proto.getInt32Data(i));
      default -> throw new IllegalStateException(type + " is not a float type");
    };
  }

  private long integerField(TensorProto proto, StoredType type, int i) {
    if (type.isPacked()) {
      return nibble(type, proto.getInt32Data(i / 2), i % 2);
    }
    long value =
        switch (type) {
          case INT64 -> proto.getInt64Data(i);
          case UINT64, UINT32 -> proto.getUint64Data(i);
          default -> proto.getInt32Data(i);
        };
    if (!holds(type.element(), value)) {
      throw damaged(proto, "the element " + value + " in a tensor of type " + type);
    }
    return value;
  }

  private static boolean holds(ElementType element, long value) {
    return switch (element) {
      case INT64 -> true;
      case INT32 -> value == (int) value;
      case INT16 -> value == (short) value;
      case INT8 -> value == (byte) value;
      case UINT32 -> value >>> 32 == 0;
      case UINT16 -> value >>> 16 == 0;
      case UINT8 -> value >>> 8 == 0;
      case BOOL -> value >>> 1 == 0;
      case FLOAT -> false;
    };
  }

  private DiagnosticException damaged(TensorProto proto, String what) {
    return Diagnostic.of(
            Code.E0102,
            new Location.File(model.toString()),
            "tensor `" + proto.getName() + "` has " + what)
        .asException();
  }
}
