package io.gatun.codec.can;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HexFormat;

/** The payload of a frame: bytes that do not change. Two are equal if their bytes are. */
public final class CanData {
  /** No bytes. */
  public static final CanData EMPTY = new CanData(new byte[0]);

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final byte[] bytes;

  private CanData(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * {@return a copy of bytes}
   *
   * @param bytes as many as there shall be
   */
  public static CanData of(byte... bytes) {
    return bytes.length == 0 ? EMPTY : new CanData(bytes.clone());
  }

  /**
   * {@return a copy of bytes}
   *
   * @param bytes each 0 to 255
   * @throws IllegalArgumentException if one is not
   */
  public static CanData ofInts(int... bytes) {
    byte[] copy = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] < 0 || bytes[i] > 0xff) {
        throw new IllegalArgumentException("byte " + bytes[i] + " is not in 0..255");
      }
      copy[i] = (byte) bytes[i];
    }
    return copy.length == 0 ? EMPTY : new CanData(copy);
  }

  /**
   * {@return a copy of some of a buffer's bytes} Its indexes stay.
   *
   * @param buf the buffer
   * @param index of the first byte
   * @param length in bytes
   */
  public static CanData of(ByteBuf buf, int index, int length) {
    if (length == 0) {
      return EMPTY;
    }
    byte[] copy = new byte[length];
    buf.getBytes(index, copy);
    return new CanData(copy);
  }

  /**
   * {@return the bytes of a text}
   *
   * @param text two hexadecimal digits a byte
   * @throws CanFormatException if it is not
   */
  public static CanData parse(String text) {
    return parse(text, 0, text.length());
  }

  static CanData parse(CharSequence text, int from, int to) {
    if (from == to) {
      return EMPTY;
    }
    for (int i = from; i < to; i++) {
      if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
        throw new CanFormatException(text, i, "not a hexadecimal digit");
      }
    }
    if ((to - from) % 2 != 0) {
      throw new CanFormatException(text, to, "half a byte");
    }
    byte[] bytes = new byte[(to - from) / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) FrameText.hex(text, from + 2 * i, from + 2 * i + 2);
    }
    return new CanData(bytes);
  }

  /** {@return the number of bytes} */
  public int length() {
    return bytes.length;
  }

  /**
   * {@return a byte, 0 to 255}
   *
   * @param index from 0
   */
  public int get(int index) {
    return bytes[index] & 0xff;
  }

  /** {@return a copy of the bytes} */
  public byte[] toArray() {
    return bytes.clone();
  }

  /**
   * Writes the bytes at a buffer's writer index.
   *
   * @param buf the buffer
   */
  public void writeTo(ByteBuf buf) {
    buf.writeBytes(bytes);
  }

  /**
   * Puts the bytes into a buffer, whose indexes stay.
   *
   * @param buf the buffer
   * @param index of the first byte
   */
  public void copyTo(ByteBuf buf, int index) {
    buf.setBytes(index, bytes);
  }

  /**
   * {@return some of the bytes}
   *
   * @param from the first
   * @param to the one behind the last
   */
  public CanData slice(int from, int to) {
    if (from < 0 || to > bytes.length || from > to) {
      throw new IndexOutOfBoundsException(from + ".." + to + " of " + bytes.length + " bytes");
    }
    return from == to ? EMPTY : new CanData(Arrays.copyOfRange(bytes, from, to));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CanData that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** {@return two hexadecimal digits a byte} */
  @Override
  public String toString() {
    return HEX.formatHex(bytes);
  }
}
