package io.gatun.codec.can;

import io.netty.buffer.ByteBuf;

/**
 * A checksum of 8 bits over the bytes of a frame: the most significant bit of each byte first, and
 * nothing reflected, as the profiles of automotive protocols and the rules of can-utils' cangw have
 * it. It is immutable, allocates nothing, and any thread may use it.
 */
public final class Crc8 {
  /** CRC-8 SAE J1850, of AUTOSAR's profile 1: polynomial 0x1d, from 0xff, inverted at the end. */
  public static final Crc8 SAE_J1850 = new Crc8(0x1d, 0xff, 0xff);

  /** CRC-8H2F, of AUTOSAR's profile 2: polynomial 0x2f, from 0xff, inverted at the end. */
  public static final Crc8 AUTOSAR_8H2F = new Crc8(0x2f, 0xff, 0xff);

  private final byte[] table = new byte[256];
  private final int initial;
  private final int finalXor;

  /**
   * Makes a checksum.
   *
   * @param polynomial 0 to 255; that of x⁸ is left out
   * @param initial what it is of no bytes, before the last step; 0 to 255
   * @param finalXor what the last step inverts, 0 to 255
   * @throws IllegalArgumentException if a value is out of range
   */
  public Crc8(int polynomial, int initial, int finalXor) {
    if (((polynomial | initial | finalXor) & ~0xff) != 0) {
      throw new IllegalArgumentException(
          "0x%x, 0x%x, 0x%x: a value of 8 bits".formatted(polynomial, initial, finalXor));
    }
    this.initial = initial;
    this.finalXor = finalXor;
    for (int value = 0; value < 256; value++) {
      int crc = value;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc << 1 ^ ((crc & 0x80) != 0 ? polynomial : 0);
      }
      table[value] = (byte) crc;
    }
  }

  /**
   * {@return the checksum of some of a buffer's bytes, 0 to 255} Its indexes stay.
   *
   * @param buf the buffer
   * @param index of the first byte
   * @param length in bytes
   */
  public int of(ByteBuf buf, int index, int length) {
    int crc = start();
    for (int i = 0; i < length; i++) {
      crc = add(crc, buf.getByte(index + i));
    }
    return end(crc);
  }

  /**
   * {@return the checksum of bytes, 0 to 255}
   *
   * @param bytes all of them
   */
  public int of(byte... bytes) {
    int crc = start();
    for (byte b : bytes) {
      crc = add(crc, b);
    }
    return end(crc);
  }

  /** {@return the state before the first byte, for {@link #add}} */
  public int start() {
    return initial;
  }

  /**
   * {@return the state after one more byte}
   *
   * @param state from {@link #start} or the call before
   * @param value the byte; the lower 8 bits count
   */
  public int add(int state, int value) {
    return table[(state ^ value) & 0xff] & 0xff;
  }

  /**
   * {@return the checksum, 0 to 255}
   *
   * @param state after the last byte
   */
  public int end(int state) {
    return state ^ finalXor;
  }
}
