package io.mcudeploy.quantized.cases;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Gate;
import io.mcudeploy.quantized.operators.GateFunction;
import io.mcudeploy.quantized.operators.Gru;
import io.mcudeploy.quantized.operators.Lstm;
import io.mcudeploy.quantized.operators.Rnn;
import io.mcudeploy.quantized.operators.Sequence;
import io.mcudeploy.quantized.operators.Svdf;
import java.util.ArrayList;
import java.util.List;

/** Layers with states: one step and many, odd extents, all scales of the cell, saturation. */
final class RecurrentCases {
  private static final int UNLIMITED = 32768;

  private RecurrentCases() {}

  static List<OperatorCase> all() {
    List<OperatorCase> cases = new ArrayList<>();
    cases.add(lstm("one_step", new Sequence(1, 1, 8, 8, false), -12, 1));
    cases.add(lstm("odd_extents", new Sequence(5, 1, 7, 3, false), -12, 1));
    cases.add(lstm("one_unit", new Sequence(9, 1, 1, 1, false), -11, 1));
    cases.add(lstm("backwards", new Sequence(4, 1, 5, 6, true), -12, 1));
    cases.add(lstm("batches", new Sequence(3, 2, 4, 5, false), -13, 1));
    cases.add(lstm("fine_cell", new Sequence(6, 1, 6, 5, false), -15, 1));
    cases.add(lstm("coarse_cell", new Sequence(6, 1, 6, 5, false), -7, 1));
    cases.add(lstm("saturated_gates", new Sequence(6, 1, 9, 5, false), -12, 40));
    cases.add(limitedLstm());
    cases.add(gru("one_step", new Sequence(1, 1, 8, 8, false), true, 1));
    cases.add(gru("odd_extents", new Sequence(5, 1, 7, 3, false), true, 1));
    cases.add(gru("reset_first", new Sequence(5, 1, 7, 3, false), false, 1));
    cases.add(gru("backwards", new Sequence(4, 1, 5, 6, true), true, 1));
    cases.add(gru("batches", new Sequence(3, 2, 4, 5, false), true, 1));
    cases.add(gru("reset_first_batches", new Sequence(3, 2, 4, 5, true), false, 1));
    cases.add(gru("saturated_gates", new Sequence(6, 1, 9, 5, false), true, 40));
    cases.add(rnn("one_step", new Sequence(1, 1, 8, 8, false), GateFunction.TANH, 1));
    cases.add(rnn("odd_extents", new Sequence(5, 1, 7, 3, false), GateFunction.TANH, 1));
    cases.add(rnn("sigmoid", new Sequence(5, 1, 7, 3, false), GateFunction.SIGMOID, 1));
    cases.add(rnn("backwards_batches", new Sequence(4, 2, 5, 6, true), GateFunction.TANH, 1));
    cases.add(rnn("saturated", new Sequence(6, 1, 9, 5, false), GateFunction.TANH, 40));
    cases.add(svdf("rank_one", 1, 8, 4, 1, 6, StorageType.INT16));
    cases.add(svdf("rank_two", 1, 7, 6, 2, 5, StorageType.INT16));
    cases.add(svdf("batches", 2, 5, 4, 2, 3, StorageType.INT16));
    cases.add(svdf("narrow_state", 1, 8, 6, 2, 4, StorageType.INT8));
    cases.add(svdf("one_time", 1, 4, 3, 1, 1, StorageType.INT16));
    return cases;
  }

  private static OperatorCase lstm(String name, Sequence sequence, int cellPower, int loudness) {
    String id = "lstm/" + name;
    CaseRandom random = new CaseRandom(id);
    Lstm lstm =
        new Lstm(
            sequence,
            gates(random, sequence, 4, 74, loudness),
            random.integer(-20, 20),
            random.integer(-20, 20),
            UNLIMITED,
            cellPower,
            UNLIMITED,
            Multiplier.of(0x1p-30 * (100 + 60 * random.fraction())));
    return new OperatorCase(
        id,
        lstm,
        List.of(
            random.bytes(sequence.steps() * sequence.batches() * sequence.inputs()),
            random.bytes(sequence.batches() * sequence.units()),
            random.bytes(2 * sequence.batches() * sequence.units())));
  }

  /** As ONNX's clip and TFLite's cell_clip ask for. */
  private static OperatorCase limitedLstm() {
    OperatorCase free = lstm("limited", new Sequence(6, 1, 6, 5, false), -12, 10);
    Lstm lstm = (Lstm) free.operator();
    return new OperatorCase(
        free.id(),
        new Lstm(
            lstm.sequence(),
            lstm.gates(),
            lstm.inputZeroPoint(),
            lstm.hiddenZeroPoint(),
            5000,
            lstm.cellPower(),
            3000,
            lstm.hidden()),
        free.inputs());
  }

  private static OperatorCase gru(
      String name, Sequence sequence, boolean linearBeforeReset, int loudness) {
    String id = "gru/" + name;
    CaseRandom random = new CaseRandom(id);
    Gru gru =
        new Gru(
            sequence,
            gates(random, sequence, 3, 12000, loudness),
            linearBeforeReset,
            random.integer(-20, 20),
            UNLIMITED,
            Multiplier.of(0x1p-15 * (100 + 60 * random.fraction())),
            random.integer(-20, 20));
    return new OperatorCase(id, gru, wideInputs(random, sequence));
  }

  private static OperatorCase rnn(
      String name, Sequence sequence, GateFunction activation, int loudness) {
    String id = "rnn/" + name;
    CaseRandom random = new CaseRandom(id);
    Rnn rnn =
        new Rnn(
            sequence,
            gates(random, sequence, 1, 12000, loudness).get(0),
            activation,
            random.integer(-20, 20),
            UNLIMITED,
            Multiplier.of(0x1p-15 * (100 + 60 * random.fraction())),
            random.integer(-20, 20));
    return new OperatorCase(id, rnn, wideInputs(random, sequence));
  }

  private static OperatorCase svdf(
      String name,
      int batches,
      int inputs,
      int filters,
      int rank,
      int memory,
      StorageType storage) {
    String id = "svdf/" + name;
    CaseRandom random = new CaseRandom(id);
    boolean wide = storage == StorageType.INT16;
    int deviation = wide ? 9000 : 74;
    int largestTime = wide ? 3000 : 127;
    Int32Array times = random.integers(filters * memory, largestTime);
    Svdf svdf =
        new Svdf(
            batches,
            inputs,
            filters,
            rank,
            memory,
            storage,
            random.integer(-20, 20),
            random.weights(filters * inputs),
            Multiplier.of(deviation * 0.5 / (74 * 74 * StrictMath.sqrt(inputs))),
            wide ? 0 : random.integer(-20, 20),
            times,
            random.integers(filters / rank, 1000),
            Multiplier.of(
                40 / (deviation * 0.5 * largestTime * StrictMath.sqrt((double) rank * memory))),
            random.integer(-20, 20));
    return new OperatorCase(
        id,
        svdf,
        List.of(
            random.bytes(batches * inputs),
            random.bytes(batches * filters * memory * storage.bytes())));
  }

  /**
   * Gates whose sums have a deviation of about 1 in real numbers, where the functions bend.
   *
   * @param state deviation of the hidden state's integers
   * @param loudness a factor of the sums
   */
  private static List<Gate> gates(
      CaseRandom random, Sequence sequence, int count, int state, int loudness) {
    List<Gate> gates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int units = sequence.units();
      gates.add(
          new Gate(
              random.weights(units * sequence.inputs()),
              random.integers(units, 5000),
              multipliers(random, units, sequence.inputs(), 74, loudness),
              random.weights(units * units),
              random.integers(units, 5000),
              multipliers(random, units, units, state, loudness)));
    }
    return gates;
  }

  private static List<Multiplier> multipliers(
      CaseRandom random, int units, int terms, int deviation, int loudness) {
    List<Multiplier> multipliers = new ArrayList<>();
    for (int i = 0; i < units; i++) {
      double sum = 74.0 * deviation * StrictMath.sqrt(terms);
      multipliers.add(Multiplier.of(loudness * (2000 + 4000 * random.fraction()) / sum));
    }
    return multipliers;
  }

  private static List<Int8Array> wideInputs(CaseRandom random, Sequence sequence) {
    return List.of(
        random.bytes(sequence.steps() * sequence.batches() * sequence.inputs()),
        random.bytes(2 * sequence.batches() * sequence.units()));
  }
}
