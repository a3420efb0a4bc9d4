package io.mcudeploy.quantization;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.ElementaryFunction;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.operators.LookupTable;
import java.util.List;

/**
 * Functions of one number, and chains of them: a table with an entry for each int8, so that a chain
 * rounds once. A binary operator with a scalar constant is such a function, and so is one of a
 * tensor with itself.
 */
record FunctionLowering() implements Lowering {

  /** Whether each element of the node's output depends on one element of one input only. */
  static boolean isFunction(Node node, Graph graph) {
    if (node.operator() instanceof Unary) {
      return true;
    }
    if (!(node.operator() instanceof Binary)) {
      return false;
    }
    boolean same = node.inputs().get(0).equals(node.inputs().get(1));
    boolean shaped =
        graph.type(node.output()).shape().elements()
            == graph.type(variable(node, graph)).shape().elements();
    return (same || node.inputs().stream().anyMatch(input -> isScalar(input, graph))) && shaped;
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
      rules.fix(step.output(), Scales.UNIT);
    } else if (step.last().operator().equals(new Unary(ElementaryFunction.TANH))) {
      rules.fix(step.output(), Scales.SYMMETRIC_UNIT);
    }
  }

  @Override
  public void lower(Step step, Assembly assembly) {
    String input = variable(step.node(), assembly.graph());
    Quantization scale = assembly.quantization(input);
    float[] reals = new float[256];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = (float) scale.toReal(i - 128);
    }
    Tensor results = apply(step.node(), new Tensor.Floats(Shape.of(256), reals), assembly);
    add(step, assembly, assembly.tensor(input), results);
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
    Quantization output = assembly.quantization(step.output());
    byte[] table = new byte[256];
    for (int i = 0; i < table.length; i++) {
      table[i] = output.toInt8(((Tensor.Floats) results).values()[i]);
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

  /** The input that is not the scalar constant. */
  private static String variable(Node node, Graph graph) {
    return node.inputs().stream()
        .filter(input -> !isScalar(input, graph))
        .findFirst()
        .orElse(node.inputs().get(0));
  }

  private static boolean isScalar(String value, Graph graph) {
    Tensor constant = graph.constants().get(value);
    return constant instanceof Tensor.Floats && constant.shape().elements() == 1;
  }
}
