package io.gatun.codec.can.dbc;

import io.netty.buffer.ByteBuf;

/**
 * Where a signal lies among the bytes of a frame: 1 to 64 bits that follow one another in one of
 * two orders. It allocates nothing.
 *
 * <p>Bits are counted as in a DBC: bit 0 is the least significant one of byte 0, bit 8 that of byte
 * 1.
 */
public final class BitField {
  /** The most bits that a signal has. */
  public static final int MAX_LENGTH = 64;

  private static final int MAX_START = 1 << 20;

  private final int start;
  private final int length;
  private final boolean bigEndian;

  // From the byte with the most significant bits to the one with the least.

  private final int first;
  private final int count;
  private final int step;

  /** How many bits of the first byte belong to the field, with those below them. */
  private final int topBits;

  /** How many bits of the last byte are below the field. */
  private final int lowShift;

  /**
   * Makes a field.
   *
   * @param start the bit that a DBC names: the least significant one, or the most significant one
   *     of a big-endian field
   * @param length in bits, 1 to 64
   * @param bigEndian whether bytes of more significance come first (Motorola's order)
   * @throws IllegalArgumentException if a number is out of range
   */
  public BitField(int start, int length, boolean bigEndian) {
    if (length < 1 || length > MAX_LENGTH) {
      throw new IllegalArgumentException("length " + length + " is not in 1..64");
    }
    if (start < 0 || start >= MAX_START) {
      throw new IllegalArgumentException("start bit " + start + " is out of range");
    }
    this.start = start;
    this.length = length;
    this.bigEndian = bigEndian;
    int last;
    if (bigEndian) {
      first = start / 8;
      topBits = start % 8 + 1;
      int end = 8 * first + (8 - topBits) + length - 1; // counted from each byte's top
      last = end / 8;
      lowShift = 7 - end % 8;
      step = 1;
    } else {
      int end = start + length - 1;
      first = end / 8;
      topBits = end % 8 + 1;
      last = start / 8;
      lowShift = start % 8;
      step = -1;
    }
    count = Math.abs(last - first) + 1;
  }

  /** {@return the bit that a DBC names} */
  public int start() {
    return start;
  }

  /** {@return the number of bits, 1 to 64} */
  public int length() {
    return length;
  }

  /** {@return whether bytes of more significance come first} */
  public boolean isBigEndian() {
    return bigEndian;
  }

  /** {@return how many bytes there must be to hold the field} */
  public int end() {
    return Math.max(first, first + step * (count - 1)) + 1;
  }

  /**
   * {@return the field's bits, the upper bits of the result 0} The buffer's indexes stay.
   *
   * @param buf the buffer
   * @param index of byte 0
   * @throws IndexOutOfBoundsException if the buffer ends before the field does
   */
  public long get(ByteBuf buf, int index) {
    int at = index + first;
    long bits = buf.getByte(at) & mask(topBits);
    if (count == 1) {
      return bits >>> lowShift;
    }
    for (int i = count - 2; i > 0; i--) {
      at += step;
      bits = bits << 8 | buf.getUnsignedByte(at);
    }
    return bits << (8 - lowShift) | buf.getUnsignedByte(at + step) >>> lowShift;
  }

  /**
   * Changes the field's bits and no other. The buffer's indexes stay.
   *
   * @param buf the buffer
   * @param index of byte 0
   * @param bits the lower bits count
   * @throws IndexOutOfBoundsException if the buffer ends before the field does
   */
  public void set(ByteBuf buf, int index, long bits) {
    int at = index + first + step * (count - 1);
    long rest = bits;
    for (int i = count - 1; i >= 0; i--) {
      int shift = i == count - 1 ? lowShift : 0;
      int mask = byteMask(i);
      buf.setByte(at, (buf.getByte(at) & ~mask) | ((int) (rest << shift) & mask));
      rest >>>= 8 - shift;
      at -= step;
    }
  }

  /** The field's bits in the i-th byte from its first one on. */
  private int byteMask(int i) {
    int mask = i == 0 ? mask(topBits) : 0xff;
    return i == count - 1 ? mask & -(1 << lowShift) : mask;
  }

  private static int mask(int bits) {
    return (1 << bits) - 1;
  }

  /** {@return whether the fields share a bit} */
  boolean overlaps(BitField other) {
    for (int i = 0; i < count; i++) {
      int j = (first + step * i - other.first) * other.step;
      if (j >= 0 && j < other.count && (byteMask(i) & other.byteMask(j)) != 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BitField that
        && start == that.start
        && length == that.length
        && bigEndian == that.bigEndian;
  }

  @Override
  public int hashCode() {
    return (start * MAX_LENGTH + length) * 2 + (bigEndian ? 1 : 0);
  }

  /** {@return as in a DBC, such as {@code 7|16@0}} */
  @Override
  public String toString() {
    return start + "|" + length + (bigEndian ? "@0" : "@1");
  }
}
