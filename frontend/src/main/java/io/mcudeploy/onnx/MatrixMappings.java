package io.mcudeploy.onnx;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Activation;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.BinaryFunction;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.MatMul;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Products of matrices. A constant right-hand matrix makes a fully connected layer. */
final class MatrixMappings {
  private static final Transpose SWAP = new Transpose(List.of(1, 0));
  private static final FullyConnected FULLY_CONNECTED = new FullyConnected(Activation.NONE);

  private MatrixMappings() {}

  static void gemm(NodeContext node) {
    if (node.shape(0).rank() != 2 || node.shape(1).rank() != 2) {
      throw node.reject("Gemm of " + node.shape(0) + " by " + node.shape(1));
    }
    float alpha = node.floatAttribute("alpha", 1);
    float beta = node.floatAttribute("beta", 1);
    boolean transposed = node.flag("transB", false);
    String left = node.input(0);
    if (node.flag("transA", false)) {
      left = node.emit("left", SWAP, left);
    }
    if (!node.isConstant(1)) {
      String right = transposed ? node.emit("right", SWAP, node.input(1)) : node.input(1);
      String product = scaled(node, "alpha", alpha, node.emitPrincipal(new MatMul(), left, right));
      addTerm(node, beta, product);
      return;
    }
    String matrix = transposed ? node.input(1) : node.emit("weights", SWAP, node.input(1));
    String weights = scaled(node, "alpha", alpha, matrix);
    int outputs = node.typeOf(weights).shape().extent(0);
    if (!node.hasInput(2)) {
      node.define(0, FULLY_CONNECTED, left, weights);
    } else if (node.isConstant(2) && isRow(node.shape(2), outputs)) {
      String row = node.emit("row", new Reshape(flat(node.shape(2))), node.input(2));
      String bias = scaled(node, "beta", beta, row);
      if (!node.typeOf(bias).shape().equals(Shape.of(outputs))) {
        bias = node.emit("bias", new Expand(Shape.of(outputs)), bias);
      }
      node.define(0, FULLY_CONNECTED, left, weights, bias);
    } else {
      addTerm(node, beta, node.emitPrincipal(FULLY_CONNECTED, left, weights));
    }
  }

  private static boolean isRow(Shape term, int outputs) {
    boolean oneRow = term.rank() < 2 || (term.rank() == 2 && term.extent(0) == 1);
    return oneRow && (term.elements() == outputs || term.elements() == 1);
  }

  private static Shape flat(Shape shape) {
    return Shape.of(shape.elements());
  }

  private static void addTerm(NodeContext node, float beta, String product) {
    if (node.hasInput(2)) {
      String term = scaled(node, "beta", beta, node.input(2));
      node.define(0, new Binary(BinaryFunction.ADD), product, term);
    } else {
      node.define(0, product);
    }
  }

  private static String scaled(NodeContext node, String role, float factor, String value) {
    if (factor == 1) {
      return value;
    }
    String constant = node.addConstant(role, new Tensor.Floats(Shape.of(), new float[] {factor}));
    return node.emit(role + "-scaled", new Binary(BinaryFunction.MUL), value, constant);
  }

  static void matMul(NodeContext node) {
    Shape left = node.shape(0);
    Shape right = node.shape(1);
    if (left.rank() == 0 || right.rank() == 0) {
      throw node.reject("MatMul of " + left + " by " + right);
    }
    if (right.rank() == 2 && node.isConstant(1)) {
      String weights = node.emit("weights", SWAP, node.input(1));
      node.define(0, FULLY_CONNECTED, node.input(0), weights);
      return;
    }
    if (left.rank() > 1 && right.rank() > 1) {
      node.define(0, new MatMul(), node.input(0), node.input(1));
      return;
    }
    // A vector on the left is a row, on the right a column, and leaves no axis in the result.
    String row =
        left.rank() > 1
            ? node.input(0)
            : node.emit("row", new Reshape(Shape.of(1, left.extent(0))), node.input(0));
    String column =
        right.rank() > 1
            ? node.input(1)
            : node.emit("column", new Reshape(Shape.of(right.extent(0), 1)), node.input(1));
    String product = node.emitPrincipal(new MatMul(), row, column);
    Shape full = node.typeOf(product).shape();
    int[] extents =
        IntStream.range(0, full.rank())
            .filter(axis -> left.rank() > 1 || axis != full.rank() - 2)
            .filter(axis -> right.rank() > 1 || axis != full.rank() - 1)
            .map(full::extent)
            .toArray();
    node.define(0, new Reshape(Shape.of(extents)), product);
  }

  /** A sum of products, as matrix products between transposes. */
  static void einsum(NodeContext node) {
    List<Shape> shapes = IntStream.range(0, node.inputCount()).mapToObj(node::shape).toList();
    Einsum equation;
    try {
      equation = Einsum.parse(node.stringAttribute("equation", ""), shapes);
    } catch (IllegalArgumentException e) {
      throw node.reject(e.getMessage());
    }
    String[] inputs =
        IntStream.range(0, node.inputCount()).mapToObj(node::input).toArray(String[]::new);
    node.define(0, equation.lower(node, Arrays.asList(inputs)));
  }
}
