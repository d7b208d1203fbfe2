package io.gatun.handler;

import io.netty.buffer.ByteBuf;
import java.nio.ByteOrder;

/**
 * Where the length of a frame stands, and what it counts. The frame is as long as
 *
 * <pre>{@code offset + size + adjustment + the field's value}</pre>
 *
 * <table>
 * <caption>Examples, with a field of two bytes</caption>
 * <tr><th>the field counts</th><td>adjustment</td></tr>
 * <tr><th>what follows it</th><td>0</td></tr>
 * <tr><th>itself and what follows</th><td>−2</td></tr>
 * <tr><th>the body, after two more bytes of header</th><td>2</td></tr>
 * </table>
 *
 * @param maxFrame bytes of the longest frame, with its header
 * @param offset bytes before the field
 * @param size bytes of the field: 1, 2, 3, 4 or 8; its value is unsigned
 * @param adjustment what is to be added to the value to have the bytes that follow the field
 * @param strip bytes at the frame's beginning that a decoder does not pass on
 * @param order which byte of the field comes first
 */
public record LengthField(
    int maxFrame, int offset, int size, int adjustment, int strip, ByteOrder order) {

  /** Checks the values. */
  public LengthField {
    if (maxFrame < 1 || offset < 0 || strip < 0) {
      throw new IllegalArgumentException(
          "maxFrame " + maxFrame + ", offset " + offset + ", strip " + strip + ": out of range");
    }
    if (size != 1 && size != 2 && size != 3 && size != 4 && size != 8) {
      throw new IllegalArgumentException("size: " + size + " (expected: 1, 2, 3, 4 or 8)");
    }
    if (offset > maxFrame - size) {
      throw new IllegalArgumentException("a frame of " + maxFrame + " bytes has no such field");
    }
  }

  /**
   * A field at the beginning of the frame, in network order, that counts what follows it, and is
   * not passed on.
   */
  public static LengthField of(int size, int maxFrame) {
    return new LengthField(maxFrame, 0, size, 0, size, ByteOrder.BIG_ENDIAN);
  }

  /** The bytes up to the end of the field. */
  int end() {
    return offset + size;
  }

  /** Returns the bytes of the whole frame that begins at an index. */
  long frameLength(ByteBuf in, int index) throws FrameException {
    long value = value(in, index + offset);
    // The sum of a value of 8 bytes may not fit: it is checked before.
    if (value < 0 || value > maxFrame - (long) end() - adjustment) {
      throw new FrameException(
          "frame too long: length field "
              + Long.toUnsignedString(value)
              + " (expected: at most "
              + maxFrame
              + " bytes in all)");
    }
    long length = end() + (long) adjustment + value;
    if (length < end() || length < strip) {
      throw new FrameException("corrupt frame: length field " + value + " is less than its header");
    }
    return length;
  }

  private long value(ByteBuf in, int index) {
    boolean big = order == ByteOrder.BIG_ENDIAN;
    return switch (size) {
      case 1 -> in.getUnsignedByte(index);
      case 2 -> big ? in.getUnsignedShort(index) : in.getUnsignedShortLE(index);
      case 3 -> big ? in.getUnsignedMedium(index) : in.getUnsignedMediumLE(index);
      case 4 -> big ? in.getUnsignedInt(index) : in.getUnsignedIntLE(index);
      default -> big ? in.getLong(index) : in.getLongLE(index);
    };
  }

  /** Writes the field of a frame that has so many bytes after it. */
  void write(ByteBuf out, int following) throws FrameException {
    long value = (long) following - adjustment;
    boolean fits = size == 8 || value >>> (size * 8) == 0;
    if (value < 0 || !fits || (long) end() + following > maxFrame) {
      throw new FrameException(
          "frame too long: " + following + " bytes (expected: at most " + maxFrame + " in all)");
    }
    boolean big = order == ByteOrder.BIG_ENDIAN;
    switch (size) {
      case 1 -> out.writeByte((int) value);
      case 2 -> out.writeShort(big ? (int) value : Short.reverseBytes((short) value));
      case 3 -> {
        if (big) {
          out.writeMedium((int) value);
        } else {
          out.writeMediumLE((int) value);
        }
      }
      case 4 -> out.writeInt(big ? (int) value : Integer.reverseBytes((int) value));
      default -> out.writeLong(big ? value : Long.reverseBytes(value));
    }
  }
}
