package io.mcudeploy.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.ExitStatus;
import io.mcudeploy.emulator.FirstDifference.ComparedLayer;
import io.mcudeploy.emulator.FirstDifference.Kind;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstDifferenceTest {
  private static final List<ComparedLayer> LAYERS =
      List.of(
          new ComparedLayer(
              "conv", "conv2d 1x1", List.of(tensor("a", Shape.of(1, 2, 2, 3), StorageType.INT8))),
          new ComparedLayer("wide", "copy", List.of(tensor("b", Shape.of(2), StorageType.INT16))));
  private static final byte[] A = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  private static final byte[] B = {0x34, 0x12, (byte) 0xfe, (byte) 0xff};
  private static final ExpectedOutputs EXPECTED = new ExpectedOutputs(List.of(run(A, B)));

  private static QuantizedTensor tensor(String name, Shape shape, StorageType storage) {
    return new QuantizedTensor(name, shape, storage, new Quantization(0.5, 0));
  }

  private static List<List<byte[]>> run(byte[] a, byte[] b) {
    return List.of(List.of(a), List.of(b));
  }

  private static FirstDifference difference(byte[] a, byte[] b) {
    return FirstDifference.find(LAYERS, EXPECTED, List.of(run(a, b))).orElseThrow();
  }

  private static byte[] changed(byte[] bytes, int index, int value) {
    byte[] changed = bytes.clone();
    changed[index] = (byte) value;
    return changed;
  }

  @Test
  void equalBytesAreNoDifference() {
    assertThat(FirstDifference.find(LAYERS, EXPECTED, List.of(run(A, B)))).isEmpty();
  }

  @Test
  void namesTheFirstLayerAndThePositionInItsShape() {
    FirstDifference difference = difference(changed(A, 7, 8), changed(B, 0, 0));

    assertThat(difference.number()).isEqualTo(1);
    assertThat(difference.index()).containsExactly(0, 1, 0, 1);
    assertThat(difference.expected()).isEqualTo(7);
    assertThat(difference.actual()).isEqualTo(8);
    assertThat(difference.differing()).isEqualTo(1);
    assertThat(difference.kind()).isEqualTo(Kind.OFF_BY_ONE);
  }

  @Test
  void tellsSaturationFromGarbage() {
    assertThat(difference(changed(changed(A, 3, 127), 5, -128), B).kind())
        .isEqualTo(Kind.SATURATED);
    assertThat(difference(changed(changed(A, 3, 127), 5, 60), B).kind()).isEqualTo(Kind.GARBAGE);
    assertThat(difference(changed(changed(A, 3, 4), 5, 60), B).kind()).isEqualTo(Kind.GARBAGE);
  }

  @Test
  void comparesWideElementsWhole() {
    FirstDifference difference = difference(A, changed(B, 3, 0xfe));

    assertThat(difference.number()).isEqualTo(2);
    assertThat(difference.index()).containsExactly(1);
    assertThat(difference.expected()).isEqualTo(-2);
    assertThat(difference.actual()).isEqualTo(-258);
  }

  @Test
  void saysAllThatInTheDiagnostic() {
    Diagnostic diagnostic = difference(changed(A, 7, 8), B).diagnostic();

    assertThat(diagnostic.code().exitStatus()).isEqualTo(ExitStatus.DIFFERENT);
    assertThat(diagnostic.message())
        .isEqualTo("layer 1 `conv` is the first that differs from the golden model");
    assertThat(diagnostic.notes())
        .contains(
            "input 0, `a` at [0, 1, 0, 1]: 8 in the firmware, 7 in the golden model",
            "1 of 12 elements differ: off by one, so rounding is suspect");
  }
}
