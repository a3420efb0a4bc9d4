package io.mcudeploy.data;

import java.nio.ByteBuffer;

/** How one number lies in a data file; the byte order is the buffer's. */
public enum NumberFormat {
  FLOAT64(8) {
    @Override
    double read(ByteBuffer data, int position) {
      return data.getDouble(position);
    }
  },
  FLOAT32(4) {
    @Override
    double read(ByteBuffer data, int position) {
      return data.getFloat(position);
    }
  },
  INT64(8) {
    @Override
    double read(ByteBuffer data, int position) {
      return data.getLong(position);
    }
  },
  INT32(4) {
    @Override
    double read(ByteBuffer data, int position) {
      return data.getInt(position);
    }
  },
  UINT32(4) {
    @Override
    double read(ByteBuffer data, int position) {
      return Integer.toUnsignedLong(data.getInt(position));
    }
  },
  INT16(2) {
    @Override
    double read(ByteBuffer data, int position) {
      return data.getShort(position);
    }
  },
  UINT16(2) {
    @Override
    double read(ByteBuffer data, int position) {
      return Short.toUnsignedInt(data.getShort(position));
    }
  },
  INT8(1) {
    @Override
    double read(ByteBuffer data, int position) {
      return data.get(position);
    }
  },
  /** Unsigned bytes, and NumPy's bool. */
  UINT8(1) {
    @Override
    double read(ByteBuffer data, int position) {
      return Byte.toUnsignedInt(data.get(position));
    }
  };

  private final int bytes;

  NumberFormat(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  abstract double read(ByteBuffer data, int position);
}
