package io.gatun.codec.can.bcm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The broadcast manager's messages become the kernel's structures and come back. */
final class BcmMessageTest {
  private static final CanId ID = CanId.standard(0x123);
  private static final CanFrame FRAME = CanFrame.parse("123#1122");

  private final ByteBuf buf = Unpooled.buffer();

  @Test
  void theBytesAreA64BitKernels() {
    assumeTrue(
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the bytes are little-endian ones");
    BcmMessage.cyclic(
            ID, 3, Duration.ofMillis(1500), Duration.ofNanos(2_000_001), List.of(FRAME, FRAME))
        .encode(buf);
    assertEquals(
        "01000000 07000000 03000000 00000000"
            + "0100000000000000 20a1070000000000 0000000000000000 d107000000000000"
            + "23010000 02000000"
            + "23010000 02000000 1122000000000000 23010000 02000000 1122000000000000",
        spaced(ByteBufUtil.hexDump(buf)));
  }

  /** Spaces as in the expected text, which is easier to read so. */
  private static String spaced(String hex) {
    int[] widths = {8, 8, 8, -8, 16, 16, 16, -16, 8, -8, 8, 8, 16, 8, 8, 16};
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (int width : widths) {
      out.append(hex, at, at + Math.abs(width));
      at += Math.abs(width);
      if (width > 0 && at < hex.length()) {
        out.append(' ');
      }
    }
    return out.append(hex.substring(at)).toString();
  }

  @Test
  void jobsAreAsked() {
    CanFrame fd = CanFrame.parse("123##1AABB");
    assertEquals(
        Set.of(BcmFlag.SETTIMER, BcmFlag.STARTTIMER, BcmFlag.CAN_FD_FRAME),
        BcmMessage.cyclic(ID, Duration.ofMillis(1), List.of(fd)).flags());
    assertEquals(Set.of(BcmFlag.TX_ANNOUNCE), BcmMessage.update(ID, true, List.of(FRAME)).flags());
    assertEquals(Set.of(), BcmMessage.update(ID, false, List.of(FRAME)).flags());
    BcmMessage send = BcmMessage.send(CanFrame.parse("12345678#R"));
    assertEquals(BcmOpcode.TX_SEND, send.opcode());
    assertEquals(0x92345678, send.id());
    assertEquals(
        Set.of(BcmFlag.RX_FILTER_ID, BcmFlag.SETTIMER, BcmFlag.STARTTIMER),
        BcmMessage.watchAll(ID, false, Duration.ofSeconds(1)).flags());
    assertEquals(
        Set.of(BcmFlag.SETTIMER),
        BcmMessage.watch(ID, FRAME, Duration.ZERO, Duration.ZERO).flags());
    BcmMessage multiplex =
        BcmMessage.watchMultiplex(
            ID,
            List.of(CanFrame.parse("123#FF00"), CanFrame.parse("123#01F0")),
            Duration.ZERO,
            Duration.ofMillis(100));
    assertEquals(2, multiplex.frames().size());
    assertEquals(Duration.ofMillis(100), multiplex.interval2());
    assertEquals(
        Set.of(BcmFlag.CAN_FD_FRAME), BcmMessage.about(BcmOpcode.RX_DELETE, ID, true).flags());
  }

  @Test
  void whatTheKernelWouldRefuseIsNoMessage() {
    CanFrame fd = CanFrame.parse("123##1AABB");
    for (Runnable wrong :
        List.<Runnable>of(
            () -> BcmMessage.cyclic(ID, Duration.ofMillis(-1), List.of(FRAME)),
            () -> BcmMessage.cyclic(ID, Duration.ofMillis(1), List.of()),
            () -> BcmMessage.cyclic(ID, Duration.ofMillis(1), Collections.nCopies(257, FRAME)),
            () -> BcmMessage.cyclic(ID, Duration.ofMillis(1), List.of(FRAME, fd)),
            () -> BcmMessage.cyclic(ID, Duration.ofMillis(1), List.of(fd, FRAME)),
            () ->
                BcmMessage.watchMultiplex(
                    ID, Collections.nCopies(258, FRAME), Duration.ZERO, Duration.ZERO),
            () -> BcmMessage.watchMultiplex(ID, List.of(), Duration.ZERO, Duration.ZERO),
            () -> BcmMessage.send(CanFrame.parse("20000040#0000000000000000")),
            () -> BcmMessage.about(BcmOpcode.TX_SETUP, ID, false),
            () ->
                new BcmMessage(
                    BcmOpcode.TX_SETUP,
                    Set.of(),
                    -1,
                    Duration.ZERO,
                    Duration.ZERO,
                    0,
                    List.of()))) {
      assertThrows(IllegalArgumentException.class, wrong::run);
    }
  }

  private static BcmMessage any(Random random) {
    EnumSet<BcmFlag> flags = EnumSet.noneOf(BcmFlag.class);
    for (BcmFlag flag : BcmFlag.values()) {
      if (random.nextBoolean()) {
        flags.add(flag);
      }
    }
    List<CanFrame> frames = new ArrayList<>();
    for (int i = random.nextInt(10) == 0 ? 257 : random.nextInt(4); i > 0; i--) {
      frames.add(flags.contains(BcmFlag.CAN_FD_FRAME) ? Frames.fd(random) : Frames.classic(random));
    }
    return new BcmMessage(
        List.of(BcmOpcode.values()).get(random.nextInt(12)),
        flags,
        random.nextInt(1000),
        Duration.ofNanos(random.nextLong(10_000_000_000L)),
        Duration.ofSeconds(random.nextLong(1L << 40)),
        Frames.id(random).raw(),
        frames);
  }

  @Test
  void everyMessageComesBackFromItsBytes() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      BcmMessage message = any(random);
      buf.clear().writeZero(i % 5).skipBytes(i % 5);
      message.encode(buf);
      assertEquals(message.size(), buf.readableBytes());
      assertEquals(message, BcmMessage.decode(buf));
      assertEquals(0, buf.readableBytes());
    }
  }

  @Test
  void cutMessagesAndRandomBytesAreRefusedOrRead() {
    Random random = new Random(2);
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      buf.clear();
      any(random).encode(buf);
      int whole = buf.readableBytes();
      buf.writerIndex(random.nextInt(whole));
      assertThrows(CanFormatException.class, () -> BcmMessage.decode(buf));
      assertEquals(0, buf.readerIndex(), "nothing is taken");
      buf.writerIndex(whole);
      for (int k = random.nextInt(4); k >= 0; k--) {
        buf.setByte(random.nextInt(Math.min(whole, 120)), random.nextInt());
      }
      try {
        BcmMessage.decode(buf);
        read++;
      } catch (CanFormatException e) {
        assertEquals(1, e.toString().lines().count());
      }
    }
    assertTrue(read > 1000, read + " read");
  }
}
