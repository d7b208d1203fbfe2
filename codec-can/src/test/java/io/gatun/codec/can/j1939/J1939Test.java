package io.gatun.codec.can.j1939;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.Frames;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identifiers, names, claims and long messages of J1939, frame by frame and between nodes. */
final class J1939Test {
  private static final long MILLI = 1_000_000;
  private static final int PDU1 = 0xd000;
  private static final int PDU2 = 0x1f005;
  private static final J1939Transport.Options OPTIONS =
      new J1939Transport.Options(J1939Transport.ETP_MAX, 8, 16, 50);

  /** Writes down what a node tells. */
  private static final class Told implements J1939Listener {
    final List<CanFrame> frames = new ArrayList<>();
    final List<J1939Message> messages = new ArrayList<>();
    final List<J1939Message> sent = new ArrayList<>();
    final List<J1939Error> errors = new ArrayList<>();
    final List<Integer> addresses = new ArrayList<>();

    @Override
    public void transmit(CanFrame frame) {
      frames.add(frame);
    }

    @Override
    public void received(J1939Message message) {
      messages.add(message);
    }

    @Override
    public void sent(J1939Message message) {
      sent.add(message);
    }

    @Override
    public void failed(J1939Message message, boolean isOfSending, J1939Error error) {
      errors.add(error);
    }

    @Override
    public void addressChanged(int address) {
      addresses.add(address);
    }

    String take() {
      String text = String.join(" ", frames.stream().map(CanFrame::toString).toList());
      frames.clear();
      return text;
    }
  }

  private final Told told = new Told();

  private static J1939Name name(boolean capable, int identity) {
    return new J1939Name(capable, 1, 2, 3, 4, 5, 6, 7, identity);
  }

  private static CanData bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    return CanData.of(bytes);
  }

  private J1939Transport transport() {
    return new J1939Transport(0x80, OPTIONS, told);
  }

  private static void receive(J1939Transport transport, long now, String... frames) {
    for (String frame : frames) {
      transport.receive(CanFrame.parse(frame), now);
    }
  }

  // ---- Identifiers and names

  @Test
  void anIdentifierHasAGroupAndAddresses() {
    J1939Id pdu1 = new J1939Id(6, 0xea00, 0xff, 0x80);
    assertEquals("18EAFF80", pdu1.toCanId().toString());
    J1939Id pdu2 = new J1939Id(3, PDU2, J1939Id.GLOBAL, 0x21);
    assertEquals("0DF00521", pdu2.toCanId().toString());
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      CanId id = CanId.extended(random.nextInt(CanId.MAX_EXTENDED + 1));
      assertEquals(id, J1939Id.of(id).toCanId());
    }
    assertThrows(IllegalArgumentException.class, () -> J1939Id.of(CanId.standard(1)));
    assertThrows(IllegalArgumentException.class, () -> new J1939Id(8, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new J1939Id(6, 0xea01, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new J1939Id(6, PDU2, 0x20, 0));
  }

  @Test
  void aNameHasItsFieldsWhereTheKernelHasThem() {
    // linux/can/j1939.h numbers the bits.
    assertEquals(1L << 63, new J1939Name(true, 0, 0, 0, 0, 0, 0, 0, 0).raw());
    assertEquals(7L << 60, new J1939Name(false, 7, 0, 0, 0, 0, 0, 0, 0).raw());
    assertEquals(15L << 56, new J1939Name(false, 0, 15, 0, 0, 0, 0, 0, 0).raw());
    assertEquals(127L << 49, new J1939Name(false, 0, 0, 127, 0, 0, 0, 0, 0).raw());
    assertEquals(255L << 40, new J1939Name(false, 0, 0, 0, 255, 0, 0, 0, 0).raw());
    assertEquals(31L << 35, new J1939Name(false, 0, 0, 0, 0, 31, 0, 0, 0).raw());
    assertEquals(7L << 32, new J1939Name(false, 0, 0, 0, 0, 0, 7, 0, 0).raw());
    assertEquals(2047L << 21, new J1939Name(false, 0, 0, 0, 0, 0, 0, 2047, 0).raw());
    Random random = new Random(2);
    for (int i = 0; i < 10_000; i++) {
      J1939Name name = J1939Name.ofRaw(random.nextLong());
      assertEquals(name, J1939Name.ofRaw(name.raw()));
      assertEquals(name, J1939Name.ofData(name.toData()));
    }
    assertTrue(name(false, 1).compareTo(name(true, 0)) < 0);
    assertThrows(IllegalArgumentException.class, () -> name(true, 1 << 21));
  }

  // ---- Claims

  private J1939Claim claim(J1939Name name) {
    J1939Claim claim = new J1939Claim(name, 0x80, 1, told);
    claim.start(0);
    return claim;
  }

  private static CanFrame claimOf(J1939Name name, int address) {
    return new CanFrame.Classic(
        new J1939Id(6, J1939Claim.PGN_CLAIMED, J1939Id.GLOBAL, address).toCanId(), name.toData());
  }

  @Test
  void anAddressToWhichNobodyObjectsIsClaimed() {
    // The reserved bit is 0.
    J1939Claim claim = claim(J1939Name.ofRaw(0x0122456789abcdefL));
    assertEquals("18EAFFFE#00EE00 18EEFF80#EFCDAB8967452201", told.take());
    assertEquals(J1939Id.NULL, claim.address());
    assertEquals(250 * MILLI, claim.timeLeft(0));
    claim.run(249 * MILLI);
    assertEquals(List.of(), told.addresses);
    claim.run(250 * MILLI);
    assertEquals(List.of(0x80), told.addresses);
    assertEquals(0x80, claim.address());
    assertEquals(Long.MAX_VALUE, claim.timeLeft(250 * MILLI));
    // Asked of all, of itself, of another, and for something else.
    claim.receive(CanFrame.parse("18EAFF01#00EE00"), 0);
    claim.receive(CanFrame.parse("18EA8001#00EE00"), 0);
    claim.receive(CanFrame.parse("18EA8101#00EE00"), 0);
    claim.receive(CanFrame.parse("18EAFF01#00EF00"), 0);
    assertEquals("18EEFF80#EFCDAB8967452201 18EEFF80#EFCDAB8967452201", told.take());
  }

  @Test
  void theLesserNameKeepsTheAddress() {
    J1939Claim claim = claim(name(false, 10));
    claim.run(250 * MILLI);
    told.take();
    claim.receive(claimOf(name(false, 11), 0x80), 0);
    assertEquals(claimOf(name(false, 10), 0x80).toString(), told.take());
    claim.receive(claimOf(name(false, 10), 0x80), 0); // its own
    claim.receive(claimOf(name(false, 12), 0x81), 0);
    assertEquals("", told.take());
    assertEquals(name(false, 12), claim.nameOf(0x81));
    assertEquals(0x81, claim.addressOf(name(false, 12)));
    assertEquals(J1939Id.NULL, claim.addressOf(name(false, 11)));
    assertNull(claim.nameOf(0x80));
    claim.receive(claimOf(name(false, 12), J1939Id.NULL), 0);
    assertNull(claim.nameOf(0x81));
    assertEquals(0x80, claim.address());
  }

  @Test
  void whoLosesAndMayTakeAnotherAddressDoes() {
    J1939Claim claim = claim(name(true, 10));
    claim.run(250 * MILLI);
    claim.receive(claimOf(name(false, 20), 129), 0);
    told.take();
    claim.receive(claimOf(name(true, 9), 0x80), 300 * MILLI);
    assertEquals(claimOf(name(true, 10), 130).toString(), told.take());
    assertEquals(List.of(0x80, J1939Id.NULL), told.addresses);
    claim.run(550 * MILLI);
    assertEquals(130, claim.address());
    // None is left.
    for (int address = 128; address <= 247; address++) {
      claim.receive(claimOf(name(false, 1000 + address), address), 600 * MILLI);
    }
    claim.run(1000 * MILLI);
    assertEquals(claimOf(name(true, 10), J1939Id.NULL), told.frames.getLast());
    assertEquals(J1939Id.NULL, claim.address());
  }

  @Test
  void whoLosesAndMayNotSaysSoAfterAWhile() {
    J1939Claim claim = claim(name(false, 10));
    told.take();
    claim.receive(claimOf(name(false, 9), 0x80), 0);
    assertEquals("", told.take());
    long delay = claim.timeLeft(0);
    assertTrue(delay <= 153 * MILLI, delay + " ns");
    claim.run(delay);
    assertEquals(claimOf(name(false, 10), J1939Id.NULL).toString(), told.take());
    assertEquals(Long.MAX_VALUE, claim.timeLeft(delay));
    claim.receive(CanFrame.parse("18EAFF01#00EE00"), 1000 * MILLI);
    claim.receive(CanFrame.parse("18EAFF01#00EE00"), 1000 * MILLI);
    claim.run(1153 * MILLI);
    assertEquals(claimOf(name(false, 10), J1939Id.NULL).toString(), told.take());
    assertEquals(List.of(), told.addresses);
  }

  @Test
  void anAddressIsCommanded() {
    J1939Node one = new J1939Node(name(false, 1), 0x20, OPTIONS, 1, told);
    Told other = new Told();
    J1939Node two = new J1939Node(name(false, 2), 0x21, OPTIONS, 2, other);
    one.start(0);
    two.start(0);
    long now = run(List.of(one, two), List.of(told, other), 0, 0);
    byte[] command = new byte[9];
    System.arraycopy(name(false, 2).toData().toArray(), 0, command, 0, 8);
    command[8] = 0x30;
    one.send(J1939Message.to(J1939Claim.PGN_COMMANDED, J1939Id.GLOBAL, CanData.of(command)), now);
    run(List.of(one, two), List.of(told, other), now, 0);
    assertEquals(0x30, two.address());
    assertEquals(0x30, one.claim().addressOf(name(false, 2)));
    assertEquals(List.of(0x21, J1939Id.NULL, 0x30), other.addresses);
  }

  // ---- Transport, frame by frame

  @Test
  void aShortMessageIsAFrame() {
    J1939Transport transport = transport();
    transport.send(J1939Message.to(PDU1, 0x90, bytes(8)), 0);
    transport.send(J1939Message.to(PDU2, J1939Id.GLOBAL, bytes(1)), 0);
    assertEquals("18D09080#0102030405060708 19F00580#01", told.take());
    receive(transport, 0, "18D08090#01", "18D08190#02", "18D0FF90#03", "123#04", "19F00590##005");
    assertEquals(
        List.of(
            new J1939Message(6, PDU1, 0x80, 0x90, bytes(1)),
            new J1939Message(6, PDU1, J1939Id.GLOBAL, 0x90, CanData.ofInts(3))),
        told.messages);
    transport.setAddress(J1939Id.NULL);
    assertThrows(
        IllegalStateException.class,
        () -> transport.send(J1939Message.to(PDU1, 0x90, bytes(8)), 0));
  }

  @Test
  void aMessageToAllGoesAtItsPace() {
    J1939Transport transport = transport();
    transport.send(J1939Message.to(PDU2, J1939Id.GLOBAL, bytes(9)), 0);
    assertEquals("1CECFF80#20090002FF05F001", told.take());
    assertTrue(transport.isSending(J1939Id.GLOBAL));
    transport.run(49 * MILLI);
    assertEquals("", told.take());
    transport.run(50 * MILLI);
    assertEquals("1CEBFF80#0101020304050607", told.take());
    transport.run(100 * MILLI);
    assertEquals("1CEBFF80#020809FFFFFFFFFF", told.take());
    assertEquals(1, told.sent.size());
    assertFalse(transport.isBusy());
  }

  @Test
  void aMessageToOneGoesAsThatOneAsks() {
    J1939Transport transport = transport();
    transport.send(J1939Message.to(PDU1, 0x90, bytes(20)), 0);
    assertEquals("1CEC9080#10140003FF00D000", told.take());
    assertThrows(
        IllegalStateException.class,
        () -> transport.send(J1939Message.to(PDU1, 0x90, bytes(9)), 0));
    receive(transport, 0, "1CEC8090#1100FFFFFF00D000"); // hold
    assertEquals(1050 * MILLI, transport.timeLeft(0));
    receive(transport, 0, "1CEC8090#110201FFFF00D000");
    transport.run(0);
    assertEquals("1CEB9080#0101020304050607 1CEB9080#0208090A0B0C0D0E", told.take());
    assertEquals(1250 * MILLI, transport.timeLeft(0));
    // The second one again.
    receive(transport, 0, "1CEC8090#110202FFFF00D000");
    transport.run(0);
    assertEquals("1CEB9080#0208090A0B0C0D0E 1CEB9080#030F1011121314FF", told.take());
    receive(transport, 0, "1CEC8090#13140003FF00D000");
    assertEquals(1, told.sent.size());
    assertEquals(List.of(), told.errors);
  }

  @Test
  void aMessageOfTheExtendedProtocolHasOffsets() {
    J1939Transport transport = transport();
    transport.send(J1939Message.to(PDU1, 0x90, bytes(1786)), 0);
    assertEquals("1CC89080#14FA06000000D000", told.take());
    receive(transport, 0, "1CC88090#1502FF000000D000");
    assertEquals(List.of(J1939Error.BAD_SEQUENCE), told.errors);
    assertEquals("1CC89080#FF07FFFFFF00D000", told.take());
    transport.send(J1939Message.to(PDU1, 0x90, bytes(1786)), 0);
    receive(transport, 0, "1CC88090#15FF01000000D000");
    while (transport.timeLeft(0) == 0) {
      transport.run(0);
    }
    told.take();
    receive(transport, 0, "1CC88090#15FF00010000D000");
    transport.run(0);
    assertEquals("1CC89080#1601FF000000D000 1CC79080#01FAFFFFFFFFFFFF", told.take());
    receive(transport, 0, "1CC88090#17FA06000000D000");
    assertEquals(1, told.sent.size());
  }

  @Test
  void aMessageFromOneIsAskedFor() {
    J1939Transport transport = transport();
    receive(transport, 0, "1CEC8090#1014000302" + "00D000");
    assertEquals("1CEC9080#110201FFFF00D000", told.take());
    receive(transport, 0, "1CEB8090#0101020304050607", "1CEB8090#0101020304050607");
    assertEquals(750 * MILLI, transport.timeLeft(0));
    receive(transport, 0, "1CEB8090#0208090A0B0C0D0E");
    assertEquals("1CEC9080#110103FFFF00D000", told.take());
    receive(transport, 0, "1CEB8090#030F1011121314FF");
    assertEquals("1CEC9080#13140003FF00D000", told.take());
    assertEquals(bytes(20), told.messages.getFirst().data());
    assertFalse(transport.isBusy());
  }

  @Test
  void whatLacksIsAskedForAgainTwiceAndThenGivenUp() {
    J1939Transport transport = transport();
    receive(transport, 0, "1CEC8090#10140003FF00D000", "1CEB8090#0101020304050607");
    told.take();
    receive(transport, 0, "1CEB8090#030F1011121314FF");
    assertEquals("1CEC9080#110202FFFF00D000", told.take());
    transport.run(1250 * MILLI);
    assertEquals("1CEC9080#110202FFFF00D000", told.take());
    transport.run(2500 * MILLI);
    assertEquals("1CEC9080#FF03FFFFFF00D000", told.take());
    assertEquals(List.of(J1939Error.TIMEOUT), told.errors);
  }

  @Test
  void aReceiverPutsTheSenderOff() {
    J1939Transport transport = transport();
    transport.hold(true, 0);
    receive(transport, 0, "1CEC8090#10140003FF00D000");
    assertEquals("1CEC9080#1100FFFFFF00D000", told.take());
    transport.run(500 * MILLI);
    assertEquals("1CEC9080#1100FFFFFF00D000", told.take());
    transport.hold(false, 600 * MILLI);
    assertEquals("1CEC9080#110301FFFF00D000", told.take());
  }

  @Test
  void transfersEndInErrorsOfTheirNames() {
    J1939Transport transport =
        new J1939Transport(0x80, new J1939Transport.Options(100, 2, 16, 50), told);
    receive(transport, 0, "1CEC8090#1065000FFF00D000"); // 101 bytes
    receive(transport, 0, "1CEC8090#10140004FF00D000"); // 4 packets
    receive(transport, 0, "1CEC8091#10140003FF00D000", "1CEC8092#10140003FF00D000");
    receive(transport, 0, "1CEC8093#10140003FF00D000"); // a third one
    receive(transport, 0, "1CEC8091#10140003FF00D000"); // anew
    receive(transport, 0, "1CEC8091#FF02FFFFFF00D000");
    transport.setAddress(0x81);
    assertEquals(
        List.of(
            J1939Error.RESOURCES,
            J1939Error.BAD_SIZE,
            J1939Error.RESOURCES,
            J1939Error.INTERRUPTED,
            J1939Error.RESOURCES,
            J1939Error.INTERRUPTED),
        told.errors);
    told.errors.clear();
    told.take();
    J1939Message message = J1939Message.to(PDU1, 0x90, bytes(20));
    transport.send(message, 0);
    transport.run(1250 * MILLI);
    transport.send(message, 0);
    receive(transport, 0, "1CEC8190#110101FFFF00D000", "1CEC8190#110101FFFF00D000");
    transport.send(message, 0);
    for (int i = 0; i < 5; i++) {
      receive(transport, 0, "1CEC8190#110101FFFF00D000");
      transport.run(0);
    }
    transport.send(message, 0);
    receive(transport, 0, "1CEC8190#FF01FFFFFF00D000");
    receive(transport, 0, "1CECFF90#20140003FF00D000", "1CEBFF90#0208090A0B0C0D0E");
    receive(transport, 0, "1CECFF90#20140003FF00D000");
    transport.run(750 * MILLI);
    assertEquals(
        List.of(
            J1939Error.TIMEOUT,
            J1939Error.UNEXPECTED_CTS,
            J1939Error.TOO_MANY_RETRIES,
            J1939Error.BUSY,
            J1939Error.BAD_SEQUENCE,
            J1939Error.TIMEOUT),
        told.errors);
    assertFalse(transport.isBusy());
    assertThrows(
        IllegalArgumentException.class,
        () -> transport.send(J1939Message.to(PDU2, J1939Id.GLOBAL, bytes(1786)), 0));
  }

  // ---- Between nodes

  /** Runs nodes on a bus that loses one of so many frames, until nothing is waited for. */
  private static long run(List<J1939Node> nodes, List<Told> told, long start, int loss) {
    Random random = new Random(start);
    long now = start;
    while (true) {
      boolean moved = false;
      for (int i = 0; i < nodes.size(); i++) {
        List<CanFrame> frames = List.copyOf(told.get(i).frames);
        told.get(i).frames.clear();
        moved |= !frames.isEmpty();
        for (CanFrame frame : frames) {
          for (int j = 0; j < nodes.size(); j++) {
            if (j != i && (loss == 0 || random.nextInt(loss) != 0)) {
              nodes.get(j).receive(frame, now);
            }
          }
        }
      }
      long left = Long.MAX_VALUE;
      for (J1939Node node : nodes) {
        left = Math.min(left, node.timeLeft(now));
      }
      if (left == Long.MAX_VALUE && !moved) {
        return now;
      }
      if (left != Long.MAX_VALUE) {
        now += moved ? 0 : left;
        for (J1939Node node : nodes) {
          node.run(now);
        }
      }
    }
  }

  private static List<J1939Node> nodes(List<Told> told) {
    List<J1939Node> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      told.add(new Told());
      nodes.add(new J1939Node(name(true, i), 0x80, OPTIONS, i, told.get(i)));
    }
    nodes.forEach(node -> node.start(0));
    return nodes;
  }

  @Test
  void nodesFindAddressesAndEveryLengthArrives() {
    List<Told> told = new ArrayList<>();
    List<J1939Node> nodes = nodes(told);
    long now = run(nodes, told, 0, 0);
    told.forEach(t -> t.messages.clear()); // claims are messages too
    assertEquals(List.of(128, 129, 130), nodes.stream().map(J1939Node::address).sorted().toList());
    assertEquals(0x80, nodes.get(0).address()); // the least name
    Random random = new Random(5);
    for (int length = 0; length < 300_000; length += length < 120 ? 1 : length / 2) {
      CanData data = Frames.data(random, length);
      J1939Message one = J1939Message.to(PDU1, nodes.get(1).address(), data);
      nodes.get(0).send(one, now);
      nodes.get(2).send(one, now);
      boolean toAll = length <= J1939Transport.TP_MAX;
      if (toAll) {
        nodes.get(1).send(J1939Message.to(PDU2, J1939Id.GLOBAL, data), now);
      }
      now = run(nodes, told, now, 0);
      assertEquals(2, told.get(1).messages.size(), length + " bytes");
      for (J1939Message message : told.get(1).messages) {
        assertEquals(data, message.data());
      }
      for (int i : new int[] {0, 2}) {
        assertEquals(toAll ? 1 : 0, told.get(i).messages.size());
        assertTrue(told.get(i).messages.stream().allMatch(m -> m.data().equals(data)));
      }
      told.forEach(t -> t.messages.clear());
    }
    assertTrue(told.stream().allMatch(t -> t.errors.isEmpty()));
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 60, 200, 1000})
  void aBusThatLosesFramesEndsInBytesOrInAnError(int loss) {
    List<Told> told = new ArrayList<>();
    List<J1939Node> nodes = nodes(told);
    long now = run(nodes, told, 0, 0);
    told.forEach(t -> t.messages.clear());
    Random random = new Random(loss);
    int exact = 0;
    int failed = 0;
    for (int i = 0; i < 500; i++) {
      int length = random.nextInt(9, random.nextBoolean() ? 400 : 4000);
      CanData data = Frames.data(random, length);
      boolean toAll = length <= J1939Transport.TP_MAX && random.nextBoolean();
      int destination = toAll ? J1939Id.GLOBAL : nodes.get(1).address();
      nodes.get(0).send(J1939Message.to(PDU1, destination, data), now);
      long end = run(nodes, told, now, loss);
      // A message to all takes 255 packets and the time between them; one to one waits for each
      // block twice at most.
      assertTrue(end - now < 200_000 * MILLI, end - now + " ns");
      now = end;
      assertTrue(told.get(1).messages.stream().allMatch(m -> m.data().equals(data)), "other bytes");
      boolean arrived = !told.get(1).messages.isEmpty();
      boolean error = !told.get(0).errors.isEmpty() || !told.get(1).errors.isEmpty();
      // Of a message to all whose beginning is lost nobody knows.
      assertTrue(arrived || error || toAll, "nothing said of a message lost");
      exact += arrived ? 1 : 0;
      failed += error ? 1 : 0;
      told.forEach(t -> {
        t.messages.clear();
        t.errors.clear();
      });
    }
    assertTrue(exact > 10 && failed > 10, exact + " arrived, " + failed + " failed");
    System.out.println("1 of " + loss + " lost: " + exact + " arrived, " + failed + " with errors");
  }

  @Test
  void randomFramesNeverThrow() {
    Random random = new Random(8);
    J1939Node node = new J1939Node(name(true, 3), 0x80, OPTIONS, 1, told);
    node.start(0);
    int[] groups = {
      J1939Transport.TP_CM,
      J1939Transport.TP_DT,
      J1939Transport.ETP_CM,
      J1939Transport.ETP_DT,
      J1939Claim.PGN_CLAIMED,
      J1939Claim.PGN_REQUEST
    };
    int[] controls = {16, 17, 19, 20, 21, 22, 23, 32, 255};
    long now = 0;
    for (int i = 0; i < 300_000; i++) {
      byte[] data = new byte[random.nextInt(20) == 0 ? random.nextInt(9) : 8];
      random.nextBytes(data);
      for (int b = 0; b < data.length; b++) {
        data[b] = random.nextInt(3) == 0 ? data[b] : (byte) random.nextInt(4);
      }
      if (data.length > 0 && random.nextBoolean()) {
        data[0] = (byte) controls[random.nextInt(controls.length)];
      }
      int destination =
          switch (random.nextInt(4)) {
            case 0 -> J1939Id.GLOBAL;
            case 1 -> random.nextInt(256);
            default -> node.address();
          };
      int group = groups[random.nextInt(groups.length)];
      J1939Id id = new J1939Id(7, group, destination, 0x90 + random.nextInt(3));
      node.receive(new CanFrame.Classic(id.toCanId(), CanData.of(data)), now);
      int peer = 0x90 + random.nextInt(3);
      if (node.address() != J1939Id.NULL && !node.isSending(peer) && random.nextInt(9) == 0) {
        node.send(J1939Message.to(PDU1, peer, bytes(random.nextInt(9, 3000))), now);
      }
      now += random.nextLong(100 * MILLI);
      node.run(now);
      told.frames.clear();
      told.messages.clear();
    }
    assertTrue(told.errors.size() > 100);
  }
}
