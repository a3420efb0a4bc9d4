package io.mcudeploy.quantized.operators;

import io.mcudeploy.quantized.RowWise;
import io.mcudeploy.quantized.Rows;

/** An operator that moves a window over one image. */
interface RowWindow extends RowWise {
  Window window();

  /** The same operator with another window. */
  RowWise over(Window other);

  @Override
  default int outputRows(int inputRows) {
    return window().inputRows() == inputRows && window().everyRowReachesTheImage()
        ? window().outputRows()
        : 0;
  }

  @Override
  default Rows rowsBehind(int input, int inputRows, Rows output) {
    return window().rowsBehind(output);
  }

  @Override
  default RowWise band(int inputRows, Rows output) {
    return over(window().band(output));
  }

  @Override
  default int outputColumns(int inputRows, int inputColumns) {
    boolean image = window().inputHeight() == inputRows && window().inputWidth() == inputColumns;
    return image && window().everyColumnReachesTheImage() ? window().outputWidth() : 0;
  }

  @Override
  default Rows columnsBehind(Rows output) {
    return window().columnsBehind(output);
  }

  @Override
  default RowWise stripe(int inputColumns, Rows output) {
    return over(window().stripe(output));
  }
}
