package io.gatun.codec.can;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.testkit.Allocation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A view reads and writes frames where they lie, and costs no garbage. */
final class CanFrameViewTest {
  private final ByteBuf buf = Unpooled.buffer(4096);
  private final CanFrameView view = new CanFrameView();

  @Test
  void whatAViewSaysIsWhatTheFrameSays() {
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      CanFrame frame = Frames.any(random);
      buf.clear();
      CanFrameCodec.encode(frame, buf);
      view.wrap(buf, 0, buf.readableBytes());
      assertEquals(frame, view.toFrame());
      assertEquals(frame.toString(), view.toString());
      assertEquals(frame.data().length(), view.length());
      switch (frame) {
        case CanFrame.Classic classic -> {
          assertEquals(CanFrameView.Kind.CLASSIC, view.kind());
          assertEquals(classic.dlc(), view.dlc());
          assertEquals(classic.id().value(), view.id());
          assertEquals(classic.id().isExtended(), view.isExtended());
          assertEquals(classic.id().raw(), view.rawId());
        }
        case CanFrame.Fd fd -> {
          assertEquals(fd.dlc(), view.dlc());
          assertEquals(fd.bitRateSwitch(), view.bitRateSwitch());
          assertEquals(fd.errorStateIndicator(), view.errorStateIndicator());
        }
        case CanFrame.Xl xl -> {
          assertEquals(xl.priority(), view.id());
          assertEquals(xl.vcid(), view.vcid());
          assertEquals(xl.sdt(), view.sdt());
          assertEquals(xl.acceptance(), view.acceptance());
          assertFalse(view.isExtended());
        }
        case CanFrame.Remote remote -> assertEquals(remote.dlc(), view.dlc());
        case CanFrame.ErrorFrame error -> assertEquals(error.classes(), view.id());
      }
    }
  }

  @Test
  void aFrameIsChangedWhereItLies() {
    CanFrameCodec.encode(CanFrame.parse("12345678##0AABB"), buf);
    view.wrap(buf, 0, 72);
    view.setId(0x1abcdef0);
    view.setByte(1, 0x1cc);
    view.setBitRateSwitch(true);
    view.setErrorStateIndicator(true);
    view.setErrorStateIndicator(false);
    assertEquals("1ABCDEF0##1AACC", CanFrameCodec.decode(buf).toString());

    int size = view.putXl(buf, 3, 0x123, 0x45, 2);
    view.setData(new byte[] {9, 1, 2, 9}, 1, 2);
    view.setAcceptance(0x8899aabb);
    view.setSdt(6);
    view.setVcid(0x46);
    view.setSimpleExtendedContent(true);
    view.setRemoteRequestSubstitution(true);
    view.setId(0x321);
    assertEquals("46321#83:06:8899AABB#0102", CanFrameCodec.decode(buf, 3, size).toString());

    view.putError(buf, 0, 0x40);
    view.setId(0x100);
    assertEquals("20000100#0000000000000000", view.toString());
  }

  @Test
  void whatAFrameDoesNotHaveIsNotWritten() {
    view.putClassic(buf, 0, 0x123, 2);
    assertThrows(IllegalStateException.class, () -> view.setBitRateSwitch(true));
    assertThrows(IllegalStateException.class, () -> view.setVcid(1));
    assertThrows(IllegalArgumentException.class, () -> view.setId(0x800));
    assertThrows(IndexOutOfBoundsException.class, () -> view.setByte(2, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> view.getByte(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> view.setData(new byte[3], 0, 3));
    assertThrows(IllegalArgumentException.class, () -> view.putClassic(buf, 0, 0x800, 0));
    assertThrows(IllegalArgumentException.class, () -> view.putClassic(buf, 0, 0, 16));
    assertThrows(IllegalArgumentException.class, () -> view.putFd(buf, 0, 0, 65));
    assertThrows(IllegalArgumentException.class, () -> view.putXl(buf, 0, 0, 0, 0));
    assertFalse(view.bitRateSwitch());
    assertEquals(0, view.vcid());
    assertEquals("123#0000", view.toString());
    view.unwrap();
    assertEquals("no frame", view.toString());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readingAndWritingAllocatesNothing(boolean direct) {
    Level level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(Level.DISABLED);
    ByteBuf buf = direct ? Unpooled.directBuffer(4096) : Unpooled.buffer(4096);
    try {
      long[] sum = new long[1];
      int frames = 10_000;
      long least =
          Allocation.least(
              frames / 10,
              () -> {
                for (int i = 0; i < frames; i += 3) {
                  sum[0] += touch(buf, view.putClassic(buf, 0, i & 0x7ff, 8));
                  sum[0] += touch(buf, view.putFd(buf, 0, (i & 0x7ff) | Layout.EFF, 64));
                  sum[0] += touch(buf, view.putXl(buf, 0, i & 0x7ff, 1, 200));
                }
              });
      assertTrue(sum[0] != 0);
      assertTrue(least <= frames / 10, least + " bytes for " + frames + " frames");
      System.out.println(
          (direct ? "direct" : "heap") + ": " + least + " bytes for " + frames + " frames");
    } finally {
      buf.release();
      ResourceLeakDetector.setLevel(level);
    }
  }

  private int touch(ByteBuf buf, int size) {
    view.setByte(3, size);
    view.wrap(buf, 0, size);
    view.setId(view.id() ^ 1);
    return view.id() + view.length() + view.getByte(3) + view.dlc() + (view.isExtended() ? 1 : 0);
  }
}
