package io.mcudeploy.capsules;

import io.mcudeploy.ir.Shape;
import java.util.Arrays;

/**
 * A tensor whose elements are affine in the elements of another tensor, the source: each is a
 * constant plus a weighted sum of a few source elements. Which source elements those are is known
 * exactly, also where a weight happens to be zero: the terms follow from how the tensor is
 * computed, not from its numbers.
 */
final class LinearForms {
  private final Shape shape;
  private final int[] starts;
  private final int[] sources;
  private final double[] coefficients;
  private final double[] constants;

  private LinearForms(
      Shape shape, int[] starts, int[] sources, double[] coefficients, double[] constants) {
    this.shape = shape;
    this.starts = starts;
    this.sources = sources;
    this.coefficients = coefficients;
    this.constants = constants;
  }

  /** The source itself. */
  static LinearForms identity(Shape shape) {
    int[] numbers = new int[shape.elements()];
    Arrays.setAll(numbers, i -> i);
    int[] starts = new int[numbers.length + 1];
    Arrays.setAll(starts, i -> i);
    double[] ones = new double[numbers.length];
    Arrays.fill(ones, 1);
    return new LinearForms(shape, starts, numbers, ones, new double[numbers.length]);
  }

  Shape shape() {
    return shape;
  }

  int elements() {
    return constants.length;
  }

  /** The source elements of one element's terms, each once, in no particular order. */
  int[] sources(int element) {
    return Arrays.copyOfRange(sources, starts[element], starts[element + 1]);
  }

  /** The weights that go with {@link #sources}. */
  double[] coefficients(int element) {
    return Arrays.copyOfRange(coefficients, starts[element], starts[element + 1]);
  }

  double constant(int element) {
    return constants[element];
  }

  /** Collects the forms of a tensor, element by element. */
  static final class Builder {
    /** What a network of a few megabytes can need; more is given up. */
    private static final int MOST_TERMS = 1 << 25;

    private final Shape shape;
    private final int[] starts;
    private final double[] constants;
    private final int[] termOfSource;
    private int[] sources = new int[1024];
    private double[] coefficients = new double[1024];
    private int terms;
    private int element;

    /**
     * @param sourceElements how many elements the source has
     */
    Builder(Shape shape, int sourceElements) {
      this.shape = shape;
      starts = new int[shape.elements() + 1];
      constants = new double[shape.elements()];
      termOfSource = new int[sourceElements];
      Arrays.fill(termOfSource, -1);
    }

    /** Adds a multiple of another tensor's element to the current element. */
    void add(LinearForms operand, int operandElement, double factor) {
      for (int i = operand.starts[operandElement]; i < operand.starts[operandElement + 1]; i++) {
        int source = operand.sources[i];
        if (termOfSource[source] < 0) {
          reserve();
          termOfSource[source] = terms;
          sources[terms] = source;
          coefficients[terms++] = 0;
        }
        coefficients[termOfSource[source]] += factor * operand.coefficients[i];
      }
      constants[element] += factor * operand.constants[operandElement];
    }

    /** Adds a constant to the current element. */
    void add(double constant) {
      constants[element] += constant;
    }

    /** The current element is complete. */
    void next() {
      for (int i = starts[element]; i < terms; i++) {
        termOfSource[sources[i]] = -1;
      }
      starts[++element] = terms;
    }

    LinearForms build() {
      return new LinearForms(
          shape,
          starts,
          Arrays.copyOf(sources, terms),
          Arrays.copyOf(coefficients, terms),
          constants);
    }

    private void reserve() {
      if (terms == MOST_TERMS) {
        throw new TooManyTermsException();
      }
      if (terms == sources.length) {
        sources = Arrays.copyOf(sources, 2 * terms);
        coefficients = Arrays.copyOf(coefficients, 2 * terms);
      }
    }
  }

  /** A value depends on so much that following it would exhaust the memory. */
  static final class TooManyTermsException extends RuntimeException {}
}
