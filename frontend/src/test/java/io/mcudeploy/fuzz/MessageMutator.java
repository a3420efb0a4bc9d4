package io.mcudeploy.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Changes protobuf messages field by field, so that what comes out parses and means something else:
 * numbers become extreme, names become other names, parts are dropped, repeated, exchanged and
 * taken from other messages.
 */
final class MessageMutator {
  private static final long[] INTEGERS = {
    0,
    1,
    -1,
    2,
    -2,
    3,
    4,
    7,
    8,
    16,
    31,
    64,
    127,
    255,
    1024,
    65_535,
    1 << 20,
    1 << 24,
    1 << 30,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 31,
    1L << 32,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final double[] REALS = {
    0,
    -0.0,
    1,
    -1,
    0.5,
    1e-30,
    -1e30,
    3e38,
    1e300,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE
  };

  private final Random random;
  private final List<Message> parts = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  /**
   * @param donor lends parts and names
   */
  MessageMutator(Random random, Message donor) {
    this.random = random;
    collect(donor);
  }

  private void collect(Message message) {
    parts.add(message);
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              List<?> values = field.isRepeated() ? (List<?>) value : List.of(value);
              for (Object each : values) {
                if (each instanceof Message part) {
                  collect(part);
                } else if (each instanceof String name) {
                  names.add(name);
                }
              }
            });
  }

  /** The message with one field changed somewhere inside it. */
  Message mutated(Message message) {
    Message.Builder builder = message.toBuilder();
    List<FieldDescriptor> present = new ArrayList<>(message.getAllFields().keySet());
    List<FieldDescriptor> inner =
        present.stream().filter(field -> field.getJavaType() == JavaType.MESSAGE).toList();
    if (!inner.isEmpty() && random.nextInt(8) > 0) {
      mutateInside(builder, pick(inner));
      return builder.build();
    }
    List<FieldDescriptor> all = message.getDescriptorForType().getFields();
    FieldDescriptor field = present.isEmpty() || random.nextInt(4) == 0 ? pick(all) : pick(present);
    if (field.isRepeated()) {
      mutateList(builder, field);
    } else if (random.nextInt(6) == 0) {
      builder.clearField(field);
    } else {
      builder.setField(field, value(builder, field, builder.getField(field)));
    }
    return builder.build();
  }

  private void mutateInside(Message.Builder builder, FieldDescriptor field) {
    if (!field.isRepeated()) {
      builder.setField(field, mutated((Message) builder.getField(field)));
      return;
    }
    if (random.nextInt(8) == 0) {
      mutateList(builder, field);
      return;
    }
    int index = random.nextInt(builder.getRepeatedFieldCount(field));
    Message part = (Message) builder.getRepeatedField(field, index);
    builder.setRepeatedField(field, index, mutated(part));
  }

  private void mutateList(Message.Builder builder, FieldDescriptor field) {
    List<Object> values = new ArrayList<>((List<?>) builder.getField(field));
    int at = values.isEmpty() ? 0 : random.nextInt(values.size());
    switch (values.isEmpty() ? 0 : random.nextInt(5)) {
      case 0 -> values.add(at, value(builder, field, values.isEmpty() ? "" : values.get(at)));
      case 1 -> values.remove(at);
      case 2 -> values.add(random.nextInt(values.size()), values.remove(at));
      case 3 -> values.add(values.get(at));
      default -> values.set(at, value(builder, field, values.get(at)));
    }
    builder.setField(field, values);
  }

  /** Another value for a field; of the old one, where that makes sense. */
  private Object value(Message.Builder builder, FieldDescriptor field, Object old) {
    return switch (field.getJavaType()) {
      case INT -> (int) integer(old instanceof Integer number ? number : 0);
      case LONG -> integer(old instanceof Long number ? number : 0);
      case FLOAT -> (float) REALS[random.nextInt(REALS.length)];
      case DOUBLE -> REALS[random.nextInt(REALS.length)];
      case BOOLEAN -> random.nextBoolean();
      case STRING -> names.isEmpty() || random.nextInt(8) == 0 ? "" : pick(names);
      case BYTE_STRING -> bytes(old instanceof ByteString string ? string : ByteString.EMPTY);
      case ENUM -> pick(new ArrayList<EnumValueDescriptor>(field.getEnumType().getValues()));
      case MESSAGE -> part(builder, field);
    };
  }

  private long integer(long old) {
    return random.nextInt(3) == 0
        ? old + random.nextInt(5) - 2
        : INTEGERS[random.nextInt(INTEGERS.length)];
  }

  private ByteString bytes(ByteString old) {
    byte[] changed = old.toByteArray();
    if (changed.length == 0 || random.nextInt(4) == 0) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      return ByteString.copyFrom(noise);
    }
    if (random.nextInt(3) == 0) {
      return old.substring(0, random.nextInt(changed.length));
    }
    changed[random.nextInt(changed.length)] = (byte) random.nextInt();
    return ByteString.copyFrom(changed);
  }

  private Message part(Message.Builder builder, FieldDescriptor field) {
    List<Message> fitting =
        parts.stream()
            .filter(part -> part.getDescriptorForType().equals(field.getMessageType()))
            .toList();
    return fitting.isEmpty() ? builder.newBuilderForField(field).build() : pick(fitting);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
