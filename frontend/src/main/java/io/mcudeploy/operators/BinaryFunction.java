package io.mcudeploy.operators;

/** What {@link Binary} does with two numbers. */
public enum BinaryFunction {
  ADD("Add") {
    @Override
    double apply(double left, double right) {
      return left + right;
    }

    @Override
    long apply(long left, long right) {
      return left + right;
    }
  },
  SUB("Sub") {
    @Override
    double apply(double left, double right) {
      return left - right;
    }

    @Override
    long apply(long left, long right) {
      return left - right;
    }
  },
  MUL("Mul") {
    @Override
    double apply(double left, double right) {
      return left * right;
    }

    @Override
    long apply(long left, long right) {
      return left * right;
    }
  },
  /** Of integers: rounded toward zero; by zero: 0. */
  DIV("Div") {
    @Override
    double apply(double left, double right) {
      return left / right;
    }

    @Override
    long apply(long left, long right) {
      return right == 0 ? 0 : left / right;
    }
  },
  POW("Pow") {
    @Override
    double apply(double left, double right) {
      return StrictMath.pow(left, right);
    }

    @Override
    long apply(long left, long right) {
      return (long) StrictMath.pow((double) left, (double) right);
    }
  },
  MIN("Min") {
    @Override
    double apply(double left, double right) {
      return Math.min(left, right);
    }

    @Override
    long apply(long left, long right) {
      return Math.min(left, right);
    }
  },
  MAX("Max") {
    @Override
    double apply(double left, double right) {
      return Math.max(left, right);
    }

    @Override
    long apply(long left, long right) {
      return Math.max(left, right);
    }
  },
  /** The remainder with the divisor's sign, as ONNX Mod without fmod; by zero: 0. */
  MOD("Mod") {
    @Override
    double apply(double left, double right) {
      return left - Math.floor(left / right) * right;
    }

    @Override
    long apply(long left, long right) {
      return right == 0 ? 0 : Math.floorMod(left, right);
    }
  },
  /** The remainder with the dividend's sign, as C's fmod and ONNX Mod with fmod; by zero: 0. */
  FMOD("Mod") {
    @Override
    double apply(double left, double right) {
      return left % right;
    }

    @Override
    long apply(long left, long right) {
      return right == 0 ? 0 : left % right;
    }
  },
  /** The left number, scaled by the right one where it is negative. */
  PRELU("PRelu") {
    @Override
    double apply(double left, double right) {
      return left < 0 ? left * right : left;
    }

    @Override
    long apply(long left, long right) {
      return left < 0 ? left * right : left;
    }
  };

  private final String kind;

  BinaryFunction(String kind) {
    this.kind = kind;
  }

  /** The name of the operator in listings. */
  String kind() {
    return kind;
  }

  abstract double apply(double left, double right);

  /** The result may overflow its type, and wraps when it is stored. */
  abstract long apply(long left, long right);
}
