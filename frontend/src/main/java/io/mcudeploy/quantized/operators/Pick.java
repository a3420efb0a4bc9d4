package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * A copy by a list of places, for moves that no strides describe: {@code y[o][k][i] = x[o ·
 * outerStride + starts[k] + i]}.
 *
 * @param storage of input and output
 * @param inputElements of the input tensor
 * @param outer how often the list is gone through
 * @param outerStride by how much the places move on each time
 * @param run elements copied from each place
 * @param starts the places
 */
public record Pick(
    StorageType storage, int inputElements, int outer, int outerStride, int run, Int32Array starts)
    implements IntegerOperator {

  public Pick {
    Checks.positive("input elements", inputElements);
    Checks.positive("outer", outer);
    Checks.positive("run", run);
    Checks.positive("starts", starts.length());
    Checks.require(outerStride >= 0, "outer stride " + outerStride);
    for (int k = 0; k < starts.length(); k++) {
      long last = (long) (outer - 1) * outerStride + starts.get(k) + run;
      Checks.require(
          starts.get(k) >= 0 && last <= inputElements, "elements up to " + last + " of " + outer);
    }
  }

  @Override
  public StorageType inputStorage(int input) {
    return storage;
  }

  @Override
  public StorageType outputStorage(int output) {
    return storage;
  }

  @Override
  public String kind() {
    return "pick";
  }

  @Override
  public String summary() {
    return outer + " times " + starts.length() + " runs of " + run;
  }

  @Override
  public List<byte[]> run(List<byte[]> inputs) {
    byte[] x = inputs.get(0);
    Checks.count("input elements", inputElements, storage.elements(x));
    int bytes = storage.bytes();
    byte[] y = new byte[outer * starts.length() * run * bytes];
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < starts.length(); k++) {
        int from = o * outerStride + starts.get(k);
        int to = (o * starts.length() + k) * run;
        System.arraycopy(x, from * bytes, y, to * bytes, run * bytes);
      }
    }
    return List.of(y);
  }

  @Override
  public long macs() {
    return 0;
  }

  @Override
  public long parameterBytes() {
    int largest = Arrays.stream(starts.toArray()).max().orElse(0);
    return Positions.bytes(starts.length(), largest / unit());
  }

  /**
   * The greatest common divisor of the places, 1 if all are 0: they are held as multiples of it.
   */
  public int unit() {
    int unit =
        Arrays.stream(starts.toArray())
            .reduce(0, (a, b) -> BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).intValue());
    return Math.max(1, unit);
  }
}
