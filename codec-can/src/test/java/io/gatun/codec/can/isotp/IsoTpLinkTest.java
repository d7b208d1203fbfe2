package io.gatun.codec.can.isotp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.Frames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One end of ISO-TP, frame by frame, and two ends on a bus that may lose frames. */
final class IsoTpLinkTest {
  private static final CanId OWN = CanId.standard(0x7e0);
  private static final CanId PEER = CanId.standard(0x7e8);
  private static final IsoTpAddress ADDRESS = IsoTpAddress.normal(OWN, PEER);
  private static final long MILLI = 1_000_000;

  /** Writes down what a link tells. */
  static final class Told implements IsoTpLink.Listener {
    final List<CanFrame> frames = new ArrayList<>();
    final List<byte[]> messages = new ArrayList<>();
    final List<IsoTpError> errors = new ArrayList<>();
    int sent;

    @Override
    public void transmit(CanFrame frame) {
      frames.add(frame);
    }

    @Override
    public void received(byte[] message) {
      messages.add(message);
    }

    @Override
    public void sent() {
      sent++;
    }

    @Override
    public void failed(IsoTpError error) {
      errors.add(error);
    }

    /** The frames that were sent, which are forgotten. */
    String take() {
      String text = String.join(" ", frames.stream().map(CanFrame::toString).toList());
      frames.clear();
      return text;
    }
  }

  private final Told told = new Told();

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    return bytes;
  }

  private IsoTpLink link(IsoTpOptions options) {
    return new IsoTpLink(ADDRESS, options, told);
  }

  private static void receive(IsoTpLink link, long now, String... frames) {
    for (String frame : frames) {
      assertTrue(link.receive(CanFrame.parse(frame), now));
    }
  }

  // ---- What is sent

  @Test
  void aShortMessageIsOneFrame() {
    IsoTpLink link = link(IsoTpOptions.DEFAULT);
    link.send(bytes(1), 0);
    link.send(bytes(7), 0);
    assertEquals("7E0#0101 7E0#0701020304050607", told.take());
    assertEquals(2, told.sent);
    link(IsoTpOptions.DEFAULT.withPadding(0xaa)).send(bytes(2), 0);
    assertEquals("7E0#020102AAAAAAAAAA", told.take());
    IsoTpAddress mixed = IsoTpAddress.mixed(OWN, PEER, 0x99);
    new IsoTpLink(mixed, IsoTpOptions.DEFAULT, told).send(bytes(6), 0);
    assertEquals("7E0#9906010203040506", told.take());
  }

  @Test
  void aFrameOfCanFdTakesALongerMessage() {
    IsoTpLink link = link(IsoTpOptions.DEFAULT.withFd(64, true));
    link.send(bytes(7), 0);
    link.send(bytes(8), 0);
    assertEquals("7E0##10701020304050607 7E0##100080102030405060708CCCC", told.take());
    link.send(bytes(62), 0);
    assertEquals(64, told.frames.getFirst().data().length());
    assertEquals("003E01", told.take().substring(6, 12));
    link.send(bytes(63), 0);
    assertEquals("103F01", told.take().substring(6, 12));
    assertEquals(3, told.sent);
  }

  @Test
  void aLongMessageGoesAsTheReceiverAllows() {
    IsoTpLink link = link(IsoTpOptions.DEFAULT);
    link.send(bytes(30), 0);
    assertEquals("7E0#101E010203040506", told.take());
    assertEquals(1000 * MILLI, link.timeLeft(0));
    assertThrows(IllegalStateException.class, () -> link.send(bytes(1), 0));
    // Two frames, 10 ms apart.
    receive(link, 5, "7E8#30020A");
    link.run(5);
    assertEquals("7E0#210708090A0B0C0D", told.take());
    assertEquals(10 * MILLI, link.timeLeft(5));
    link.run(6);
    assertEquals("", told.take());
    link.run(5 + 10 * MILLI);
    assertEquals("7E0#220E0F1011121314", told.take());
    assertEquals(1000 * MILLI, link.timeLeft(5 + 10 * MILLI));
    // 300 µs apart, then all.
    long now = 20 * MILLI;
    receive(link, now, "7E8#3001F3");
    link.run(now);
    assertEquals("7E0#2315161718191A1B", told.take());
    receive(link, now, "7E8#300000");
    assertFalse(told.sent > 0);
    link.run(now);
    assertEquals("7E0#241C1D1E", told.take());
    assertEquals(1, told.sent);
    assertFalse(link.isBusy());
    assertEquals(Long.MAX_VALUE, link.timeLeft(now));
  }

  @Test
  void separationTimesAreThoseOfTheStandard() {
    for (int[] time :
        new int[][] {
          {0, 0},
          {1, 1_000_000},
          {0x7f, 127_000_000},
          {0xf1, 100_000},
          {0xf9, 900_000},
          {0x80, 127_000_000},
          {0xf0, 127_000_000},
          {0xfa, 127_000_000},
          {0xff, 127_000_000}
        }) {
      IsoTpLink link = link(IsoTpOptions.DEFAULT);
      link.send(bytes(1000), 0);
      receive(link, 0, "7E8#3000%02X".formatted(time[0]));
      link.run(0);
      assertEquals(time[1], link.timeLeft(0), "STmin " + time[0]);
    }
  }

  @Test
  void aBurstIsBounded() {
    IsoTpLink link = link(IsoTpOptions.DEFAULT);
    link.send(bytes(4095), 0);
    receive(link, 0, "7E8#300000");
    told.take();
    for (int left = 585; left > 0; left -= IsoTpLink.BURST) {
      assertEquals(0, link.timeLeft(0));
      link.run(0);
      assertEquals(Math.min(left, IsoTpLink.BURST), told.frames.size());
      told.frames.clear();
    }
    assertEquals(1, told.sent);
  }

  @Test
  void aLengthOfMoreThanTwelveBitsIsEscaped() {
    IsoTpLink link = link(IsoTpOptions.DEFAULT);
    link.send(bytes(4095), 0);
    assertEquals("7E0#1FFF010203040506", told.take());
    IsoTpLink other = link(IsoTpOptions.DEFAULT);
    other.send(bytes(4096), 0);
    assertEquals("7E0#1000000010000102", told.take());
  }

  @Test
  void sendingEndsInAnErrorOfItsName() {
    IsoTpOptions options = IsoTpOptions.DEFAULT.withMaxWaits(2);
    IsoTpLink link = link(options);
    link.send(bytes(20), 0);
    link.run(1000 * MILLI - 1);
    assertTrue(link.isSending());
    link.run(1000 * MILLI);
    link.send(bytes(20), 0);
    receive(link, 1, "7E8#310000");
    link.run(1000 * MILLI);
    receive(link, 2, "7E8#310000", "7E8#310000");
    link.send(bytes(20), 0);
    receive(link, 0, "7E8#320000");
    link.send(bytes(20), 0);
    receive(link, 0, "7E8#330000");
    assertEquals(
        List.of(
            IsoTpError.FLOW_CONTROL_TIMEOUT,
            IsoTpError.TOO_MANY_WAITS,
            IsoTpError.OVERFLOW,
            IsoTpError.INVALID_FLOW_STATUS),
        told.errors);
    assertTrue(told.errors.stream().allMatch(IsoTpError::isOfSending));
    assertFalse(link.isBusy());
    assertEquals(0, told.sent);
  }

  @Test
  void toManyGoesASingleFrameAlone() {
    IsoTpLink link = new IsoTpLink(ADDRESS.functional(), IsoTpOptions.DEFAULT, told);
    link.send(bytes(7), 0);
    assertThrows(IllegalArgumentException.class, () -> link.send(bytes(8), 0));
    assertThrows(IllegalArgumentException.class, () -> link.send(bytes(0), 0));
    told.take();
    receive(link, 0, "7E8#101E010203040506", "7E8#0155");
    assertEquals("", told.take());
    assertEquals(1, told.messages.size());
    assertEquals(
        "18DB33F1 18DAF133",
        IsoTpAddress.functionalFixed(0xf1, 0x33).transmit()
            + " "
            + IsoTpAddress.normalFixed(0x33, 0xf1).transmit());
  }

  // ---- What is received

  @Test
  void aMessageIsPutTogether() {
    IsoTpLink link = link(IsoTpOptions.DEFAULT.withFlowControl(2, 5));
    receive(link, 0, "7E8#101E010203040506");
    assertEquals("7E0#300205", told.take());
    receive(link, 0, "7E8#210708090A0B0C0D", "7E8#220E0F1011121314");
    assertEquals("7E0#300205", told.take());
    receive(link, 0, "7E8#2315161718191A1B", "7E8#241C1D1EAAAAAAAA");
    assertEquals("", told.take());
    assertArrayEquals(bytes(30), told.messages.getFirst());
    assertEquals(List.of(), told.errors);
    assertFalse(link.isBusy());
  }

  @Test
  void framesOfOthersAndThoseThatSayNothingAreNone() {
    IsoTpLink link = link(IsoTpOptions.DEFAULT);
    assertFalse(link.receive(CanFrame.parse("7E0#0155"), 0));
    assertFalse(link.receive(CanFrame.parse("000007E8#0155"), 0));
    assertFalse(link.receive(CanFrame.parse("7E8#R1"), 0));
    IsoTpAddress extended = IsoTpAddress.extended(OWN, PEER, 0x10, 0x20);
    IsoTpLink other = new IsoTpLink(extended, IsoTpOptions.DEFAULT, told);
    assertFalse(other.receive(CanFrame.parse("7E8#100155"), 0));
    assertFalse(other.receive(CanFrame.parse("7E8#"), 0));
    receive(other, 0, "7E8#20", "7E8#200177");
    assertArrayEquals(new byte[] {0x77}, told.messages.removeFirst());
    receive(
        link,
        0,
        "7E8#",
        "7E8#00",
        "7E8#0801020304050607",
        "7E8#0301",
        "7E8#1014",
        "7E8#1007010203040506", // fits in a single frame
        "7E8#1000000000200102", // needs no escape
        "7E8#2155",
        "7E8#30",
        "7E8#300000",
        "7E8#4155",
        "7E8#F155",
        "7E8##000",
        "7E8##00109010203040506070809",
        "7E8##0000B010203040506070809");
    assertEquals("", told.take());
    assertEquals(0, told.messages.size() + told.errors.size());
    assertFalse(link.isBusy());
  }

  @Test
  void receivingEndsInAnErrorOfItsName() {
    IsoTpLink link = link(IsoTpOptions.DEFAULT.withMaxLength(100));
    receive(link, 0, "7E8#1014010203040506");
    link.run(1000 * MILLI);
    receive(link, 0, "7E8#1014010203040506", "7E8#2207");
    assertTrue(link.isBusy()); // a frame that is too short is none
    receive(link, 0, "7E8#2207080910111213");
    receive(link, 0, "7E8#1014010203040506", "7E8#0155");
    told.take();
    receive(link, 0, "7E8#1065010203040506");
    assertEquals("7E0#320000", told.take());
    receive(link, 0, "7E8#1000FFFFFFFF0102");
    assertEquals("7E0#320000", told.take());
    assertEquals(
        List.of(
            IsoTpError.FRAME_TIMEOUT,
            IsoTpError.WRONG_SEQUENCE,
            IsoTpError.INTERRUPTED,
            IsoTpError.TOO_LONG,
            IsoTpError.TOO_LONG),
        told.errors);
    assertFalse(told.errors.stream().anyMatch(IsoTpError::isOfSending));
    assertEquals(1, told.messages.size());
    assertFalse(link.isBusy());
  }

  @Test
  void aReceiverPutsTheSenderOff() {
    IsoTpLink link = link(IsoTpOptions.DEFAULT.withMaxWaits(2));
    link.hold(true, 0);
    receive(link, 0, "7E8#1008010203040506");
    assertEquals("7E0#310000", told.take());
    link.run(500 * MILLI);
    assertEquals("7E0#310000", told.take());
    link.hold(false, 600 * MILLI);
    assertEquals("7E0#300000", told.take());
    receive(link, 600 * MILLI, "7E8#210708");
    assertArrayEquals(bytes(8), told.messages.getFirst());
    link.hold(true, 0);
    receive(link, 0, "7E8#1008010203040506");
    link.run(500 * MILLI);
    link.run(1000 * MILLI);
    assertEquals(List.of(IsoTpError.HELD_TOO_LONG), told.errors);
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    IsoTpOptions options = IsoTpOptions.DEFAULT;
    assertThrows(IllegalArgumentException.class, () -> options.withFd(13, false));
    assertThrows(IllegalArgumentException.class, () -> options.withFd(4, false));
    assertThrows(IllegalArgumentException.class, () -> options.withPadding(256));
    assertThrows(IllegalArgumentException.class, () -> options.withFlowControl(0, 0x80));
    assertThrows(IllegalArgumentException.class, () -> options.withFlowControl(256, 0));
    assertThrows(IllegalArgumentException.class, () -> options.withMaxLength(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> options.withTimeouts(Duration.ZERO, Duration.ofSeconds(1)));
    assertThrows(IllegalArgumentException.class, () -> IsoTpAddress.extended(OWN, PEER, 256, 0));
  }

  // ---- Two ends

  /** What a bus does to a frame. */
  private interface Fault {
    /** How often it arrives; a frame may also be held back behind the next one. */
    int copies();

    boolean late();
  }

  private static final Fault NONE =
      new Fault() {
        @Override
        public int copies() {
          return 1;
        }

        @Override
        public boolean late() {
          return false;
        }
      };

  private static Fault faults(RandomGenerator random) {
    return new Fault() {
      @Override
      public int copies() {
        return switch (random.nextInt(60)) {
          case 0 -> 0;
          case 1 -> 2;
          default -> 1;
        };
      }

      @Override
      public boolean late() {
        return random.nextInt(60) == 0;
      }
    };
  }

  /** Two links and the time between them. */
  private static final class Pair {
    final Told[] told = {new Told(), new Told()};
    final IsoTpLink[] links;
    final Fault fault;
    long now;

    Pair(IsoTpAddress address, IsoTpOptions one, IsoTpOptions two, Fault fault) {
      links =
          new IsoTpLink[] {
            new IsoTpLink(address, one, told[0]), new IsoTpLink(address.reversed(), two, told[1])
          };
      this.fault = fault;
    }

    /** Runs until nothing is under way and nothing is waited for. */
    void run() {
      while (true) {
        boolean moved = deliver(0);
        moved |= deliver(1);
        long left = Math.min(links[0].timeLeft(now), links[1].timeLeft(now));
        if (left == Long.MAX_VALUE && !moved) {
          return;
        }
        if (left != Long.MAX_VALUE) {
          if (!moved) {
            now += left;
          }
          links[0].run(now);
          links[1].run(now);
        }
      }
    }

    private boolean deliver(int from) {
      List<CanFrame> frames = new ArrayList<>();
      for (CanFrame frame : told[from].frames) {
        for (int i = fault.copies(); i > 0; i--) {
          frames.add(frames.isEmpty() || !fault.late() ? frames.size() : frames.size() - 1, frame);
        }
      }
      boolean any = !told[from].frames.isEmpty();
      told[from].frames.clear();
      frames.forEach(frame -> links[1 - from].receive(frame, now));
      return any;
    }
  }

  static List<IsoTpOptions> options() {
    IsoTpOptions plain = IsoTpOptions.DEFAULT;
    return List.of(
        plain,
        plain.withPadding(0),
        plain.withFlowControl(1, 0),
        plain.withFlowControl(8, 1),
        plain.withFlowControl(255, 0xf1),
        plain.withFd(8, false),
        plain.withFd(12, false).withFlowControl(3, 0xf9),
        plain.withFd(24, false).withPadding(0x55),
        plain.withFd(64, true),
        plain.withFd(64, true).withFlowControl(1, 0x7f));
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyLengthArrives(IsoTpOptions options) {
    Random random = new Random(1);
    for (IsoTpAddress address :
        List.of(
            ADDRESS,
            IsoTpAddress.extended(OWN, PEER, 1, 2),
            IsoTpAddress.mixed(CanId.extended(1), CanId.extended(2), 0xf0),
            IsoTpAddress.normalFixed(1, 2))) {
      Pair pair = new Pair(address, options, IsoTpOptions.DEFAULT.withFlowControl(7, 2), NONE);
      for (int length = 1; length < 70_000; length += length < 200 ? 1 : length / 3) {
        byte[] there = Frames.data(random, length).toArray();
        byte[] back = Frames.data(random, random.nextInt(1, 300)).toArray();
        pair.links[0].send(there, pair.now);
        pair.links[1].send(back, pair.now);
        pair.run();
        assertArrayEquals(there, pair.told[1].messages.removeFirst());
        assertArrayEquals(back, pair.told[0].messages.removeFirst());
      }
      assertEquals(List.of(), pair.told[0].errors);
      assertEquals(List.of(), pair.told[1].errors);
      assertEquals(pair.told[0].sent, pair.told[1].sent);
    }
  }

  /**
   * A frame that is lost, comes twice or late ends in the exact bytes or in an error that says so.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aBusThatLosesFramesEndsInBytesOrInAnError(long seed) {
    Random random = new Random(seed);
    int exact = 0;
    int failed = 0;
    for (int i = 0; i < 2000; i++) {
      IsoTpOptions options = options().get(random.nextInt(options().size()));
      Pair pair = new Pair(ADDRESS, options, options, faults(random));
      byte[] message = Frames.data(random, random.nextInt(1, 1500)).toArray();
      pair.links[0].send(message, 0);
      pair.run();
      boolean arrived = pair.told[1].messages.stream().anyMatch(m -> Arrays.equals(m, message));
      boolean other = pair.told[1].messages.stream().anyMatch(m -> !Arrays.equals(m, message));
      boolean error = !pair.told[0].errors.isEmpty() || !pair.told[1].errors.isEmpty();
      assertFalse(other, "other bytes");
      // A single frame that is lost is known to nobody: there is no answer to it.
      assertTrue(arrived || error || message.length <= 62, "nothing said of a message lost");
      // At most an N_Bs a block, and the longest time between two frames.
      assertTrue(pair.now < 500_000 * MILLI, pair.now + " ns");
      assertFalse(pair.links[0].isBusy() || pair.links[1].isBusy());
      exact += arrived ? 1 : 0;
      failed += error ? 1 : 0;
    }
    assertTrue(exact > 200 && failed > 200, exact + " arrived, " + failed + " failed");
    System.out.println("seed " + seed + ": " + exact + " arrived, " + failed + " with errors");
  }

  @Test
  void randomFramesNeverThrow() {
    Random random = new Random(8);
    IsoTpOptions options = IsoTpOptions.DEFAULT.withMaxLength(10_000).withFlowControl(3, 0);
    IsoTpLink link = link(options);
    long now = 0;
    for (int i = 0; i < 300_000; i++) {
      byte[] data = new byte[random.nextInt(10) == 0 ? random.nextInt(65) : random.nextInt(9)];
      random.nextBytes(data);
      if (data.length > 0 && random.nextBoolean()) {
        data[0] &= 0x3f;
      }
      CanFrame frame =
          data.length > 8 || random.nextInt(5) == 0
              ? new CanFrame.Fd(PEER, false, false, CanData.of(data))
              : new CanFrame.Classic(PEER, CanData.of(data));
      link.receive(frame, now);
      if (!link.isSending() && random.nextInt(10) == 0) {
        link.send(bytes(random.nextInt(1, 200)), now);
      }
      now += random.nextLong(20 * MILLI);
      link.run(now);
      told.frames.clear();
      told.messages.clear();
    }
    assertTrue(told.errors.size() > 100);
  }
}
