package io.mcudeploy.kernels;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.operators.Gate;
import io.mcudeploy.quantized.operators.GateFunction;
import io.mcudeploy.quantized.operators.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** How templates of recurrent layers see their gates: the parameters of all gates side by side. */
final class GateCode {
  private GateCode() {}

  /** The order of parameters in flash. */
  enum Order {
    /** All gates of a unit, then those of the next. */
    BY_UNIT,
    /** All units of a gate, then those of the next. */
    BY_GATE
  }

  /** The code with extents, gates and the table of the sigmoid. */
  static KernelCode of(
      KernelCode code,
      Sequence sequence,
      List<Gate> gates,
      Order order,
      int inputZeroPoint,
      int stateZeroPoint,
      int limit) {
    int units = sequence.units();
    KernelCode extents =
        code.with("steps", sequence.steps())
            .with("batches", sequence.batches())
            .with("inputs", sequence.inputs())
            .with("units", units)
            .with("time", sequence.reverse() ? "(" + (sequence.steps() - 1) + " - step)" : "step")
            .with("sumLowest", -limit)
            .with("sumHighest", Math.min(limit, 32767));
    return extents
        .with(weights("weights", gates, Gate::weights, units, sequence.inputs(), order))
        .with(
            numbers(
                "bias",
                gates,
                gate -> Blocks.fold(gate.bias(), gate.weights(), sequence.inputs(), inputZeroPoint),
                order,
                "at input scale * weight scale, the input's zero point folded in"))
        .with(multipliers("multiplier", gates, Gate::multipliers, order))
        .with(shifts("shift", gates, Gate::multipliers, order))
        .with(weights("recurrent", gates, Gate::recurrent, units, units, order))
        .with(
            numbers(
                "recurrent_bias",
                gates,
                gate -> Blocks.fold(gate.recurrentBias(), gate.recurrent(), units, stateZeroPoint),
                order,
                "at state scale * weight scale, the state's zero point folded in"))
        .with(multipliers("recurrent_multiplier", gates, Gate::recurrentMultipliers, order))
        .with(shifts("recurrent_shift", gates, Gate::recurrentMultipliers, order))
        .with(
            new ConstantArray(
                "sigmoid",
                CType.UINT16,
                GateFunction.sigmoidTable(),
                0,
                "2^16 * sigmoid(i / 24), raised by half of what lines between points miss"));
  }

  /** The code with one multiplier under a name. */
  static KernelCode multiplier(KernelCode code, String name, Multiplier multiplier) {
    return code.with(name + "Multiplier", multiplier.multiplier())
        .with(name + "Shift", OutputCode.shift(multiplier));
  }

  private static ConstantArray weights(
      String name,
      List<Gate> gates,
      Function<Gate, Int8Array> matrix,
      int rows,
      int columns,
      Order order) {
    int count = gates.size();
    byte[] all = new byte[count * rows * columns];
    for (int gate = 0; gate < count; gate++) {
      Int8Array weights = matrix.apply(gates.get(gate));
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          int at =
              order == Order.BY_UNIT
                  ? (row * columns + column) * count + gate
                  : (gate * rows + row) * columns + column;
          all[at] = weights.get(row * columns + column);
        }
      }
    }
    String layout =
        order == Order.BY_UNIT
            ? "[" + rows + " units][" + columns + "][" + count + " gates]"
            : "[" + count + " gates][" + rows + " units][" + columns + "]";
    return ConstantArray.int8(
        name, Int8Array.of(all), order == Order.BY_UNIT ? 4 * count : 0, layout);
  }

  private static ConstantArray numbers(
      String name,
      List<Gate> gates,
      Function<Gate, Int32Array> numbers,
      Order order,
      String comment) {
    return ConstantArray.int32(name, sideBySide(gates, numbers, order), comment);
  }

  private static ConstantArray multipliers(
      String name, List<Gate> gates, Function<Gate, List<Multiplier>> multipliers, Order order) {
    return ConstantArray.int32(
        name,
        sideBySide(
            gates,
            gate ->
                Int32Array.of(
                    multipliers.apply(gate).stream().mapToInt(Multiplier::multiplier).toArray()),
            order),
        "to Q3.12, Q31");
  }

  private static ConstantArray shifts(
      String name, List<Gate> gates, Function<Gate, List<Multiplier>> multipliers, Order order) {
    return new ConstantArray(
        name,
        CType.INT8,
        sideBySide(
            gates,
            gate ->
                Int32Array.of(
                    multipliers.apply(gate).stream().mapToInt(OutputCode::shift).toArray()),
            order),
        0,
        "right shifts behind the multipliers");
  }

  private static Int32Array sideBySide(
      List<Gate> gates, Function<Gate, Int32Array> numbers, Order order) {
    List<Int32Array> arrays = new ArrayList<>();
    gates.forEach(gate -> arrays.add(numbers.apply(gate)));
    int count = arrays.size();
    int units = arrays.get(0).length();
    int[] all = new int[count * units];
    for (int gate = 0; gate < count; gate++) {
      for (int unit = 0; unit < units; unit++) {
        int at = order == Order.BY_UNIT ? unit * count + gate : gate * units + unit;
        all[at] = arrays.get(gate).get(unit);
      }
    }
    return Int32Array.of(all);
  }
}
