package io.gatun.examples.demo;

import io.netty.buffer.ByteBuf;

/**
 * A pseudo-random sequence of bytes without end: the byte at each position follows from the seed
 * and the position alone (SplitMix64), so a byte that was lost, doubled or changed shows.
 */
final class ByteSequence {
  private final long seed;

  ByteSequence(long seed) {
    this.seed = seed;
  }

  private long word(long position) {
    long z = seed + (position >>> 3) * 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  byte at(long position) {
    return (byte) (word(position) >>> ((position & 7) << 3));
  }

  /** Writes the bytes from a position on. */
  void write(long position, ByteBuf to, int length) {
    long end = position + length;
    while (position < end) {
      if ((position & 7) == 0 && end - position >= Long.BYTES) {
        to.writeLongLE(word(position));
        position += Long.BYTES;
      } else {
        to.writeByte(at(position++));
      }
    }
  }

  /**
   * Reads bytes that should be those from a position on.
   *
   * @return the position of the first that is another, or −1; that one is the next to be read
   */
  long check(long position, ByteBuf from) {
    long end = position + from.readableBytes();
    while (position < end) {
      if ((position & 7) == 0
          && end - position >= Long.BYTES
          && from.getLongLE(from.readerIndex()) == word(position)) {
        from.skipBytes(Long.BYTES);
        position += Long.BYTES;
      } else if (from.getByte(from.readerIndex()) == at(position)) {
        from.skipBytes(1);
        position++;
      } else {
        return position;
      }
    }
    return -1;
  }
}
