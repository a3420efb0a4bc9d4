package io.mcudeploy.operators;

/** What {@link Reduce} makes of the elements it brings together. */
public enum ReduceFunction {
  SUM("ReduceSum"),
  MEAN("ReduceMean"),
  MAX("ReduceMax"),
  MIN("ReduceMin"),
  PROD("ReduceProd"),
  /** Sum of absolute values. */
  L1("ReduceL1"),
  /** Square root of the sum of squares. */
  L2("ReduceL2"),
  SUM_SQUARE("ReduceSumSquare");

  private final String kind;

  ReduceFunction(String kind) {
    this.kind = kind;
  }

  /** The name of the operator in listings. */
  String kind() {
    return kind;
  }

  /** The result for {@code count} neighbours; for none of them, as NumPy defines it. */
  double apply(float[] values, int start, int count) {
    return switch (this) {
      case SUM -> sum(values, start, count);
      case MEAN -> sum(values, start, count) / count;
      case MAX -> {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int i = start; i < start + count; i++) {
          greatest = Math.max(greatest, values[i]);
        }
        yield greatest;
      }
      case MIN -> {
        double least = Double.POSITIVE_INFINITY;
        for (int i = start; i < start + count; i++) {
          least = Math.min(least, values[i]);
        }
        yield least;
      }
      case PROD -> {
        double product = 1;
        for (int i = start; i < start + count; i++) {
          product *= values[i];
        }
        yield product;
      }
      case L1 -> {
        double sum = 0;
        for (int i = start; i < start + count; i++) {
          sum += Math.abs(values[i]);
        }
        yield sum;
      }
      case L2 -> Math.sqrt(sumOfSquares(values, start, count));
      case SUM_SQUARE -> sumOfSquares(values, start, count);
    };
  }

  /** The result for integers; may overflow their type. */
  long apply(long[] values, int start, int count) {
    long result =
        switch (this) {
          case MAX -> Long.MIN_VALUE;
          case MIN -> Long.MAX_VALUE;
          case PROD -> 1;
          default -> 0;
        };
    for (int i = start; i < start + count; i++) {
      result =
          switch (this) {
            case SUM, MEAN -> result + values[i];
            case MAX -> Math.max(result, values[i]);
            case MIN -> Math.min(result, values[i]);
            case PROD -> result * values[i];
            case L1 -> result + Math.abs(values[i]);
            case SUM_SQUARE -> result + values[i] * values[i];
            case L2 -> throw new IllegalStateException(kind + " of integers");
          };
    }
    return this == MEAN && count > 0 ? result / count : result;
  }

  /** Whether integers become integers. */
  boolean keepsIntegers() {
    return this != L2;
  }

  private static double sum(float[] values, int start, int count) {
    double sum = 0;
    for (int i = start; i < start + count; i++) {
      sum += values[i];
    }
    return sum;
  }

  private static double sumOfSquares(float[] values, int start, int count) {
    double sum = 0;
    for (int i = start; i < start + count; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }
}
