package io.gatun.codec.can;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CanBitTimingTest {
  private static int bits(String text) {
    return CanBitTiming.bits(view(text));
  }

  private static CanFrameView view(String text) {
    ByteBuf buf = Unpooled.buffer();
    CanFrameCodec.encode(CanFrame.parse(text), buf);
    return new CanFrameView().wrap(buf, 0, buf.readableBytes());
  }

  /** Bit by bit, as the standard has it: the frame, then what is stuffed. */
  private static int slowly(int id, boolean extended, boolean remote, int dlc, byte[] data) {
    List<Integer> bits = new ArrayList<>();
    bits.add(0);
    if (extended) {
      append(bits, id >>> 18, 11);
      append(bits, 0b11, 2);
      append(bits, id & 0x3ffff, 18);
    } else {
      append(bits, id, 11);
    }
    bits.add(remote ? 1 : 0);
    append(bits, 0, 2);
    append(bits, dlc, 4);
    for (byte octet : remote ? new byte[0] : data) {
      append(bits, octet & 0xff, 8);
    }
    int crc = 0;
    for (int bit : bits) {
      boolean next = bit != (crc >> 14 & 1);
      crc = crc << 1 & 0x7fff;
      if (next) {
        crc ^= 0x4599;
      }
    }
    append(bits, crc, 15);
    int stuffed = 0;
    int run = 0;
    int last = -1;
    for (int bit : bits) {
      run = bit == last ? run + 1 : 1;
      last = bit;
      if (run == 5) {
        stuffed++;
        last = 1 - bit;
        run = 1;
      }
    }
    return bits.size() + stuffed + 1 + 1 + 1 + 7 + 3;
  }

  private static void append(List<Integer> bits, int value, int count) {
    for (int i = count - 1; i >= 0; i--) {
      bits.add(value >> i & 1);
    }
  }

  @Test
  void aClassicFrameHasTheBitsOfTheStandard() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      boolean extended = random.nextBoolean();
      boolean remote = random.nextInt(4) == 0;
      int id = random.nextInt(extended ? 1 << 29 : 1 << 11) & random.nextInt();
      byte[] data = new byte[random.nextInt(9)];
      random.nextBytes(data);
      if (random.nextBoolean()) {
        java.util.Arrays.fill(data, (byte) (random.nextBoolean() ? 0 : -1)); // most stuff bits
      }
      ByteBuf buf = Unpooled.buffer(16);
      CanFrameView view = new CanFrameView();
      int raw = extended ? id | 0x8000_0000 : id;
      if (remote) {
        view.putRemote(buf, 0, raw, data.length);
      } else {
        view.putClassic(buf, 0, raw, data.length);
        view.setData(data, 0, data.length);
      }
      assertEquals(
          slowly(id, extended, remote, data.length, data),
          CanBitTiming.bits(view),
          () -> view.toString());
    }
  }

  /** 7,407 to 9,009 frames a second of 8 bytes, 18,182 to 21,277 of none, at 1 Mbit/s. */
  @Test
  void theBoundsAreThoseOfTheLiterature() {
    Random random = new Random(2);
    for (int i = 0; i < 10_000; i++) {
      int eight = bits("%03X#%016X".formatted(random.nextInt(0x800), random.nextLong()));
      assertTrue(eight >= 111 && eight <= 135, () -> "8 bytes: " + eight);
      int none = bits("%03X#".formatted(random.nextInt(0x800)));
      assertTrue(none >= 47 && none <= 55, () -> "no bytes: " + none);
    }
  }

  @Test
  void theDataOfCanFdTakeTheSecondBitRate() {
    String data = "55".repeat(64);
    int without = bits("555##0" + data);
    assertEquals(without, bits("555##1" + data), 1); // BRS may stuff one bit more or less
    CanBitTiming timing = new CanBitTiming(500_000, 5_000_000);
    long slow = timing.nanos(view("555##0" + data));
    long fast = timing.nanos(view("555##1" + data));
    assertEquals(without * 2000L, slow);
    assertTrue(fast < slow / 5, () -> slow + " and " + fast);
    // 29 bits and more of arbitration at 2 µs, 550 to 700 bits of data at 0.2 µs.
    assertTrue(fast >= 29 * 2000 + 550 * 200 && fast < 36 * 2000 + 700 * 200, () -> "" + fast);
  }

  @Test
  void aLowBitRateDoesNotOverflow() {
    long nanos = new CanBitTiming(10).nanos(view("555#5555555555555555"));
    assertTrue(nanos >= 111 * 100_000_000L && nanos <= 135 * 100_000_000L, () -> nanos + " ns");
  }

  @Test
  void arbitrationOrdersFramesAsTheBusDoes() {
    List<Integer> raw =
        List.of(
            0x000,
            0x001,
            0x001 | 0x4000_0000,
            0x0004_0000 | 0x8000_0000,
            0x0004_0001 | 0x8000_0000,
            0x0004_0001 | 0xC000_0000,
            0x7ff,
            0x1fff_ffff | 0x8000_0000);
    for (int i = 1; i < raw.size(); i++) {
      int at = i;
      assertTrue(
          CanId.arbitrationOrder(raw.get(i - 1)) < CanId.arbitrationOrder(raw.get(i)),
          () -> "%x before %x".formatted(raw.get(at - 1), raw.get(at)));
    }
  }
}
