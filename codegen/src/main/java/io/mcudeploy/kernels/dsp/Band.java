package io.mcudeploy.kernels.dsp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of outputs that a depthwise convolution makes of its planes before it fills them anew,
 * and how C counts them.
 *
 * @param height rows
 * @param isWhole whether these are all rows
 */
record Band(int height, boolean isWhole) {
  /**
   * A loop over the rows of a band, and where its rows begin.
   *
   * @param step of the loop's variable
   * @param row which row the variable stands for, in C
   */
  Map<String, Object> rounds(int step, String row, int strideRow, int outputRow) {
    Map<String, Object> rounds = new LinkedHashMap<>();
    rounds.put(
        "open", List.of("for (int32_t i = 0; i < %d; i += %d)".formatted(height, step), "{"));
    rounds.put("rows", List.of(row));
    rounds.put("close", List.of("}"));
    rounds.put("rowOfPlane", " + row * " + strideRow);
    rounds.put("rowOfOutput", (isWhole ? "row * " : "(first + row) * ") + outputRow + " + ");
    return rounds;
  }

  /** The same where one round makes all rows of a band. */
  Map<String, Object> oneRound(int outputRow) {
    Map<String, Object> round = new LinkedHashMap<>();
    round.put("open", List.of());
    round.put("rows", List.of());
    round.put("close", List.of());
    round.put("rowOfPlane", "");
    round.put("rowOfOutput", isWhole ? "" : "first * " + outputRow + " + ");
    return round;
  }

  /** A variable of a loop over rows as C, or the last place where a step of this size is whole. */
  static String overlapping(String variable, int count, int step) {
    return count % step == 0 ? variable : "min32(" + variable + ", " + (count - step) + ")";
  }
}
