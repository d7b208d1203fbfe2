package io.gatun.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class ByteSequenceTest {
  private static final int LENGTH = 40;

  private final ByteSequence bytes = new ByteSequence(7);

  private ByteBuf write(long position, int length) {
    ByteBuf buffer = Unpooled.buffer();
    bytes.write(position, buffer, length);
    return buffer;
  }

  @Test
  void theBytesOfAPositionAreTheSameHoweverTheyAreCut() {
    byte[] whole = ByteBufUtil.getBytes(write(0, LENGTH));
    for (int from = 0; from <= LENGTH; from++) {
      for (int to = from; to <= LENGTH; to++) {
        ByteBuf part = write(from, to - from);
        assertEquals(Unpooled.wrappedBuffer(whole, from, to - from), part);
        assertEquals(-1, bytes.check(from, part));
        assertEquals(0, part.readableBytes());
      }
    }
  }

  @Test
  void aChangedByteIsFoundWhereItIs() {
    for (int from = 0; from < 9; from++) {
      for (int wrong = 0; wrong < LENGTH; wrong++) {
        ByteBuf buffer = write(from, LENGTH);
        buffer.setByte(wrong, buffer.getByte(wrong) ^ 1);
        assertEquals(from + wrong, bytes.check(from, buffer));
        assertEquals(wrong, buffer.readerIndex());
      }
    }
  }

  @Test
  void anotherPositionOrSeedIsAnotherSequence() {
    assertEquals(0, bytes.check(0, write(1, LENGTH)));
    assertNotEquals(-1, new ByteSequence(8).check(0, write(0, LENGTH)));
  }
}
