package io.mcudeploy.quantized.cases;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Add;
import io.mcudeploy.quantized.operators.AveragePool2d;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Compare;
import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Conv2d;
import io.mcudeploy.quantized.operators.ConvTranspose2d;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.CumulativeSum;
import io.mcudeploy.quantized.operators.DepthwiseConv2d;
import io.mcudeploy.quantized.operators.Divide;
import io.mcudeploy.quantized.operators.Extreme;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.InterpolatedTable;
import io.mcudeploy.quantized.operators.LogSoftmax;
import io.mcudeploy.quantized.operators.LookupTable;
import io.mcudeploy.quantized.operators.MatMul;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Multiply;
import io.mcudeploy.quantized.operators.Normalization;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Pad;
import io.mcudeploy.quantized.operators.ParametricRelu;
import io.mcudeploy.quantized.operators.Reduce;
import io.mcudeploy.quantized.operators.ReduceProduct;
import io.mcudeploy.quantized.operators.Requantize;
import io.mcudeploy.quantized.operators.Rescale;
import io.mcudeploy.quantized.operators.Resize;
import io.mcudeploy.quantized.operators.Select;
import io.mcudeploy.quantized.operators.Softmax;
import io.mcudeploy.quantized.operators.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * What each integer operator stands for, in double precision and by the most literal loops: output
 * values in output steps, not yet rounded or clamped beyond the operator's own clamp.
 */
final class RealMeaning {
  private static final Map<
          Class<? extends IntegerOperator>, BiFunction<IntegerOperator, List<Int32Array>, double[]>>
      MEANINGS = new HashMap<>();

  static {
    define(Conv2d.class, (op, in) -> conv(op, in.get(0)));
    define(ConvTranspose2d.class, (op, in) -> scatter(op, in.get(0)));
    define(DepthwiseConv2d.class, (op, in) -> depthwise(op, in.get(0)));
    define(FullyConnected.class, (op, in) -> fullyConnected(op, in.get(0)));
    define(MatMul.class, (op, in) -> matMul(op, in.get(0), in.get(1)));
    define(MaxPool2d.class, (op, in) -> maxPool(op, in.get(0)));
    define(AveragePool2d.class, (op, in) -> averagePool(op, in.get(0)));
    define(Add.class, (op, in) -> add(op, in.get(0), in.get(1)));
    define(Multiply.class, (op, in) -> multiply(op, in.get(0), in.get(1)));
    define(Divide.class, (op, in) -> divide(op, in.get(0), in.get(1)));
    define(LookupTable.class, (op, in) -> lookUp(op, in.get(0)));
    define(InterpolatedTable.class, (op, in) -> interpolate(op, in.get(0)));
    define(Softmax.class, (op, in) -> softmax(op, in.get(0)));
    define(LogSoftmax.class, (op, in) -> logSoftmax(op, in.get(0)));
    define(Reduce.class, (op, in) -> reduce(op, in.get(0)));
    define(ReduceProduct.class, (op, in) -> product(op, in.get(0)));
    define(Normalization.class, (op, in) -> normalization(op, in.get(0)));
    define(Resize.class, (op, in) -> resize(op, in.get(0)));
    define(Requantize.class, (op, in) -> requantize(op, in.get(0)));
    define(Copy.class, (op, in) -> copy(op, in.get(0)));
    define(Pad.class, (op, in) -> pad(op, in.get(0)));
    define(Concat.class, RealMeaning::concat);
    define(Extreme.class, (op, in) -> extreme(op, in.get(0), in.get(1)));
    define(Select.class, RealMeaning::select);
    define(Compare.class, (op, in) -> compare(op, in.get(0), in.get(1)));
    define(CumulativeSum.class, (op, in) -> cumulativeSum(op, in.get(0)));
    define(ParametricRelu.class, (op, in) -> prelu(op, in.get(0), in.get(1)));
  }

  private RealMeaning() {}

  /** Whether this class knows the operator; capsule operators have their own tests. */
  static boolean knows(IntegerOperator operator) {
    return MEANINGS.containsKey(operator.getClass());
  }

  static double[] of(OperatorCase operatorCase) {
    return MEANINGS
        .get(operatorCase.operator().getClass())
        .apply(operatorCase.operator(), integers(operatorCase));
  }

  private static List<Int32Array> integers(OperatorCase operatorCase) {
    List<Int32Array> inputs = new ArrayList<>();
    for (Int8Array image : operatorCase.inputs()) {
      StorageType storage = operatorCase.operator().inputStorage(inputs.size());
      int[] values = new int[image.length() / storage.bytes()];
      for (int i = 0; i < values.length; i++) {
        values[i] = storage.get(image.toArray(), i);
      }
      inputs.add(Int32Array.of(values));
    }
    return inputs;
  }

  private static <T extends IntegerOperator> void define(
      Class<T> operator, BiFunction<T, List<Int32Array>, double[]> meaning) {
    MEANINGS.put(operator, (op, in) -> meaning.apply(operator.cast(op), in));
  }

  private static double[] conv(Conv2d op, Int32Array x) {
    Window w = op.window();
    int depth = w.inputChannels() / op.groups();
    List<Double> y = new ArrayList<>();
    for (int row = 0; row < w.outputHeight(); row++) {
      for (int column = 0; column < w.outputWidth(); column++) {
        for (int o = 0; o < op.outputChannels(); o++) {
          int firstChannel = o / (op.outputChannels() / op.groups()) * depth;
          double sum = op.bias().get(o);
          int tap = o * op.weightsPerOutput();
          for (int ky = 0; ky < w.kernelHeight(); ky++) {
            for (int kx = 0; kx < w.kernelWidth(); kx++) {
              for (int i = 0; i < depth; i++) {
                sum +=
                    pixel(w, x, row, column, ky, kx, firstChannel + i, op.inputZeroPoint())
                        * op.weights().get(tap++);
              }
            }
          }
          y.add(stage(op.output(), o, sum));
        }
      }
    }
    return doubles(y);
  }

  /** Every input adds its taps to a result that is then cropped. */
  private static double[] scatter(ConvTranspose2d op, Int32Array x) {
    ConvTranspose2d.Axis rows = op.rows();
    ConvTranspose2d.Axis columns = op.columns();
    int inputs = op.inputChannels();
    int outputs = op.outputChannels();
    int depth = inputs / op.groups();
    double[] sums = new double[rows.output() * columns.output() * outputs];
    for (int i = 0; i < x.length(); i++) {
      int pixel = i / inputs;
      for (int tap = 0; tap < rows.kernel() * columns.kernel(); tap++) {
        int row =
            pixel / columns.input() * rows.stride()
                + tap / columns.kernel() * rows.dilation()
                - rows.dropped();
        int column =
            pixel % columns.input() * columns.stride()
                + tap % columns.kernel() * columns.dilation()
                - columns.dropped();
        if (row < 0 || row >= rows.output() || column < 0 || column >= columns.output()) {
          continue;
        }
        for (int o = 0; o < outputs; o++) {
          if (o / (outputs / op.groups()) == i % inputs / depth) {
            int weight = o * op.weightsPerOutput() + tap * depth + i % inputs % depth;
            sums[(row * columns.output() + column) * outputs + o] +=
                (x.get(i) - op.inputZeroPoint()) * op.weights().get(weight);
          }
        }
      }
    }
    double[] y = new double[sums.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = stage(op.output(), i % outputs, sums[i] + op.bias().get(i % outputs));
    }
    return y;
  }

  private static double[] depthwise(DepthwiseConv2d op, Int32Array x) {
    Window w = op.window();
    List<Double> y = new ArrayList<>();
    for (int row = 0; row < w.outputHeight(); row++) {
      for (int column = 0; column < w.outputWidth(); column++) {
        for (int o = 0; o < op.outputChannels(); o++) {
          double sum = op.bias().get(o);
          for (int ky = 0; ky < w.kernelHeight(); ky++) {
            for (int kx = 0; kx < w.kernelWidth(); kx++) {
              int tap = (ky * w.kernelWidth() + kx) * op.outputChannels() + o;
              int channel = o / op.depthMultiplier();
              sum +=
                  pixel(w, x, row, column, ky, kx, channel, op.inputZeroPoint())
                      * op.weights().get(tap);
            }
          }
          y.add(stage(op.output(), o, sum));
        }
      }
    }
    return doubles(y);
  }

  private static double[] fullyConnected(FullyConnected op, Int32Array x) {
    List<Double> y = new ArrayList<>();
    for (int row = 0; row < op.rows(); row++) {
      for (int o = 0; o < op.outputs(); o++) {
        double sum = op.bias().get(o);
        for (int i = 0; i < op.inputs(); i++) {
          sum +=
              (x.get(row * op.inputs() + i) - op.inputZeroPoint())
                  * op.weights().get(o * op.inputs() + i);
        }
        y.add(stage(op.output(), o, sum));
      }
    }
    return doubles(y);
  }

  private static double[] matMul(MatMul op, Int32Array left, Int32Array right) {
    List<Double> y = new ArrayList<>();
    for (int batch = 0; batch < op.batches(); batch++) {
      for (int row = 0; row < op.rows(); row++) {
        for (int column = 0; column < op.columns(); column++) {
          double sum = 0;
          for (int i = 0; i < op.inner(); i++) {
            int a = ((op.leftRepeated() ? 0 : batch) * op.rows() + row) * op.inner() + i;
            int b = ((op.rightRepeated() ? 0 : batch) * op.inner() + i) * op.columns() + column;
            sum += (left.get(a) - op.leftZeroPoint()) * (right.get(b) - op.rightZeroPoint());
          }
          y.add(stage(op.output(), 0, sum));
        }
      }
    }
    return doubles(y);
  }

  private static double[] maxPool(MaxPool2d op, Int32Array x) {
    List<Double> y = new ArrayList<>();
    for (List<Integer> covered : coveredBy(op.window(), x)) {
      double largest = covered.stream().mapToInt(Integer::intValue).max().orElseThrow();
      y.add(Math.max(op.lowest(), Math.min(op.highest(), largest)));
    }
    return doubles(y);
  }

  private static double[] averagePool(AveragePool2d op, Int32Array x) {
    List<Double> y = new ArrayList<>();
    for (List<Integer> covered : coveredBy(op.window(), x)) {
      double mean = covered.stream().mapToInt(Integer::intValue).average().orElseThrow();
      y.add(Math.max(op.lowest(), Math.min(op.highest(), mean)));
    }
    return doubles(y);
  }

  private static double[] add(Add op, Int32Array left, Int32Array right) {
    List<Double> y = new ArrayList<>();
    for (int[] pair : pairs(op.operands(), left, right)) {
      double a = (pair[0] - op.leftZeroPoint()) * op.leftMultiplier().factor();
      double b = (pair[1] - op.rightZeroPoint()) * op.rightMultiplier().factor();
      double sum = op.subtract() ? a - b : a + b;
      double steps =
          op.outputZeroPoint() + sum * (1 << op.fractionBits()) * op.outputMultiplier().factor();
      y.add(Math.max(op.lowest(), Math.min(op.highest(), steps)));
    }
    return doubles(y);
  }

  private static double[] multiply(Multiply op, Int32Array left, Int32Array right) {
    List<Double> y = new ArrayList<>();
    for (int[] pair : pairs(op.operands(), left, right)) {
      double product = (double) (pair[0] - op.leftZeroPoint()) * (pair[1] - op.rightZeroPoint());
      y.add(stage(op.output(), 0, product));
    }
    return doubles(y);
  }

  private static double[] divide(Divide op, Int32Array left, Int32Array right) {
    List<Double> y = new ArrayList<>();
    for (int[] pair : pairs(op.operands(), left, right)) {
      double divisor = pair[1] == op.rightZeroPoint() ? 0.5 : pair[1] - op.rightZeroPoint();
      double quotient = (pair[0] - op.leftZeroPoint()) / divisor;
      y.add(stage(op.output(), 0, Math.scalb(quotient, Divide.RECIPROCAL_BITS)));
    }
    return doubles(y);
  }

  private static double[] lookUp(LookupTable op, Int32Array x) {
    double[] y = new double[x.length()];
    for (int i = 0; i < y.length; i++) {
      y[i] = op.table().get(x.get(i) + 128);
    }
    return y;
  }

  private static double[] interpolate(InterpolatedTable op, Int32Array x) {
    double[] y = new double[x.length()];
    for (int i = 0; i < y.length; i++) {
      int segment = Math.floorDiv(x.get(i), 128) + 256;
      double share = Math.floorMod(x.get(i), 128) / 128.0;
      y[i] = (1 - share) * op.points().get(segment) + share * op.points().get(segment + 1);
    }
    return y;
  }

  private static double[] softmax(Softmax op, Int32Array x) {
    double scale = scaleOf(op);
    double[] y = new double[x.length()];
    for (int i = 0; i < y.length; i++) {
      int row = i / (op.depth() * op.inner()) * op.depth() * op.inner() + i % op.inner();
      double sum = 0;
      for (int d = 0; d < op.depth(); d++) {
        sum += Math.exp(scale * (x.get(row + d * op.inner()) - x.get(i)));
      }
      y[i] = 256 / sum - 128;
    }
    return y;
  }

  /** The input's scale, from an entry of the table with many significant bits. */
  private static double scaleOf(Softmax op) {
    int i = 255;
    while (i > 1 && op.exponentials().get(i) < 1 << 24) {
      i--;
    }
    return -Math.log(Math.max(1e-9, op.exponentials().get(i)) / 0x1p31) / i;
  }

  private static double[] logSoftmax(LogSoftmax op, Int32Array x) {
    double unit = op.logarithms().get(64) / Math.log(2);
    double scale = op.step() / unit;
    double[] y = new double[x.length()];
    for (int i = 0; i < y.length; i++) {
      int row = i / (op.depth() * op.inner()) * op.depth() * op.inner() + i % op.inner();
      int largest = -128;
      for (int d = 0; d < op.depth(); d++) {
        largest = Math.max(largest, x.get(row + d * op.inner()));
      }
      double sum = 0;
      for (int d = 0; d < op.depth(); d++) {
        sum += Math.exp(scale * (x.get(row + d * op.inner()) - largest));
      }
      y[i] = stage(op.output(), 0, unit * (scale * (x.get(i) - largest) - Math.log(sum)));
    }
    return y;
  }

  private static double[] product(ReduceProduct op, Int32Array x) {
    double[] y = new double[op.outer() * op.inner()];
    for (int i = 0; i < y.length; i++) {
      double logarithm = op.exponent() * Math.log(2);
      double sign = 1;
      for (int d = 0; d < op.depth(); d++) {
        int index = (i / op.inner() * op.depth() + d) * op.inner() + i % op.inner();
        int factor = x.get(index) - op.inputZeroPoint();
        logarithm += Math.log(Math.abs(factor));
        sign *= Math.signum(factor);
      }
      y[i] = stage(op.output(), 0, sign == 0 ? 0 : sign * Math.exp(logarithm));
    }
    return y;
  }

  private static double[] reduce(Reduce op, Int32Array x) {
    double[] y = new double[op.outer() * op.inner()];
    for (int i = 0; i < y.length; i++) {
      double[] values = new double[op.depth()];
      for (int d = 0; d < op.depth(); d++) {
        int index = (i / op.inner() * op.depth() + d) * op.inner() + i % op.inner();
        values[d] = x.get(index) - op.inputZeroPoint();
      }
      double reduced =
          switch (op.reduction()) {
            case SUM -> Arrays.stream(values).sum();
            case MAX -> Arrays.stream(values).max().orElseThrow();
            case MIN -> Arrays.stream(values).min().orElseThrow();
            case L1 -> Arrays.stream(values).map(Math::abs).sum();
            case SUM_SQUARE -> Arrays.stream(values).map(v -> v * v).sum();
            case L2 ->
                Math.scalb(
                    Math.sqrt(Arrays.stream(values).map(v -> v * v).sum()),
                    Reduce.rootBits(op.depth(), op.inputZeroPoint()));
          };
      y[i] = stage(op.output(), 0, reduced);
    }
    return y;
  }

  private static double[] normalization(Normalization op, Int32Array x) {
    Normalization.Rows rows = op.shape();
    int depth = rows.depth();
    int inner = rows.inner();
    double[] y = new double[x.length()];
    for (int i = 0; i < y.length; i++) {
      int row = i / (depth * inner) * depth * inner + i % inner;
      double sum = 0;
      for (int d = 0; d < depth; d++) {
        sum += x.get(row + d * inner);
      }
      double centre = op.centred() ? sum / depth : op.inputZeroPoint();
      double squares = 0;
      for (int d = 0; d < depth; d++) {
        squares += Math.pow(x.get(row + d * inner) - centre, 2);
      }
      double epsilon = op.centred() ? op.epsilon() / ((double) depth * depth) : op.epsilon();
      double length = Math.sqrt(squares + epsilon);
      double z = length == 0 ? 0 : Math.scalb((x.get(i) - centre) / length, 15);
      int d = i / inner % depth;
      int group = i / (depth * inner) % rows.groups();
      int lane = rows.lanes() == 1 ? 0 : i % inner;
      int parameter = (group * rows.runs() + d / rows.run()) * rows.lanes() + lane;
      y[i] = stage(op.output(), 0, z * op.scale().get(parameter) + op.bias().get(parameter));
    }
    return y;
  }

  private static double[] resize(Resize op, Int32Array x) {
    List<Double> y = new ArrayList<>();
    int inner = op.inner();
    for (int n = 0; n < op.outer(); n++) {
      for (int row = 0; row < op.rows().outputs(); row++) {
        for (int column = 0; column < op.columns().outputs(); column++) {
          for (int i = 0; i < inner; i++) {
            double sum = 0;
            for (int ky = 0; ky < op.rows().taps(); ky++) {
              for (int kx = 0; kx < op.columns().taps(); kx++) {
                int inputRow = op.rows().first().get(row) + ky;
                int inputColumn = op.columns().first().get(column) + kx;
                int line = n * op.rows().extent() + inputRow;
                double value = x.get((line * op.columns().extent() + inputColumn) * inner + i);
                double rowShare = op.rows().weights().get(row * op.rows().taps() + ky) / 1024.0;
                double columnShare =
                    op.columns().weights().get(column * op.columns().taps() + kx) / 1024.0;
                sum += value * rowShare * columnShare;
              }
            }
            y.add(sum);
          }
        }
      }
    }
    return doubles(y);
  }

  private static double[] requantize(Requantize op, Int32Array x) {
    double[] y = new double[x.length()];
    for (int i = 0; i < y.length; i++) {
      y[i] = rescale(op.rescale(), x.get(i));
    }
    return y;
  }

  private static double[] copy(Copy op, Int32Array x) {
    double[] y = new double[op.output().elements()];
    int[] strides = op.output().strides();
    for (int i = 0; i < y.length; i++) {
      int index = op.offset();
      for (int axis = 0; axis < strides.length; axis++) {
        index += i / strides[axis] % op.output().extent(axis) * op.inputStrides().get(axis);
      }
      y[i] = x.get(index);
    }
    return y;
  }

  private static double[] pad(Pad op, Int32Array x) {
    double[] y = new double[op.output().elements()];
    int[] outputStrides = op.output().strides();
    int[] inputStrides = op.input().strides();
    for (int i = 0; i < y.length; i++) {
      int index = 0;
      boolean inside = true;
      for (int axis = 0; axis < outputStrides.length; axis++) {
        int coordinate = i / outputStrides[axis] % op.output().extent(axis) - op.before().get(axis);
        inside &= coordinate >= 0 && coordinate < op.input().extent(axis);
        index += coordinate * inputStrides[axis];
      }
      y[i] = inside ? x.get(index) : op.value();
    }
    return y;
  }

  private static double[] concat(Concat op, List<Int32Array> inputs) {
    List<Double> y = new ArrayList<>();
    for (int row = 0; row < op.outer(); row++) {
      for (int k = 0; k < inputs.size(); k++) {
        for (int i = 0; i < op.lengths().get(k); i++) {
          y.add(rescale(op.rescales().get(k), inputs.get(k).get(row * op.lengths().get(k) + i)));
        }
      }
    }
    return doubles(y);
  }

  private static double[] extreme(Extreme op, Int32Array left, Int32Array right) {
    List<Double> y = new ArrayList<>();
    for (int[] pair : pairs(op.operands(), left, right)) {
      double a = rescale(op.left(), pair[0]);
      double b = rescale(op.right(), pair[1]);
      y.add(op.largest() ? Math.max(a, b) : Math.min(a, b));
    }
    return doubles(y);
  }

  private static double[] select(Select op, List<Int32Array> inputs) {
    Shape output = op.operands().output();
    double[] y = new double[output.elements()];
    for (int i = 0; i < y.length; i++) {
      int[] at = new int[3];
      for (int operand = 0; operand < 3; operand++) {
        Shape shape = op.operands().operand(operand);
        for (int axis = 0; axis < output.rank(); axis++) {
          int coordinate = i / output.strides()[axis] % output.extent(axis);
          at[operand] += coordinate % shape.extent(axis) * shape.strides()[axis];
        }
      }
      y[i] =
          inputs.get(0).get(at[0]) != 0
              ? rescale(op.whenTrue(), inputs.get(1).get(at[1]))
              : rescale(op.whenFalse(), inputs.get(2).get(at[2]));
    }
    return y;
  }

  private static double[] compare(Compare op, Int32Array left, Int32Array right) {
    List<Double> y = new ArrayList<>();
    for (int[] pair : pairs(op.operands(), left, right)) {
      double l =
          op.scale()
              .map(s -> (pair[0] - s.leftZeroPoint()) * s.leftMultiplier().factor())
              .orElse((double) pair[0]);
      double r =
          op.scale()
              .map(s -> (pair[1] - s.rightZeroPoint()) * s.rightMultiplier().factor())
              .orElse((double) pair[1]);
      boolean holds =
          switch (op.relation()) {
            case EQUAL -> l == r;
            case NOT_EQUAL -> l != r;
            case GREATER -> l > r;
            case GREATER_OR_EQUAL -> l >= r;
            case LESS -> l < r;
            case LESS_OR_EQUAL -> l <= r;
            case AND -> l != 0 && r != 0;
            case OR -> l != 0 || r != 0;
          };
      y.add(holds ? 1.0 : 0.0);
    }
    return doubles(y);
  }

  private static double[] prelu(ParametricRelu op, Int32Array x, Int32Array slopes) {
    List<Double> y = new ArrayList<>();
    for (int[] pair : pairs(op.operands(), x, slopes)) {
      double a = pair[0] - op.inputZeroPoint();
      double product = a * (pair[1] - op.slopeZeroPoint());
      double steps = a >= 0 ? a * op.positive().factor() : product * op.negative().factor();
      y.add(op.outputZeroPoint() + steps);
    }
    return doubles(y);
  }

  private static double[] cumulativeSum(CumulativeSum op, Int32Array x) {
    double[] y = new double[x.length()];
    int columns = op.outer() * op.inner();
    for (int e = 0; e < columns * op.depth(); e++) {
      int column = e % columns;
      int start = column / op.inner() * op.depth() * op.inner() + column % op.inner();
      int d = e / columns;
      double sum = 0;
      for (int other = 0; other < op.depth(); other++) {
        boolean before = op.reverse() ? other > d : other < d;
        if (before || (other == d && !op.exclusive())) {
          sum += x.get(start + other * op.inner()) - op.inputZeroPoint();
        }
      }
      y[start + d * op.inner()] = stage(op.output(), 0, sum);
    }
    return y;
  }

  private static double rescale(Rescale rescale, int x) {
    double y =
        rescale.outputZeroPoint() + (x - rescale.inputZeroPoint()) * rescale.multiplier().factor();
    return Math.max(rescale.output().lowest(), Math.min(rescale.output().highest(), y));
  }

  private static double stage(OutputStage output, int channel, double accumulator) {
    double y = output.zeroPoint() + accumulator * output.multipliers().get(channel).factor();
    return Math.max(output.lowest(), Math.min(output.highest(), y));
  }

  private static double pixel(
      Window w, Int32Array x, int row, int column, int ky, int kx, int channel, int zeroPoint) {
    int inputRow = row * w.strideHeight() - w.paddingTop() + ky * w.dilationHeight();
    int inputColumn = column * w.strideWidth() - w.paddingLeft() + kx * w.dilationWidth();
    boolean inside =
        inputRow >= 0
            && inputRow < w.inputHeight()
            && inputColumn >= 0
            && inputColumn < w.inputWidth();
    return inside
        ? x.get((inputRow * w.inputWidth() + inputColumn) * w.inputChannels() + channel) - zeroPoint
        : 0;
  }

  /** For each output, the inputs inside the image under its window. */
  private static List<List<Integer>> coveredBy(Window w, Int32Array x) {
    List<List<Integer>> all = new ArrayList<>();
    for (int row = 0; row < w.outputHeight(); row++) {
      for (int column = 0; column < w.outputWidth(); column++) {
        for (int c = 0; c < w.inputChannels(); c++) {
          List<Integer> covered = new ArrayList<>();
          for (int ky = 0; ky < w.kernelHeight(); ky++) {
            for (int kx = 0; kx < w.kernelWidth(); kx++) {
              // A zero point below every int8 tells a place of the image from one outside.
              int value = (int) pixel(w, x, row, column, ky, kx, c, -1000);
              if (value != 0) {
                covered.add(value - 1000);
              }
            }
          }
          all.add(covered);
        }
      }
    }
    return all;
  }

  private static List<int[]> pairs(Broadcast operands, Int32Array left, Int32Array right) {
    List<int[]> pairs = new ArrayList<>();
    Shape output = operands.output();
    int[] strides = output.strides();
    for (int i = 0; i < output.elements(); i++) {
      int a = 0;
      int b = 0;
      for (int axis = 0; axis < strides.length; axis++) {
        int coordinate = i / strides[axis] % output.extent(axis);
        a += coordinate % operands.left().extent(axis) * operands.left().strides()[axis];
        b += coordinate % operands.right().extent(axis) * operands.right().strides()[axis];
      }
      pairs.add(new int[] {left.get(a), right.get(b)});
    }
    return pairs;
  }

  private static double[] doubles(List<Double> list) {
    return list.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
