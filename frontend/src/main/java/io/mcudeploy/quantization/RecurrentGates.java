package io.mcudeploy.quantization;

import io.mcudeploy.ir.Encoding;
import io.mcudeploy.ir.Grid;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.UnaryFunction;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Gate;
import io.mcudeploy.quantized.operators.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the lowerings of recurrent layers share: the gates in integers. */
final class RecurrentGates {
  /** Of states in −1..1 in int16. */
  static final Quantization WIDE_STATE = new Quantization(0x1p-15, 0, StorageType.INT16);

  private static final Quantization SUMS = new Quantization(Gate.SCALE, 0, StorageType.INT16);

  private RecurrentGates() {}

  static Sequence sequence(Step step, Assembly assembly, boolean reverse) {
    Shape sequence = assembly.shape(step.input(0));
    int units = assembly.shape(step.input(2)).extent(1);
    return new Sequence(sequence.extent(0), sequence.extent(1), sequence.extent(2), units, reverse);
  }

  /**
   * The gates in the order of the operator's weights.
   *
   * @param state of the hidden state that the recurrent weights see
   * @param recurrentBias number of the input that holds it, if there is one
   */
  static List<Gate> of(
      Step step,
      Assembly assembly,
      Quantization input,
      Quantization state,
      Optional<Integer> recurrentBias) {
    int units = assembly.shape(step.input(2)).extent(1);
    Tensor.Floats weights = assembly.requireConstant(step, 1, "input weight matrix");
    Tensor.Floats recurrent = assembly.requireConstant(step, 2, "recurrent weight matrix");
    Tensor.Floats bias = assembly.requireConstant(step, 3, "bias");
    int count = bias.values().length / units;
    Tensor.Floats stateBias =
        recurrentBias
            .map(index -> assembly.requireConstant(step, index, "recurrent bias"))
            .orElseGet(() -> new Tensor.Floats(bias.shape(), new float[bias.values().length]));
    List<Gate> gates = new ArrayList<>();
    for (int gate = 0; gate < count; gate++) {
      LinearWeights fromInput =
          LinearWeights.ofMatrix(part(weights, gate, count), part(bias, gate, count), input, SUMS);
      LinearWeights fromState =
          LinearWeights.ofMatrix(
              part(recurrent, gate, count), part(stateBias, gate, count), state, SUMS);
      gates.add(
          new Gate(
              fromInput.weights(),
              fromInput.bias(),
              fromInput.multipliers(),
              fromState.weights(),
              fromState.bias(),
              fromState.multipliers()));
    }
    return gates;
  }

  /** The limit of what enters an activation function, in its integers. */
  static int limit(double clip) {
    return (int) Math.max(1, Math.min(32768, Math.rint(clip / Gate.SCALE)));
  }

  /** Rejects activation functions other than the usual ones. */
  static void require(
      Step step, Assembly assembly, UnaryFunction actual, ElementaryFunction expected) {
    if (!actual.equals(expected)) {
      throw assembly.unsupported(
          step, "the activation " + actual.kind() + " instead of " + expected.kind());
    }
  }

  /** Inputs and states of the network that only this layer has a say in get its quantization. */
  static void fixInitial(Step step, Scales.Rules rules, int input, Quantization quantization) {
    if (rules.isGiven(step.input(input))) {
      rules.fix(step.input(input), quantization);
    }
  }

  /** One of equal parts along the first axis, with its share of the file's integers. */
  private static Tensor.Floats part(Tensor.Floats whole, int index, int parts) {
    Shape shape = whole.shape().with(0, whole.shape().extent(0) / parts);
    int from = index * shape.elements();
    int to = from + shape.elements();
    return new Tensor.Floats(
        shape,
        Arrays.copyOfRange(whole.values(), from, to),
        whole
            .encoding()
            .map(
                encoding ->
                    new Encoding(
                        new Tensor.Integers(
                            encoding.integers().element(),
                            shape,
                            Arrays.copyOfRange(encoding.integers().values(), from, to)),
                        part(encoding.grid(), index, shape.extent(0)))));
  }

  private static Grid part(Grid grid, int index, int rows) {
    if (grid.isPerTensor()) {
      return grid;
    }
    List<Double> scales = grid.scales().subList(index * rows, (index + 1) * rows);
    List<Integer> zeroPoints = grid.zeroPoints().subList(index * rows, (index + 1) * rows);
    boolean one = Set.copyOf(scales).size() == 1 && Set.copyOf(zeroPoints).size() == 1;
    return one ? Grid.perTensor(scales.get(0), zeroPoints.get(0)) : new Grid(scales, zeroPoints, 0);
  }
}
