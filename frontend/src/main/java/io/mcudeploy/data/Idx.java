package io.mcudeploy.data;

import io.mcudeploy.ir.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The IDX format of MNIST: two zero bytes, the number type, the rank, extents and numbers, all big
 * endian.
 */
final class Idx {
  private static final Map<Integer, NumberFormat> FORMATS =
      Map.of(
          0x08, NumberFormat.UINT8,
          0x09, NumberFormat.INT8,
          0x0B, NumberFormat.INT16,
          0x0C, NumberFormat.INT32,
          0x0D, NumberFormat.FLOAT32,
          0x0E, NumberFormat.FLOAT64);

  private Idx() {}

  static boolean matches(ByteBuffer file) {
    return file.capacity() >= 8
        && file.get(0) == 0
        && file.get(1) == 0
        && FORMATS.containsKey((int) file.get(2))
        && file.get(3) >= 1
        && file.get(3) <= 8;
  }

  static NumberArray read(ByteBuffer file) throws DamagedDataException {
    if (!matches(file)) {
      throw new DamagedDataException("it does not start as an IDX file does");
    }
    ByteBuffer big = file.duplicate().order(ByteOrder.BIG_ENDIAN);
    int rank = big.get(3);
    if (4 + 4 * rank > big.capacity()) {
      throw new DamagedDataException("its header is cut off");
    }
    List<Long> extents = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      extents.add(Integer.toUnsignedLong(big.getInt(4 + 4 * axis)));
    }
    Shape shape = Npy.checkedShape(extents);
    NumberFormat format = FORMATS.get((int) big.get(2));
    ByteBuffer numbers = Npy.slice(file, 4 + 4 * rank, shape, format);
    return new NumberArray(shape, format, numbers.order(ByteOrder.BIG_ENDIAN));
  }
}
