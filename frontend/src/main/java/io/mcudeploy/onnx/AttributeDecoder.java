package io.mcudeploy.onnx;

import com.google.protobuf.ByteString;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.onnx.proto.AttributeProto;
import io.mcudeploy.onnx.proto.AttributeProto.AttributeType;
import io.mcudeploy.onnx.proto.NodeProto;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decodes nodes for the mappings. */
final class AttributeDecoder {
  private final Path model;
  private final TensorDecoder tensors;

  AttributeDecoder(Path model, TensorDecoder tensors) {
    this.model = model;
    this.tensors = tensors;
  }

  /** The node as mappings see it. Subgraphs are left out. */
  OnnxNode decode(ImportedNode node) {
    NodeProto proto = node.proto();
    Map<String, Attribute> attributes = new HashMap<>();
    for (AttributeProto attribute : proto.getAttributeList()) {
      decode(node, attribute).ifPresent(value -> attributes.put(attribute.getName(), value));
    }
    return new OnnxNode(
        proto.getName(),
        proto.getOpType(),
        node.domain(),
        proto.getInputList(),
        proto.getOutputList(),
        attributes);
  }

  private Optional<Attribute> decode(ImportedNode node, AttributeProto attribute) {
    return switch (type(attribute)) {
      case INT -> Optional.of(new Attribute.OfInt(attribute.getI()));
      case FLOAT -> Optional.of(new Attribute.OfFloat(attribute.getF()));
      case STRING -> Optional.of(new Attribute.OfString(attribute.getS().toStringUtf8()));
      case TENSOR -> Optional.of(new Attribute.OfTensor(tensors.decode(attribute.getT())));
      case INTS -> Optional.of(new Attribute.OfInts(attribute.getIntsList()));
      case FLOATS -> Optional.of(new Attribute.OfFloats(attribute.getFloatsList()));
      case STRINGS -> Optional.of(new Attribute.OfStrings(strings(attribute)));
      case SPARSE_TENSOR, SPARSE_TENSORS ->
          throw Diagnostic.of(
                  Code.E0202,
                  node.location(model),
                  "the attribute `" + attribute.getName() + "` is a sparse tensor")
              .help("store it as a dense tensor when exporting")
              .asException();
      default -> Optional.empty();
    };
  }

  /** The stated type; files older than IR version 3 leave it out. */
  private static AttributeType type(AttributeProto attribute) {
    if (attribute.getType() != AttributeType.UNDEFINED) {
      return attribute.getType();
    }
    if (attribute.hasI()) {
      return AttributeType.INT;
    }
    if (attribute.hasF()) {
      return AttributeType.FLOAT;
    }
    if (attribute.hasS()) {
      return AttributeType.STRING;
    }
    if (attribute.hasT()) {
      return AttributeType.TENSOR;
    }
    if (attribute.getIntsCount() > 0) {
      return AttributeType.INTS;
    }
    if (attribute.getFloatsCount() > 0) {
      return AttributeType.FLOATS;
    }
    return attribute.getStringsCount() > 0 ? AttributeType.STRINGS : AttributeType.UNDEFINED;
  }

  private static List<String> strings(AttributeProto attribute) {
    return attribute.getStringsList().stream().map(ByteString::toStringUtf8).toList();
  }
}
