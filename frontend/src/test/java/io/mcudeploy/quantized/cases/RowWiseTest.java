package io.mcudeploy.quantized.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.RowWise;
import io.mcudeploy.quantized.Rows;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Broadcast;
import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.MaxPool2d;
import io.mcudeploy.quantized.operators.Multiply;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Rescale;
import io.mcudeploy.quantized.operators.Window;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowWiseTest {
  private static final int MOST_ROWS = 64;

  static Stream<OperatorCase> rowWise() {
    return Stream.concat(OperatorCases.all().stream(), OperatorCases.fused().stream())
        .filter(each -> !rows(each.operator()).isEmpty());
  }

  @ParameterizedTest
  @MethodSource("rowWise")
  void bandsGiveTheBytesOfTheWhole(OperatorCase operatorCase) {
    RowWise operator = (RowWise) operatorCase.operator();
    byte[] whole = operatorCase.expected().get(0);
    for (int inputRows : rows(operator)) {
      for (int height : List.of(1, 2, 3, 5)) {
        assertThat(inBands(operator, operatorCase, inputRows, height))
            .as("%d rows in bands of %d", inputRows, height)
            .isEqualTo(whole);
      }
    }
  }

  @Test
  void everyKindOfOperatorThatWorksRowByRowHasCases() {
    assertThat(rowWise().map(each -> each.operator().kind()).distinct())
        .contains(
            "conv2d",
            "conv2d_add",
            "conv2d_max_pool2d",
            "depthwise_conv2d",
            "max_pool2d",
            "average_pool2d",
            "primary_capsules",
            "add",
            "multiply",
            "extreme",
            "lookup_table",
            "interpolated_table",
            "requantize",
            "concat");
  }

  @Test
  void columnsOfAnImageAreCopiedRowByRow() {
    Copy copy = Copy.columns(StorageType.INT8, 3, 4, 2, new Rows(1, 3));
    byte[] image = new byte[24];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) i;
    }

    assertThat(copy.run(List.of(image)).get(0))
        .containsExactly(2, 3, 4, 5, 10, 11, 12, 13, 18, 19, 20, 21);
    assertThat(copy.outputRows(3)).isEqualTo(3);
    assertThat(copy.outputRows(4)).isZero();
    assertThat(copy.band(3, new Rows(2, 3)).run(List.of(Arrays.copyOfRange(image, 16, 24))).get(0))
        .containsExactly(18, 19, 20, 21);
  }

  @Test
  void aWindowNeedsTheRowsItReachesWithoutThePadding() {
    Window window = new Window(8, 8, 1, 4, 8, 3, 3, 2, 1, 1, 1, 1, 1);
    MaxPool2d pool = new MaxPool2d(window, -128, 127);

    assertThat(pool.outputRows(8)).isEqualTo(4);
    assertThat(pool.outputRows(4)).isZero();
    assertThat(pool.rowsBehind(0, 8, new Rows(0, 1))).isEqualTo(new Rows(0, 2));
    assertThat(pool.rowsBehind(0, 8, new Rows(1, 3))).isEqualTo(new Rows(1, 6));
    assertThat(pool.band(8, new Rows(1, 3)))
        .isEqualTo(new MaxPool2d(new Window(5, 8, 1, 2, 8, 3, 3, 2, 1, 1, 1, 0, 1), -128, 127));
  }

  @Test
  void theRowsOfALineAreItsPixels() {
    Window line = new Window(1, 9, 2, 1, 9, 1, 3, 1, 1, 1, 2, 0, 2);
    MaxPool2d pool = new MaxPool2d(line, -128, 127);

    assertThat(pool.outputRows(9)).isEqualTo(9);
    assertThat(pool.rowsBehind(0, 9, new Rows(4, 5))).isEqualTo(new Rows(2, 7));
  }

  @Test
  void aSinglePixelIsARow() {
    MaxPool2d pool = new MaxPool2d(Window.valid(1, 1, 4, 1, 1, 1, 1), -128, 127);

    assertThat(pool.outputRows(1)).isEqualTo(1);
    assertThat(pool.rowsBehind(0, 1, new Rows(0, 1))).isEqualTo(new Rows(0, 1));
    assertThat(pool.band(1, new Rows(0, 1))).isEqualTo(pool);
  }

  @Test
  void repeatedOperandsAndStackedRowsHaveNoRows() {
    OutputStage output = new OutputStage(List.of(Multiplier.of(0.5)), 0, -128, 127);
    Broadcast perChannel = Broadcast.of(Shape.of(8, 4), Shape.of(4));
    Rescale same = ((Concat) oneOf("concat")).rescales().get(0);

    assertThat(new Multiply(perChannel, 0, 0, output).outputRows(8)).isZero();
    assertThat(new Concat(1, List.of(8, 8), List.of(same, same)).outputRows(2)).isZero();
  }

  private static IntegerOperator oneOf(String kind) {
    return rowWise()
        .map(OperatorCase::operator)
        .filter(operator -> operator.kind().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static byte[] inBands(
      RowWise operator, OperatorCase operatorCase, int inputRows, int height) {
    int rows = operator.outputRows(inputRows);
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (int first = 0; first < rows; first += height) {
      Rows output = new Rows(first, Math.min(rows, first + height));
      List<byte[]> inputs = new ArrayList<>();
      for (int i = 0; i < operatorCase.inputs().size(); i++) {
        byte[] input = operatorCase.inputs().get(i).toArray();
        Rows behind = operator.rowsBehind(i, inputRows, output);
        int row = input.length / operator.inputRows(i, inputRows);
        inputs.add(Arrays.copyOfRange(input, behind.first() * row, behind.end() * row));
      }
      joined.writeBytes(operator.band(inputRows, output).run(inputs).get(0));
    }
    return joined.toByteArray();
  }

  /** The numbers of input rows, above one, with which an operator has several output rows. */
  private static List<Integer> rows(IntegerOperator operator) {
    return operator instanceof RowWise rowWise
        ? IntStream.rangeClosed(2, MOST_ROWS)
            .filter(rows -> rowWise.outputRows(rows) > 1)
            .boxed()
            .toList()
        : List.of();
  }
}
