package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.StorageType;
import java.util.List;

/**
 * A layer of filters of rank 1 in frequency and time, as TFLite's SVDF. The state holds what the
 * features of the last inputs were, the oldest first; each inference drops the oldest:
 *
 * <pre>
 *   state[f][last] = low bits of zs + saturate(requantize(Σ (x[i] − zx) · features[f][i], feature))
 *   y[u] = saturate8(zy + requantize(bias[u] + Σ over the filters of u and all times of
 *          (state[f][t] − zs) · times[f][t], output))
 * </pre>
 *
 * <p>The sum over an int16 state is taken modulo 2^32, as TFLite's is in practice: by its worst
 * case every such layer could overflow, and none that was trained does.
 *
 * <p>Inputs: x [batches][inputs] int8 and the state [batches][filters][memory]. Outputs: y
 * [batches][filters / rank] int8 and the state, which may lie where the state lies.
 *
 * @param rank filters of one unit
 * @param memory times that the state holds
 * @param storage of the state and the time weights: int16 with zs = 0, or int8
 * @param features [filters][inputs]
 * @param times [filters][memory], int8 or int16 as {@code storage} says
 * @param bias one for each unit
 * @param stateZeroPoint zs
 */
public record Svdf(
    int batches,
    int inputs,
    int filters,
    int rank,
    int memory,
    StorageType storage,
    int inputZeroPoint,
    Int8Array features,
    Multiplier feature,
    int stateZeroPoint,
    Int32Array times,
    Int32Array bias,
    Multiplier output,
    int outputZeroPoint)
    implements IntegerOperator {
  public Svdf {
    Checks.positive("batches", batches);
    Checks.positive("inputs", inputs);
    Checks.positive("filters", filters);
    Checks.positive("rank", rank);
    Checks.positive("memory", memory);
    Checks.require(filters % rank == 0, filters + " filters of rank " + rank);
    Checks.require(storage != StorageType.INT32, "a state of " + storage);
    Checks.int8("input zero point", inputZeroPoint);
    Checks.int8("output zero point", outputZeroPoint);
    Checks.require(
        storage == StorageType.INT8 || stateZeroPoint == 0, "zero point of an int16 state");
    Checks.int8("state zero point", stateZeroPoint);
    Checks.count("feature weights", (long) filters * inputs, features.length());
    Checks.count("time weights", (long) filters * memory, times.length());
    Checks.count("biases", filters / rank, bias.length());
  }

  /** Outputs of one batch. */
  public int units() {
    return filters / rank;
  }

  @Override
  public String kind() {
    return "svdf";
  }

  @Override
  public String summary() {
    return inputs
        + " -> "
        + units()
        + ", rank "
        + rank
        + ", "
        + memory
        + " times"
        + (batches > 1 ? ", " + batches + " batches" : "");
  }

  @Override
  public StorageType inputStorage(int input) {
    return input == 1 ? storage : StorageType.INT8;
  }

  @Override
  public StorageType outputStorage(int result) {
    return result == 1 ? storage : StorageType.INT8;
  }

  @Override
  public boolean updates(int input, int result) {
    return input == 1 && result == 1;
  }

  @Override
  public List<byte[]> run(List<byte[]> images) {
    int[] x = Images.centred(images.get(0), batches * inputs, inputZeroPoint);
    byte[] state = images.get(1).clone();
    byte[] y = new byte[batches * units()];
    for (int batch = 0; batch < batches; batch++) {
      int[] sums = bias.toArray();
      for (int filter = 0; filter < filters; filter++) {
        int row = (batch * filters + filter) * memory;
        for (int time = 0; time + 1 < memory; time++) {
          storage.put(state, row + time, storage.get(state, row + time + 1));
        }
        int dot = 0;
        for (int i = 0; i < inputs; i++) {
          dot += features.get(filter * inputs + i) * x[batch * inputs + i];
        }
        int newest = stateZeroPoint + storage.saturate(feature.apply(dot));
        storage.put(state, row + memory - 1, newest);
        for (int time = 0; time < memory; time++) {
          sums[filter / rank] +=
              (storage.get(state, row + time) - stateZeroPoint) * times.get(filter * memory + time);
        }
      }
      for (int unit = 0; unit < units(); unit++) {
        int value = outputZeroPoint + output.apply(sums[unit]);
        y[batch * units() + unit] = (byte) Math.max(-128, Math.min(127, value));
      }
    }
    return List.of(y, state);
  }

  @Override
  public long macs() {
    return (long) batches * filters * (inputs + memory);
  }

  @Override
  public long parameterBytes() {
    return features.length() + (long) times.length() * storage.bytes() + 4L * bias.length();
  }

  @Override
  public long accumulatorBound() {
    long largest = 0;
    for (int filter = 0; filter < filters; filter++) {
      long magnitudes = 0;
      long sum = 0;
      for (int i = filter * inputs; i < (filter + 1) * inputs; i++) {
        magnitudes += Math.abs(features.get(i));
        sum += features.get(i);
      }
      largest = Math.max(largest, Accumulators.bound(0, magnitudes, sum, inputZeroPoint, feature));
    }
    if (storage == StorageType.INT16) {
      return largest;
    }
    long farthest = Math.max(storage.highest() - stateZeroPoint, stateZeroPoint - storage.lowest());
    for (int unit = 0; unit < units(); unit++) {
      long sum = Math.abs((long) bias.get(unit));
      for (int i = unit * rank * memory; i < (unit + 1) * rank * memory; i++) {
        sum += farthest * Math.abs(times.get(i));
      }
      largest = Math.max(largest, Accumulators.shifted(sum, output));
    }
    return largest;
  }
}
