package io.mcudeploy.quantized;

/**
 * An operator with one output of which every row depends on a few neighbouring rows of the inputs,
 * so that it can be computed a band of rows at a time. A band is an operator of the same kind on
 * smaller images: whatever computes the one computes the other.
 */
public interface RowWise extends IntegerOperator {
  /**
   * Rows of the output if the first input has so many rows; 0 if inputs of so many rows are none
   * that this operator computes row by row.
   */
  int outputRows(int inputRows);

  /** Rows that an input has if the first one has so many. */
  default int inputRows(int input, int firstRows) {
    return firstRows;
  }

  /**
   * The rows of an input that some rows of the output depend on.
   *
   * @param inputRows of the first input
   * @param output at least one row
   */
  Rows rowsBehind(int input, int inputRows, Rows output);

  /**
   * The operator that computes some rows of the output from {@link #rowsBehind} of the inputs, to
   * the same bytes.
   *
   * @param inputRows of the first input
   */
  RowWise band(int inputRows, Rows output);

  /**
   * Columns of the output if each input is an image of so many rows and columns, more than one of
   * each; 0 if this operator does not compute such images stripe by stripe of columns. Columns are
   * to the parts of a row what rows are to a tensor.
   */
  default int outputColumns(int inputRows, int inputColumns) {
    return 0;
  }

  /**
   * The columns of each input that some columns of the output depend on.
   *
   * @param output at least one column
   */
  default Rows columnsBehind(Rows output) {
    throw new IllegalStateException(kind() + " has no columns");
  }

  /**
   * The operator that computes some columns of the output, all rows of them, from {@link
   * #columnsBehind} of the inputs, to the same bytes.
   *
   * @param inputColumns of each input
   */
  default RowWise stripe(int inputColumns, Rows output) {
    throw new IllegalStateException(kind() + " has no columns");
  }
}
