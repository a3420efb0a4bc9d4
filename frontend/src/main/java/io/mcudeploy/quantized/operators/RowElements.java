package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.RowWise;
import io.mcudeploy.quantized.Rows;

/** An operator whose inputs and output consist of equally many parts, computed one by one. */
interface RowElements extends RowWise {
  /** The number of parts, elements mostly; 0 if the tensors do not match part by part. */
  int parts();

  /** The same operator on so many parts. */
  RowWise ofParts(int parts);

  @Override
  default int outputRows(int inputRows) {
    return parts() % inputRows == 0 && parts() > 0 ? inputRows : 0;
  }

  @Override
  default Rows rowsBehind(int input, int inputRows, Rows output) {
    return output;
  }

  @Override
  default RowWise band(int inputRows, Rows output) {
    return ofParts(parts() / inputRows * output.count());
  }

  @Override
  default int outputColumns(int inputRows, int inputColumns) {
    return parts() % (inputRows * inputColumns) == 0 && parts() > 0 ? inputColumns : 0;
  }

  @Override
  default Rows columnsBehind(Rows output) {
    return output;
  }

  @Override
  default RowWise stripe(int inputColumns, Rows output) {
    return ofParts(parts() / inputColumns * output.count());
  }
}
