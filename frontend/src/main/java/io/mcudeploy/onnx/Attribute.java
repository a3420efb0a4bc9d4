package io.mcudeploy.onnx;

import io.mcudeploy.ir.Tensor;
import java.util.List;

/**
 * The value of a node's attribute, decoded. Subgraphs and the other rare types have no place here:
 * no supported operator takes them.
 */
public sealed interface Attribute {
  /** ONNX type INT. */
  record OfInt(long value) implements Attribute {}

  /** ONNX type FLOAT. */
  record OfFloat(float value) implements Attribute {}

  /** ONNX type STRING. */
  record OfString(String value) implements Attribute {}

  /** ONNX type TENSOR. */
  record OfTensor(Tensor value) implements Attribute {}

  /** ONNX type INTS. */
  record OfInts(List<Long> values) implements Attribute {
    public OfInts {
      values = List.copyOf(values);
    }
  }

  /** ONNX type FLOATS. */
  record OfFloats(List<Float> values) implements Attribute {
    public OfFloats {
      values = List.copyOf(values);
    }
  }

  /** ONNX type STRINGS. */
  record OfStrings(List<String> values) implements Attribute {
    public OfStrings {
      values = List.copyOf(values);
    }
  }
}
