package io.mcudeploy.quantized.operators;

/**
 * The extents of a recurrent layer that turns [steps][batches][inputs] into
 * [steps][batches][units].
 *
 * @param batches independent sequences, nearly always 1
 * @param reverse whether the last element of the sequence is the first step
 */
public record Sequence(int steps, int batches, int inputs, int units, boolean reverse) {
  public Sequence {
    Checks.positive("steps", steps);
    Checks.positive("batches", batches);
    Checks.positive("inputs", inputs);
    Checks.positive("units", units);
  }

  /** The place in the sequence of the step that is taken as number {@code step}. */
  int time(int step) {
    return reverse ? steps - 1 - step : step;
  }

  /** Elements of a state of all batches. */
  int stateElements() {
    return batches * units;
  }

  int inputElements() {
    return steps * batches * inputs;
  }

  int outputElements() {
    return steps * batches * units;
  }

  long macs(int gates) {
    return (long) steps * batches * gates * units * (inputs + units);
  }

  String summary() {
    return steps
        + (steps == 1 ? " step of " : " steps of ")
        + inputs
        + " -> "
        + units
        + (batches > 1 ? ", " + batches + " sequences" : "")
        + (reverse ? ", backwards" : "");
  }
}
