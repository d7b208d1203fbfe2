package io.gatun.codec.can;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames become the kernel's structures and come back; what is no structure is refused. */
final class CanFrameCodecTest {
  private final ByteBuf buf = Unpooled.buffer();

  /** The texts are of a little-endian host. */
  @ParameterizedTest
  @CsvSource({
    "123#1122, 23010000 02000000 1122000000000000",
    "12345678#, 78563492 00000000 0000000000000000",
    "123#1122334455667788_E, 23010000 0800000e 1122334455667788",
    "123#R4, 23010040 04000000 0000000000000000",
    "12345678#R8_F, 785634d2 0800000f 0000000000000000",
    "20000044#0001000000000000, 44000020 08000000 0001000000000000",
    "45123#82:07:00112233#DDEE, 23014500 82070200 33221100 ddee"
  })
  void theBytesAreTheKernels(String text, String hex) {
    assumeTrue(
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the bytes are little-endian ones");
    CanFrameCodec.encode(CanFrame.parse(text), buf);
    assertEquals(hex.replace(" ", ""), ByteBufUtil.hexDump(buf));
    assertEquals(CanFrameCodec.size(CanFrame.parse(text)), buf.readableBytes());
    assertEquals(text, CanFrameCodec.decode(buf).toString());
    assertEquals(0, buf.readableBytes());
  }

  @Test
  void aCanFdFrameHasItsFlags() {
    CanFrameCodec.encode(CanFrame.parse("123##3AABB"), buf);
    assertEquals(CanFrameCodec.FD_SIZE, buf.readableBytes());
    assertEquals(2, buf.getByte(4));
    assertEquals(7, buf.getByte(5), "BRS, ESI and FDF");
    assertEquals("AABB" + "00".repeat(62), CanData.of(buf, 8, 64).toString());
  }

  /** Memory that was another's goes to nobody. */
  @Test
  void noByteIsLeftAsItWas() {
    Random random = new Random(2);
    for (int i = 0; i < 1000; i++) {
      CanFrame frame = Frames.any(random);
      ByteBuf clean = Unpooled.buffer().setZero(0, 256);
      ByteBuf dirty = Unpooled.buffer(4096);
      for (int k = 0; k < 4096; k++) {
        dirty.setByte(k, 0xff);
      }
      CanFrameCodec.encode(frame, clean);
      CanFrameCodec.encode(frame, dirty);
      assertEquals(clean, dirty, frame.toString());
    }
  }

  @Test
  void everyFrameComesBackFromAnyPlaceInABuffer() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      CanFrame frame = Frames.any(random);
      int offset = random.nextInt(20);
      buf.clear().writeZero(offset);
      CanFrameCodec.encode(frame, buf);
      int size = buf.writerIndex() - offset;
      assertEquals(frame, CanFrameCodec.decode(buf, offset, size));
    }
  }

  @Test
  void theKernelsOddValuesAreRead() {
    CanFrameCodec.encode(CanFrame.parse("123#1122334455667788"), buf);
    buf.setByte(7, 0x20); // no length code
    assertEquals("123#1122334455667788", CanFrameCodec.decode(buf, 0, 16).toString());
    buf.setByte(4, 7).setByte(7, 9); // a length code belongs to 8 bytes
    assertEquals("123#11223344556677", CanFrameCodec.decode(buf, 0, 16).toString());
  }

  @Test
  void whatIsNoFrameIsRefused() {
    CanFrameCodec.encode(CanFrame.parse("123#1122"), buf);
    buf.writeZero(4096);
    for (int size = 0; size < 2100; size++) {
      if (size != 16 && size != 72) {
        int length = size;
        assertThrows(CanFormatException.class, () -> CanFrameCodec.decode(buf, 0, length));
      }
    }
    buf.setByte(4, 9);
    refused(16);
    buf.setByte(4, 65);
    refused(72);
    buf.setByte(4, 8);
    Layout.setInt(buf, 0, Layout.RTR | 1);
    refused(72);
    Layout.setInt(buf, 0, Layout.ERR | 1);
    refused(72);
    buf.setByte(4, 7);
    refused(16);
    buf.setByte(4, 0x80);
    Layout.setInt(buf, 0, 1);
    Layout.setShort(buf, 6, 0);
    refused(12);
    Layout.setShort(buf, 6, 2049);
    refused(12 + 2049);
    Layout.setShort(buf, 6, 1);
    Layout.setInt(buf, 0, 0x800);
    refused(13);
  }

  private void refused(int size) {
    CanFormatException error =
        assertThrows(CanFormatException.class, () -> CanFrameCodec.decode(buf, 0, size));
    assertEquals(1, error.toString().lines().count());
  }

  /** Whatever bytes come: a frame whose bytes make the same frame, or the one exception. */
  @Test
  void randomBytesAreAFrameOrRefused() {
    Random random = new Random(4);
    int frames = 0;
    byte[] bytes = new byte[CanFrameCodec.MAX_SIZE + 8];
    for (int i = 0; i < 20_000; i++) {
      int size =
          switch (random.nextInt(4)) {
            case 0 -> 16;
            case 1 -> 72;
            case 2 -> random.nextInt(100);
            default -> random.nextInt(bytes.length);
          };
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        bytes[4] = (byte) random.nextInt(12);
      }
      buf.clear().writeBytes(bytes, 0, size);
      try {
        CanFrame frame = CanFrameCodec.decode(buf);
        frames++;
        buf.clear();
        CanFrameCodec.encode(frame, buf);
        assertEquals(frame, CanFrameCodec.decode(buf));
      } catch (CanFormatException e) {
        assertEquals(1, e.toString().lines().count());
      }
    }
    assertTrue(frames > 1_000, frames + " frames");
  }
}
