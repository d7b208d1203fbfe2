package io.gatun.codec.can.slcan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.Frames;
import io.gatun.codec.can.slcan.SlcanMessage.Command;
import io.gatun.codec.can.slcan.SlcanMessage.Frame;
import io.gatun.codec.can.slcan.SlcanMessage.Malformed;
import io.gatun.codec.can.slcan.SlcanMessage.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of SLCAN, in whatever pieces they come. */
final class SlcanTest {
  private final SlcanDecoder decoder = new SlcanDecoder();

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private List<SlcanMessage> decode(ByteBuf in) {
    List<SlcanMessage> messages = new ArrayList<>();
    for (SlcanMessage m = decoder.decode(in); m != null; m = decoder.decode(in)) {
      messages.add(m);
    }
    return messages;
  }

  private static String encode(SlcanMessage message) {
    ByteBuf buf = Unpooled.buffer();
    message.encode(buf);
    return buf.toString(StandardCharsets.ISO_8859_1);
  }

  private static Frame frame(String text) {
    return SlcanMessage.frame(CanFrame.parse(text));
  }

  static List<Arguments> lines() {
    return List.of(
        Arguments.of("t1230\r", frame("123#")),
        Arguments.of("t7FF81122334455667788\r", frame("7FF#1122334455667788")),
        Arguments.of("T1ABCDEF02CAFE\r", frame("1ABCDEF0#CAFE")),
        Arguments.of("r1234\r", frame("123#R4")),
        Arguments.of("R000001238\r", frame("00000123#R8")),
        Arguments.of("d12391122334455667788AABBCCDD\r", frame("123##01122334455667788AABBCCDD")),
        Arguments.of("b1230\r", frame("123##1")),
        Arguments.of("B1ABCDEF01AA\r", frame("1ABCDEF0##1AA")),
        Arguments.of("t1231AAEA5F\r", new Frame(CanFrame.parse("123#AA"), 59_999)),
        Arguments.of("r12340000\r", new Frame(CanFrame.parse("123#R4"), 0)),
        Arguments.of("\r", SlcanMessage.OK),
        Arguments.of("\7", SlcanMessage.ERROR),
        Arguments.of("z\r", Reply.SENT),
        Arguments.of("Z\r", Reply.SENT_EXTENDED),
        Arguments.of("O\r", Command.OPEN),
        Arguments.of("L\r", Command.LISTEN),
        Arguments.of("C\r", Command.CLOSE),
        Arguments.of("V\r", Command.VERSION),
        Arguments.of("V1013\r", new SlcanMessage.Version(0x10, 0x13)),
        Arguments.of("N\r", Command.SERIAL_NUMBER),
        Arguments.of("NA123\r", new SlcanMessage.SerialNumber("A123")),
        Arguments.of("F\r", Command.STATUS),
        Arguments.of("F82\r", new SlcanMessage.Status(0x82)),
        Arguments.of("P\r", Command.POLL),
        Arguments.of("A\r", Command.POLL_ALL),
        Arguments.of("S6\r", SlcanMessage.BitRate.of(500_000)),
        Arguments.of("S9\r", SlcanMessage.BitRate.of(83_300)),
        Arguments.of("Y5\r", new SlcanMessage.DataBitRate(5)),
        Arguments.of("s031C\r", new SlcanMessage.BitTiming(0x031c)),
        Arguments.of("Z1\r", new SlcanMessage.Timestamps(true)),
        Arguments.of("Z0\r", new SlcanMessage.Timestamps(false)),
        Arguments.of("MFFFF0000\r", new SlcanMessage.AcceptanceCode(0xffff_0000)),
        Arguments.of("m0000FFFF\r", new SlcanMessage.AcceptanceMask(0xffff)),
        Arguments.of("sw096127\r", new SlcanMessage.State('w', 96, 127)),
        Arguments.of("e2aB\r", new SlcanMessage.Errors("aB")));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void aLineAndItsMessageAreOneAnother(String line, SlcanMessage message) {
    assertEquals(line, encode(message));
    assertEquals(List.of(message), decode(bytes(line)));
  }

  @Test
  void smallDigitsLineFeedsAndCandaptersLetterAreTaken() {
    assertEquals(
        List.of(frame("7AF#CAFE"), frame("00000ABC#"), Command.OPEN),
        decode(bytes("t7af2cafe\r\nx00000abc0\r\nO\r")));
  }

  @Test
  void whatIsMalformedCostsItsLineAlone() {
    String good = "t1230\r";
    for (String bad :
        List.of(
            "t12",
            "t123",
            "t1239",
            "t8000",
            "t123x",
            "t12312",
            "t1231AAB",
            "t1231AAEA5F0",
            "T200000000",
            "T12",
            "r1239",
            "d123911",
            "q",
            "\u00ff\u0000",
            "S",
            "S12",
            "Sx",
            "Y0",
            "s12",
            "sx001002",
            "sb0010021",
            "e0",
            "e3ab",
            "e1z",
            "V1",
            "V12345",
            "F1",
            "Z2",
            "OO",
            "M123",
            "N\u00e4",
            "N" + "x".repeat(40),
            "t".repeat(10_000))) {
      List<SlcanMessage> messages = decode(bytes(bad + "\r" + good));
      assertEquals(2, messages.size(), bad);
      Malformed malformed = assertInstanceOf(Malformed.class, messages.get(0), bad);
      assertEquals(1, malformed.problem().lines().count());
      assertEquals(frame("123#"), messages.get(1), bad);
    }
    Malformed cut = assertInstanceOf(Malformed.class, decode(bytes("t123112AB\r")).getFirst());
    assertEquals("\"t123112AB\": cut off, at index 9", cut.problem());
    assertThrows(IllegalArgumentException.class, () -> cut.encode(Unpooled.buffer()));
  }

  @Test
  void anAnswerOfNoEndsWhatStandsBeforeIt() {
    List<SlcanMessage> messages = decode(bytes("t12\7t1230\r"));
    assertInstanceOf(Malformed.class, messages.get(0));
    assertEquals(List.of(SlcanMessage.ERROR, frame("123#")), messages.subList(1, 3));
  }

  @Test
  void whatSlcanCannotCarryIsRefusedAndNothingWritten() {
    ByteBuf buf = Unpooled.buffer();
    for (String text : List.of("20000040#0000000000000000", "45123#81:00:00112233#DD")) {
      assertThrows(IllegalArgumentException.class, () -> frame(text).encode(buf));
    }
    assertEquals(0, buf.readableBytes());
    assertEquals("d1239" + "11".repeat(9) + "000000\r", encode(frame("123##0" + "11".repeat(9))));
    assertEquals("t12381122334455667788\r", encode(frame("123#1122334455667788_E")));
  }

  /** The pieces in which bytes come change nothing. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100_000})
  void framesComeThroughInPieces(int piece) {
    Random random = new Random(piece);
    List<SlcanMessage> sent = new ArrayList<>();
    ByteBuf wire = Unpooled.buffer();
    for (int i = 0; i < 2000; i++) {
      CanFrame frame =
          switch (random.nextInt(3)) {
            case 0 -> new CanFrame.Classic(Frames.id(random), Frames.data(random, i % 9));
            case 1 -> new CanFrame.Remote(Frames.id(random), random.nextInt(9));
            default ->
                new CanFrame.Fd(
                    Frames.id(random),
                    random.nextBoolean(),
                    false,
                    Frames.data(random, CanFrame.Fd.length(random.nextInt(16))));
          };
      sent.add(new Frame(frame, random.nextBoolean() ? -1 : random.nextInt(60_000)));
      sent.getLast().encode(wire);
    }
    List<SlcanMessage> received = new ArrayList<>();
    while (wire.isReadable()) {
      received.addAll(decode(wire.readSlice(Math.min(piece, wire.readableBytes()))));
    }
    assertEquals(sent, received);
  }

  /** Every answer is a message or a line that is malformed, and a good line behind is read. */
  @Test
  void randomAndTruncatedBytesNeverThrow() {
    Random random = new Random(4);
    String letters = "tTrRdDbBxSYsZMmOLCVNFPAzeqabO0123456789aAfF\r\7\n\u00ff";
    List<String> lines = lines().stream().map(a -> (String) a.get()[0]).toList();
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      if (i % 2 == 0) {
        for (int n = random.nextInt(20); n > 0; n--) {
          text.append(letters.charAt(random.nextInt(letters.length())));
        }
      } else {
        text.append(lines.get(random.nextInt(lines.size())));
        text.setLength(random.nextInt(text.length() + 1));
        if (!text.isEmpty()) {
          text.setCharAt(
              random.nextInt(text.length()), letters.charAt(random.nextInt(letters.length())));
        }
      }
      for (SlcanMessage message : decode(bytes(text.toString()))) {
        if (!(message instanceof Malformed)) {
          String line = encode(message);
          assertEquals(List.of(message), new SlcanTest().decode(bytes(line)));
        }
      }
      assertEquals(frame("123#"), decode(bytes("\rt1230\r")).getLast());
    }
    assertNull(decoder.decode(Unpooled.EMPTY_BUFFER));
  }
}
