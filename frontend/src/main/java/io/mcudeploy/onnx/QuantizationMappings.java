package io.mcudeploy.onnx;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.DequantizeLinear;
import io.mcudeploy.operators.QuantizeLinear;
import io.mcudeploy.operators.Rounding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Operators between real numbers and the integers of a grid. */
final class QuantizationMappings {
  private QuantizationMappings() {}

  /**
   * {@code x, scale, zero point}: integers of the zero point's type, unsigned bytes without one.
   */
  static void quantizeLinear(NodeContext node) {
    ElementType element = ElementType.UINT8;
    Optional<Integer> bits = Optional.empty();
    if (node.hasInput(2)) {
      element = node.type(2).element();
      bits = node.bits(2);
    } else if (node.intAttribute("output_dtype", 0) != 0) {
      int number = (int) node.intAttribute("output_dtype", 0);
      StoredType type =
          StoredType.of(number)
              .orElseThrow(() -> node.reject("QuantizeLinear to " + StoredType.nameOf(number)));
      element = type.element();
      bits = Optional.of(type.bits()).filter(few -> type.isPacked());
    }
    int lowest = lowest(node, element);
    int highest = highest(node, element);
    if (bits.isPresent()) {
      lowest >>= Byte.SIZE - bits.get();
      highest >>= Byte.SIZE - bits.get();
    }
    QuantizeLinear quantize =
        new QuantizeLinear(grid(node), element, lowest, highest, Rounding.HALF_EVEN);
    node.define(0, quantize, node.input(0));
  }

  /** {@code integers, scale, zero point}. */
  static void dequantizeLinear(NodeContext node) {
    node.define(0, new DequantizeLinear(grid(node)), node.input(0));
  }

  /** The grid that the second and third input and the attribute {@code axis} describe. */
  private static Grid grid(NodeContext node) {
    if (node.intAttribute("block_size", 0) != 0) {
      throw node.reject(node.opType() + " in blocks");
    }
    Shape shape = node.shape(0);
    if (!(node.constant(1) instanceof Tensor.Floats scales)) {
      throw node.reject("the scale of " + node.opType() + " is not a real number");
    }
    List<Double> scaleList = new ArrayList<>();
    for (float scale : scales.values()) {
      scaleList.add((double) scale);
    }
    List<Integer> zeroPoints = Collections.nCopies(scaleList.size(), 0);
    if (node.hasInput(2)) {
      zeroPoints = node.constantInts(2).stream().map(Math::toIntExact).toList();
    }
    int axis = scaleList.size() > 1 ? node.axis(node.intAttribute("axis", 1), shape.rank()) : 0;
    return new Grid(scaleList, zeroPoints, axis);
  }

  private static int lowest(NodeContext node, ElementType element) {
    return switch (element) {
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case UINT8, UINT16 -> 0;
      default -> throw node.reject("QuantizeLinear to " + element);
    };
  }

  private static int highest(NodeContext node, ElementType element) {
    return switch (element) {
      case INT8 -> Byte.MAX_VALUE;
      case INT16 -> Short.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      case UINT8 -> 0xff;
      case UINT16 -> 0xffff;
      default -> throw node.reject("QuantizeLinear to " + element);
    };
  }
}
