package io.mcudeploy.onnx;

import static io.mcudeploy.onnx.ModelText.raw;
import static io.mcudeploy.onnx.ModelText.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.proto.StringStringEntryProto;
import io.mcudeploy.onnx.proto.TensorProto;
import io.mcudeploy.onnx.proto.TensorProto.DataLocation;
import io.mcudeploy.onnx.proto.TensorProto.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorDecoderTest {
  @TempDir Path folder;

  private Tensor decode(TensorProto.Builder tensor) {
    return new TensorDecoder(folder.resolve("model.onnx")).decode(tensor.build());
  }

  private static Tensor floats(float... values) {
    return new Tensor.Floats(Shape.of(values.length), values);
  }

  private static Tensor integers(ElementType element, long... values) {
    return new Tensor.Integers(element, Shape.of(values.length), values);
  }

  @Test
  void readsRawFloatsOfEveryWidth() {
    assertThat(decode(raw(DataType.FLOAT, List.of(0, 0, 0xc0, 0x3f), 1))).isEqualTo(floats(1.5f));
    assertThat(decode(raw(DataType.DOUBLE, List.of(0, 0, 0, 0, 0, 0, 0xf8, 0x3f), 1)))
        .isEqualTo(floats(1.5f));
    assertThat(decode(raw(DataType.BFLOAT16, List.of(0xc0, 0xbf), 1))).isEqualTo(floats(-1.5f));
    assertThat(decode(raw(DataType.FLOAT16, List.of(0x00, 0xbe), 1))).isEqualTo(floats(-1.5f));
  }

  @Test
  void widensHalfPrecisionExactlyAtTheEndsOfItsRange() {
    List<Integer> bytes = List.of(0xff, 0x7b, 0x01, 0x00, 0x01, 0x80, 0x00, 0x80, 0x00, 0x7c);
    assertThat(decode(raw(DataType.FLOAT16, bytes, 5)))
        .isEqualTo(floats(65504f, 0x1p-24f, -0x1p-24f, -0f, Float.POSITIVE_INFINITY));
    Tensor.Floats nan = (Tensor.Floats) decode(raw(DataType.FLOAT16, List.of(0x01, 0x7e), 1));
    assertThat(nan.values()[0]).isNaN();
  }

  @Test
  void readsRawIntegersOfEveryWidthWithTheirSigns() {
    List<Integer> ones = List.of(255, 255, 255, 255, 255, 255, 255, 255);
    assertThat(decode(raw(DataType.INT64, ones, 1))).isEqualTo(integers(ElementType.INT64, -1));
    assertThat(decode(raw(DataType.INT32, ones, 2))).isEqualTo(integers(ElementType.INT32, -1, -1));
    assertThat(decode(raw(DataType.UINT32, ones, 2)))
        .isEqualTo(integers(ElementType.UINT32, 4294967295L, 4294967295L));
    assertThat(decode(raw(DataType.INT16, ones.subList(0, 2), 1)))
        .isEqualTo(integers(ElementType.INT16, -1));
    assertThat(decode(raw(DataType.UINT16, ones.subList(0, 2), 1)))
        .isEqualTo(integers(ElementType.UINT16, 65535));
    assertThat(decode(raw(DataType.INT8, List.of(128, 127), 2)))
        .isEqualTo(integers(ElementType.INT8, -128, 127));
    assertThat(decode(raw(DataType.UINT8, List.of(128, 127), 2)))
        .isEqualTo(integers(ElementType.UINT8, 128, 127));
    assertThat(decode(raw(DataType.BOOL, List.of(0, 1, 2), 3)))
        .isEqualTo(integers(ElementType.BOOL, 0, 1, 1));
  }

  @Test
  void unpacksFourBitIntegersLowHalfFirst() {
    assertThat(decode(raw(DataType.INT4, List.of(0x8f, 0x07), 3)))
        .isEqualTo(integers(ElementType.INT8, -1, -8, 7));
    assertThat(decode(tensor(DataType.UINT4, 3).addInt32Data(0x8f).addInt32Data(0x07)))
        .isEqualTo(integers(ElementType.UINT8, 15, 8, 7));
  }

  @Test
  void readsTypedFields() {
    assertThat(decode(tensor(DataType.FLOAT, 2).addFloatData(1).addFloatData(2)))
        .isEqualTo(floats(1, 2));
    assertThat(decode(tensor(DataType.DOUBLE, 1).addDoubleData(0.5))).isEqualTo(floats(0.5f));
    assertThat(decode(tensor(DataType.FLOAT16, 1).addInt32Data(0x3e00))).isEqualTo(floats(1.5f));
    assertThat(decode(tensor(DataType.UINT64, 1).addUint64Data(7)))
        .isEqualTo(integers(ElementType.INT64, 7));
    assertThat(decode(tensor(DataType.INT8, 1).addInt32Data(-128)))
        .isEqualTo(integers(ElementType.INT8, -128));
  }

  @Test
  void readsScalarsAndEmptyTensors() {
    assertThat(decode(tensor(DataType.FLOAT).addFloatData(3)).shape()).isEqualTo(Shape.of());
    assertThat(decode(tensor(DataType.FLOAT, 0, 5)).shape().elements()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 3, 1L << 31, Long.MAX_VALUE, Long.MIN_VALUE})
  void rejectsDimensionsThatTheDataDoNotFill(long dim) {
    for (TensorProto.Builder tensor :
        List.of(
            raw(DataType.FLOAT, List.of(0, 0, 0, 0), dim),
            tensor(DataType.FLOAT, dim).addFloatData(1),
            raw(DataType.FLOAT, List.of(), dim, dim, dim, dim))) {
      assertThatThrownBy(() -> decode(tensor))
          .isInstanceOf(DiagnosticException.class)
          .hasMessageContaining("E0102")
          .hasMessageContaining("`t`");
    }
  }

  @Test
  void rejectsElementsOutsideTheirType() {
    assertThatThrownBy(() -> decode(tensor(DataType.UINT8, 1).addInt32Data(256)))
        .hasMessageContaining("256");
  }

  @Test
  void rejectsTypesWithoutNumbers() {
    assertThatThrownBy(() -> decode(tensor(DataType.STRING, 1)))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("E0202")
        .hasMessageContaining("STRING");
  }

  private static TensorProto.Builder external(String location, String offset, String length) {
    return tensor(DataType.FLOAT, 1)
        .setDataLocation(DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(location))
        .addExternalData(StringStringEntryProto.newBuilder().setKey("offset").setValue(offset))
        .addExternalData(StringStringEntryProto.newBuilder().setKey("length").setValue(length));
  }

  @Test
  void readsExternalDataBesideTheModel() throws IOException {
    Files.createDirectory(folder.resolve("weights"));
    Files.write(folder.resolve("weights/w.bin"), new byte[] {9, 9, 9, 9, 0, 0, (byte) 0xc0, 0x3f});
    assertThat(decode(external("weights/w.bin", "4", "4"))).isEqualTo(floats(1.5f));
  }

  @Test
  void rejectsExternalDataThatIsNotThere() throws IOException {
    Files.write(folder.resolve("w.bin"), new byte[6]);
    for (TensorProto.Builder tensor :
        List.of(
            external("w.bin", "4", "4"),
            external("w.bin", "-4", "4"),
            external("w.bin", "0", "8"),
            external("w.bin", "9223372036854775807", "4"),
            external("w.bin", "x", "4"),
            external("other.bin", "0", "4"),
            external("w\0.bin", "0", "4"))) {
      assertThatThrownBy(() -> decode(tensor)).isInstanceOf(DiagnosticException.class);
    }
  }

  @Test
  void readsNothingOutsideTheModelsFolder(@TempDir Path elsewhere) throws IOException {
    Path secret = Files.write(elsewhere.resolve("secret"), new byte[4]);
    Files.createSymbolicLink(folder.resolve("link"), secret);
    Files.createSymbolicLink(folder.resolve("folder"), elsewhere);
    for (String location :
        List.of(
            secret.toString(),
            "../" + elsewhere.getFileName() + "/secret",
            "link",
            "folder/secret",
            "")) {
      assertThatThrownBy(() -> decode(external(location, "0", "4")))
          .isInstanceOf(DiagnosticException.class)
          .hasMessageContaining("only files inside");
    }
  }
}
