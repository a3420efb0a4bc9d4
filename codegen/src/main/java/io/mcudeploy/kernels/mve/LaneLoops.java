package io.mcudeploy.kernels.mve;

import io.mcudeploy.kernels.Broadcasts;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Loops;
import io.mcudeploy.kernels.OutputCode;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.Broadcast;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The loops over two operands, repeated where shapes ask for it, four numbers at a time: outer
 * loops as everywhere, the innermost in steps of four, with a tail of one to three numbers.
 *
 * @param loops whose innermost strides are 0 or 1
 */
record LaneLoops(Broadcast operands, Loops loops) {
  private static final int LANES = 4;
  private static final List<String> NAMES = List.of("a", "b");

  /** The loops, or nothing where the innermost is too short or strided for vectors. */
  static Optional<LaneLoops> of(Broadcast operands) {
    LaneLoops lanes = new LaneLoops(operands, Broadcasts.loops(operands));
    return !lanes.loops.axes().isEmpty()
            && lanes.run() >= LANES
            && lanes.loops.innermost().stream().allMatch(stride -> stride == 0 || stride == 1)
        ? Optional.of(lanes)
        : Optional.empty();
  }

  /** A code with all that a template names of its loops and operands. */
  KernelCode in(KernelCode code, int leftZeroPoint, int rightZeroPoint) {
    List<Map<String, Object>> axes = loops.axes();
    List<Integer> zeroPoints = List.of(leftZeroPoint, rightZeroPoint);
    List<Map<String, Object>> stretches = new ArrayList<>();
    int whole = run() / LANES * LANES;
    stretches.add(stretch(0, whole, LANES, zeroPoints));
    if (whole < run()) {
      stretches.add(stretch(whole, run(), run() - whole, zeroPoints));
    }
    return code.with("axes", axes.subList(0, axes.size() - 1))
        .with("inner", inner().get("name"))
        .with("stretches", stretches)
        .with("leftShape", operands.left())
        .with("rightShape", operands.right())
        .reading("a", "b")
        .inPlaceOf(Broadcasts.inPlace(operands));
  }

  /** How an expression of four numbers is multiplied by a real factor. */
  static String scaled(String vector, Multiplier multiplier) {
    return "requantize_lanes%s(%s, %d, %d)"
        .formatted(
            multiplier.shift() > 0 ? "" : "_any",
            vector,
            multiplier.multiplier(),
            -multiplier.shift());
  }

  private Map<String, Object> inner() {
    return loops.axes().get(loops.axes().size() - 1);
  }

  private int run() {
    return (int) inner().get("extent");
  }

  private Map<String, Object> stretch(int first, int end, int count, List<Integer> zeroPoints) {
    Map<String, Object> stretch = new LinkedHashMap<>();
    stretch.put("first", first);
    stretch.put("end", end);
    stretch.put("count", count);
    for (int operand = 0; operand < NAMES.size(); operand++) {
      stretch.put(NAMES.get(operand), centred(operand, count, zeroPoints.get(operand)));
    }
    return stretch;
  }

  private String centred(int operand, int count, int zeroPoint) {
    String element = NAMES.get(operand) + "[" + loops.indices().get(operand) + "]";
    if (loops.innermost().get(operand) == 0) {
      return "vdupq_n_s32(" + element + OutputCode.plus(-zeroPoint) + ")";
    }
    String load =
        count == LANES
            ? "vldrbq_s32(&" + element + ")"
            : "vldrbq_z_s32(&" + element + ", vctp32q(" + count + "))";
    return zeroPoint == 0 ? load : "vsubq_n_s32(" + load + ", " + zeroPoint + ")";
  }
}
