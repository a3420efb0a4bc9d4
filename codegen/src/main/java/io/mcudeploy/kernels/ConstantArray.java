package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import java.util.Arrays;

/**
 * An array in flash that a kernel reads, already in the order in which it reads.
 *
 * @param name the C parameter's name, such as {@code weights}; the array itself becomes {@code
 *     <model>_<layer>_<name>}
 * @param values as int32; of unsigned types the bit pattern, so a {@code uint32_t} above 2^31 is
 *     negative here
 * @param columns numbers on a line of the listing, or 0 to fill the line
 * @param comment layout and meaning, such as {@code [4 outputs][8 inputs], one scale an output}
 */
public record ConstantArray(
    String name, CType type, Int32Array values, int columns, String comment) {

  /** int8 numbers. */
  public static ConstantArray int8(String name, Int8Array values, int columns, String comment) {
    int[] wide = new int[values.length()];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values.get(i);
    }
    return new ConstantArray(name, CType.INT8, Int32Array.of(wide), columns, comment);
  }

  /** Numbers that are not negative, of the smallest type that holds the largest. */
  public static ConstantArray indices(String name, Int32Array values, String comment) {
    int largest = Arrays.stream(values.toArray()).max().orElse(0);
    CType type = largest < 1 << 8 ? CType.UINT8 : largest < 1 << 16 ? CType.UINT16 : CType.INT32;
    return new ConstantArray(name, type, values, 0, comment);
  }

  /** int32 numbers. */
  public static ConstantArray int32(String name, Int32Array values, String comment) {
    return new ConstantArray(name, CType.INT32, values, 0, comment);
  }

  /** Bytes in flash. */
  public int bytes() {
    return values.length() * type.bytes();
  }
}
