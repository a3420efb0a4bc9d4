package io.mcudeploy.quantization;

import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.Cast;
import io.mcudeploy.operators.Comparison;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Not;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.Where;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.InterpolatedTable;
import io.mcudeploy.quantized.operators.LookupTable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Functions of one number, and chains of them: a table with an entry for each int8, so that a chain
 * rounds once; for int16 513 points and straight lines between them. An elementwise operator whose
 * other inputs are scalar constants is such a function, and so is one of a tensor with itself.
 * Truth values are numbers like others, so comparisons with a constant and what follows them are
 * part of a chain.
 */
record FunctionLowering() implements Lowering {
  /** In steps; beyond it every number is saturated anyway. */
  private static final double LARGEST_SAMPLE = 1 << 20;

  private static final Set<Class<? extends Operator>> ELEMENTWISE =
      Set.of(Unary.class, Binary.class, Comparison.class, Where.class, Not.class, Cast.class);

  /** Whether each element of the node's output depends on one int8 element of one input only. */
  static boolean isFunction(Node node, Graph graph) {
    List<String> variables = variables(node, graph);
    return ELEMENTWISE.contains(node.operator().getClass())
        && variables.size() == 1
        && isByte(graph.type(variables.get(0)))
        && isByte(graph.type(node.output()))
        && graph.type(node.output()).shape().elements()
            == graph.type(variables.get(0)).shape().elements();
  }

  @Override
  public boolean takesInt16() {
    return true;
  }

  @Override
  public boolean absorbs(Node follower, Graph graph) {
    return isFunction(follower, graph);
  }

  @Override
  public boolean roundsOften() {
    return true;
  }

  @Override
  public void constrain(Step step, Scales.Rules rules) {
    if (step.last().operator().equals(new Unary(ElementaryFunction.SIGMOID))) {
      rules.fixUnit(step.output(), step.input(0));
    } else if (step.last().operator().equals(new Unary(ElementaryFunction.TANH))) {
      rules.fixSymmetricUnit(step.output(), step.input(0));
    }
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    String input = variable(step.node(), assembly.graph());
    if (isInt16(step, assembly, input)) {
      lowerInt16(step, assembly, input);
      return;
    }
    Tensor results = apply(step.node(), everyValue(input, assembly), assembly);
    add(step, assembly, assembly.tensor(input, int8(input, assembly)), results);
  }

  /** What the integers −128..127 stand for. */
  private static Tensor everyValue(String input, Assembly assembly) {
    if (!assembly.graph().type(input).element().isFloat()) {
      long[] truths = new long[256];
      Arrays.fill(truths, 129, 256, 1);
      return new Tensor.Integers(ElementType.BOOL, Shape.of(256), truths);
    }
    Quantization scale = int8(input, assembly);
    float[] reals = new float[256];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = (float) scale.toReal(i - 128);
    }
    return new Tensor.Floats(Shape.of(256), reals);
  }

  /** Whether a real number becomes another and one of them is int16; truth values are int8. */
  private static boolean isInt16(Step step, Assembly assembly, String input) {
    return Stream.of(input, step.output())
            .allMatch(value -> assembly.graph().type(value).element().isFloat())
        && Stream.of(input, step.output())
            .anyMatch(value -> assembly.quantization(value).storage() == StorageType.INT16);
  }

  private static Quantization int8(String value, Assembly assembly) {
    return assembly.quantization(value).storedAs(StorageType.INT8);
  }

  private static void lowerInt16(Step step, Assembly assembly, String input) {
    Quantization scale = assembly.quantization(input).storedAs(StorageType.INT16);
    Quantization output = assembly.quantization(step.output()).storedAs(StorageType.INT16);
    float[] reals = new float[1025];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = (float) scale.toReal(-32_768 + 64 * i);
    }
    Tensor results = apply(step.node(), new Tensor.Floats(Shape.of(1025), reals), assembly);
    for (Node follower : step.followers()) {
      results = apply(follower, results, assembly);
    }
    double[] samples = new double[reals.length];
    for (int i = 0; i < samples.length; i++) {
      double real = ((Tensor.Floats) results).values()[i];
      samples[i] = Double.isNaN(real) ? output.zeroPoint() : bounded(real, output);
    }
    int elements = assembly.shape(step.output()).elements();
    assembly.add(
        step,
        new InterpolatedTable(elements, InterpolatedTable.points(samples)),
        List.of(assembly.tensor(input, scale)));
  }

  /** A real number in steps, near int16 however large it is. */
  private static double bounded(double real, Quantization output) {
    double steps = real / output.scale() + output.zeroPoint();
    return Math.max(-LARGEST_SAMPLE, Math.min(LARGEST_SAMPLE, steps));
  }

  /**
   * Adds the table of a step whose node gives these results for the 256 inputs; its followers are
   * applied here.
   */
  static void add(Step step, Assembly assembly, String tensor, Tensor nodeResults) {
    Tensor results = nodeResults;
    for (Node follower : step.followers()) {
      results = apply(follower, results, assembly);
    }
    Quantization output = int8(step.output(), assembly);
    byte[] table = new byte[256];
    for (int i = 0; i < table.length; i++) {
      table[i] =
          results instanceof Tensor.Integers truths
              ? (byte) truths.values()[i]
              : output.toInt8(((Tensor.Floats) results).values()[i]);
    }
    int elements = assembly.shape(step.output()).elements();
    assembly.add(step, new LookupTable(elements, Int8Array.of(table)), List.of(tensor));
  }

  private static Tensor apply(Node node, Tensor x, Assembly assembly) {
    Graph graph = assembly.graph();
    String variable = variable(node, graph);
    List<Tensor> operands =
        node.inputs().stream()
            .map(
                input ->
                    input.equals(variable) ? x : graph.constants().get(input).reshaped(Shape.of(1)))
            .toList();
    return node.operator().evaluate(operands).get(0);
  }

  private static String variable(Node node, Graph graph) {
    return variables(node, graph).get(0);
  }

  /** The inputs that are not scalar constants. */
  private static List<String> variables(Node node, Graph graph) {
    return node.inputs().stream().filter(input -> !isScalar(input, graph)).distinct().toList();
  }

  private static boolean isScalar(String value, Graph graph) {
    return graph.constants().containsKey(value) && graph.type(value).shape().elements() == 1;
  }

  private static boolean isByte(TensorType type) {
    return type.element().isFloat() || type.element() == ElementType.BOOL;
  }
}
