package io.gatun.codec.can.slcan;

import io.netty.buffer.ByteBuf;

/** Digits and the ends of lines. */
final class SlcanText {
  static final byte END = '\r';
  static final byte BELL = 7;

  private SlcanText() {}

  static void check(String what, int value, int most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(what + " " + value + " is not in 0.." + most);
    }
  }

  static void writeHex(ByteBuf buf, int value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      int digit = value >>> shift & 0xf;
      buf.writeByte(digit < 10 ? '0' + digit : 'A' + digit - 10);
    }
  }

  /** Three digits. */
  static void writeDecimal(ByteBuf buf, int value) {
    buf.writeByte('0' + value / 100).writeByte('0' + value / 10 % 10).writeByte('0' + value % 10);
  }

  static void write(ByteBuf buf, char letter) {
    buf.writeByte(letter).writeByte(END);
  }

  static void write(ByteBuf buf, char letter, int value, int digits) {
    buf.writeByte(letter);
    writeHex(buf, value, digits);
    buf.writeByte(END);
  }
}
