package io.gatun.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.dbc.DbcDatabase;
import io.gatun.codec.can.dbc.DbcException;
import io.gatun.codec.can.dbc.DbcMessage;
import io.gatun.codec.can.dbc.DbcValue;
import io.gatun.codec.can.isotp.IsoTpAddress;
import io.gatun.codec.can.isotp.IsoTpError;
import io.gatun.codec.can.isotp.IsoTpLink;
import io.gatun.codec.can.isotp.IsoTpOptions;
import io.gatun.codec.can.j1939.J1939Error;
import io.gatun.codec.can.j1939.J1939Id;
import io.gatun.codec.can.j1939.J1939Listener;
import io.gatun.codec.can.j1939.J1939Message;
import io.gatun.codec.can.j1939.J1939Name;
import io.gatun.codec.can.j1939.J1939Node;
import io.gatun.codec.can.j1939.J1939Transport;
import io.gatun.codec.can.slcan.SlcanDecoder;
import io.gatun.codec.can.slcan.SlcanMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;

/** The protocols over CAN's frames, and the texts beside them. */
final class CanProtocolDecoders {
  static final List<String> SLCAN_TEXTS =
      List.of(
          "\1t12321122\rT1234567801A2B\rr1234\rZ\rz\r\7",
          "\5d1239112233445566778899AABBCC\rB12345678111234\r",
          "\100V\rV1013\rNA123\rF82\rS6\rY2\rs031C\rZ1\rMFFFF0000\rm0000FFFF\rO\rL\rC\r",
          "\2sw096127\re2aB\rx00000ABC0\r\nt1231AAEA5F\r");

  static final List<String> DBC_TEXTS =
      List.of(
          """
          VERSION "1"
          NS_ : CM_
          BS_:
          BU_: A B
          BO_ 256 M: 8 A
           SG_ K M : 0|8@1+ (1,0) [0|0] "" B
           SG_ X m0 : 15|12@0- (0.5,-4) [-10|10] "rpm" B,A
           SG_ Y m1 : 32|32@1- (2,1) [0|0] "" Vector__XXX
          BO_TX_BU_ 256 : A,B;
          SIG_VALTYPE_ 256 Y : 1;
          SG_MUL_VAL_ 256 Y K 1-1, 4-6;
          """,
          """
          BO_ 1 M: 2 N
           SG_ S : 0|8@1+ (1,0) [0|0] "" N
          CM_ SG_ 1 S "a \\"b\\"";
          BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","StandardCAN_FD";
          BA_DEF_ SG_ "SystemSignalLongSymbol" STRING ;
          BA_DEF_DEF_ "VFrameFormat" "StandardCAN";
          BA_ "VFrameFormat" BO_ 1 1;
          BA_ "SystemSignalLongSymbol" SG_ 1 S "Long
          name";
          VAL_ 1 S 0 "off" 1 "on" ;
          VAL_TABLE_ T 1 "x" ;
          EV_ E: 0 [0|1] "" 0 1 DUMMY_NODE_VECTOR0 N;
          SIG_GROUP_ 1 G 1 : S;
          """);

  private static final long MILLI = 1_000_000;

  /** What a state machine may be kept busy with after the last byte. */
  private static final int MOST_RUNS = 100_000;

  private CanProtocolDecoders() {}

  /** The first byte is how many come at once. */
  static void slcan(byte[] data) {
    if (data.length == 0) {
      return;
    }
    int piece = Math.max(1, data[0] & 0xff);
    SlcanDecoder decoder = new SlcanDecoder();
    for (int at = 1; at < data.length; at += piece) {
      ByteBuf in = Unpooled.wrappedBuffer(data, at, Math.min(piece, data.length - at));
      for (SlcanMessage m = decoder.decode(in); m != null; m = decoder.decode(in)) {
        if (m instanceof SlcanMessage.Malformed malformed) {
          Texts.checkLine(new IllegalArgumentException(malformed.problem()));
        } else {
          ByteBuf line = Unpooled.buffer();
          m.encode(line);
          assertEquals(m, new SlcanDecoder().decode(line));
          assertFalse(line.isReadable());
        }
      }
      assertFalse(in.isReadable());
    }
    // Whatever was before it, a line is read.
    ByteBuf good = Unpooled.copiedBuffer("\rt1230\r", ISO_8859_1);
    SlcanMessage last = SlcanMessage.OK;
    for (SlcanMessage m = decoder.decode(good); m != null; m = decoder.decode(good)) {
      last = m;
    }
    assertEquals(SlcanMessage.frame(CanFrame.parse("123#")), last);
  }

  static void dbc(byte[] data) {
    String text = new String(data, ISO_8859_1);
    CanData payload = CanData.of(Arrays.copyOf(data, Math.min(data.length, 64)));
    for (boolean strict : new boolean[] {true, false}) {
      DbcDatabase db;
      try {
        db = strict ? DbcDatabase.parse(text) : DbcDatabase.parseLenient(text);
      } catch (DbcException e) {
        Texts.checkLine(e);
        continue;
      }
      for (DbcMessage message : db.messages()) {
        for (DbcValue value : message.decode(payload)) {
          assertTrue(value.signal().bits().end() <= payload.length());
          assertTrue(value.toString().startsWith(value.signal().name()));
        }
      }
    }
  }

  /** Bytes one after the other; 0 behind the last. */
  private static final class Script {
    private final byte[] bytes;
    private int at;

    Script(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean hasNext() {
      return at < bytes.length;
    }

    int next() {
      return hasNext() ? bytes[at++] & 0xff : 0;
    }

    CanData data(int count) {
      byte[] data = new byte[count];
      for (int i = 0; i < count; i++) {
        data[i] = (byte) next();
      }
      return CanData.of(data);
    }
  }

  private static void check(CanFrame frame) {
    ByteBuf buf = Unpooled.buffer();
    CanFrameCodec.encode(frame, buf);
    assertEquals(frame, CanFrameCodec.decode(buf));
  }

  /** Each step is a byte that says what happens, and what belongs to it. */
  static void isotp(byte[] data) {
    int longest = 5000;
    Script script = new Script(data);
    int options = script.next();
    IsoTpLink link =
        new IsoTpLink(
            IsoTpAddress.normal(CanId.standard(1), CanId.standard(2)),
            (options % 2 == 0 ? IsoTpOptions.DEFAULT : IsoTpOptions.DEFAULT.withFd(64, true))
                .withMaxLength(longest)
                .withFlowControl(options / 2 % 8, 0),
            new IsoTpLink.Listener() {
              @Override
              public void transmit(CanFrame frame) {
                check(frame);
              }

              @Override
              public void received(byte[] message) {
                assertTrue(message.length > 0 && message.length <= longest);
              }

              @Override
              public void sent() {}

              @Override
              public void failed(IsoTpError error) {}
            });
    long now = 0;
    while (script.hasNext()) {
      int step = script.next();
      switch (step % 8) {
        case 0 -> {
          if (!link.isSending()) {
            link.send(new byte[1 + script.next() * 4], now);
          }
        }
        case 1 -> now += script.next() * (10 * MILLI);
        case 2 -> link.hold(step > 127, now);
        case 3 ->
            link.receive(
                new CanFrame.Fd(CanId.standard(2), false, false, script.data(script.next() % 65)),
                now);
        default ->
            link.receive(new CanFrame.Classic(CanId.standard(2), script.data(step / 8 % 9)), now);
      }
      link.run(now);
    }
    for (int runs = 0; link.isBusy(); runs++) {
      assertTrue(runs < MOST_RUNS, "it does not end");
      now += link.timeLeft(now);
      link.run(now);
    }
    assertEquals(Long.MAX_VALUE, link.timeLeft(now));
  }

  static List<byte[]> isotpSeeds() {
    return List.of(
        bytes(0, 0x44, 0x10, 0x14, 1, 2, 3, 4, 5, 6, 0x44, 0x21, 7, 8, 9, 10, 11, 12, 13),
        bytes(2, 0, 20, 0x1c, 0x30, 2, 0, 1, 1, 0x1c, 0x31, 0, 0, 1, 200),
        bytes(1, 3, 12, 0, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2, 0x82));
  }

  /** Each step is a byte that says what happens, and what belongs to it. */
  static void j1939(byte[] data) {
    int longest = 5000;
    Script script = new Script(data);
    J1939Node node =
        new J1939Node(
            J1939Name.ofRaw((long) script.next() << 56 | 0x1234),
            0x20,
            new J1939Transport.Options(longest, 3, 1 + script.next() % 255, 50),
            1,
            new J1939Listener() {
              @Override
              public void transmit(CanFrame frame) {
                check(frame);
              }

              @Override
              public void received(J1939Message message) {
                assertTrue(message.data().length() <= longest);
              }

              @Override
              public void sent(J1939Message message) {}

              @Override
              public void failed(J1939Message message, boolean isOfSending, J1939Error error) {}

              @Override
              public void addressChanged(int address) {}
            });
    int[] groups = {0xec00, 0xeb00, 0xc800, 0xc700, 0xee00, 0xea00, 0xd000, 0xf000};
    long now = 0;
    node.start(now);
    while (script.hasNext()) {
      int step = script.next();
      switch (step % 8) {
        case 0 -> {
          int destination = step > 200 ? J1939Id.GLOBAL : 0x30;
          if (node.address() != J1939Id.NULL && !node.isSending(destination)) {
            int length = script.next() * 7;
            node.send(J1939Message.to(0xd000, destination, CanData.of(new byte[length])), now);
          }
        }
        case 1 -> now += script.next() * (10 * MILLI);
        case 2 -> node.hold(step > 127, now);
        default -> {
          int group = groups[step / 8 % 8];
          int to = step > 127 ? J1939Id.GLOBAL : node.address();
          int destination = J1939Id.isPdu1(group) ? to : J1939Id.GLOBAL;
          J1939Id id = new J1939Id(6, group, destination, 0x30 - step % 2 * 0x10);
          int length = group == 0xea00 ? 3 : 8;
          node.receive(new CanFrame.Classic(id.toCanId(), script.data(length)), now);
        }
      }
      node.run(now);
    }
    node.hold(false, now);
    for (int runs = 0; node.timeLeft(now) != Long.MAX_VALUE; runs++) {
      assertTrue(runs < MOST_RUNS, "it does not end");
      now += node.timeLeft(now);
      node.run(now);
    }
  }

  static List<byte[]> j1939Seeds() {
    return List.of(
        bytes(0x80, 3, 1, 30, 3, 16, 20, 0, 3, 255, 0, 0xd0, 0, 11, 1, 1, 2, 3, 4, 5, 6, 7),
        bytes(0, 9, 1, 30, 0, 3, 4, 17, 2, 1, 255, 255, 0, 0xd0, 0, 1, 1, 4, 19, 20, 0, 3),
        bytes(0x80, 200, 1, 30, 19, 20, 0, 8, 0, 0, 0, 0xd0, 0, 19, 22, 9, 0, 0, 0, 0, 0xd0, 0),
        bytes(0, 1, 1, 30, 36, 0, 0, 0, 0, 0, 0, 0, 0, 44, 0, 0xee, 0));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
