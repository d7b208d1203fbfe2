package io.gatun.codec.can.dbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanId;
import io.gatun.testkit.Allocation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a DBC says, and what the bytes of a frame then say. */
final class DbcTest {
  private static final String DBC =
      """
      VERSION "1"
      NS_ :
        CM_
        BA_DEF_
      BS_: 500000 : 1,2
      BU_: Engine Dash
      VAL_TABLE_ OnOff 1 "on" 0 "off" ;
      BO_ 256 Engine: 8 Engine
       SG_ Speed : 0|16@1+ (0.25,0) [0|16383] "rpm" Dash
       SG_ Temperature : 23|8@0- (1,-40) [-40|87] "°C" Dash,Engine
       SG_ State : 24|2@1+ (1,0) [0|3] "" Vector__XXX
       SG_ Torque : 32|32@1- (2,1) [0|0] "Nm" Vector__XXX
      BO_ 2147484160 Mixed: 8 Vector__XXX
       SG_ Kind M : 0|8@1+ (1,0) [0|0] "" Vector__XXX
       SG_ A m0 : 8|8@1+ (1,0) [0|0] "" Vector__XXX
       SG_ B m1 : 8|16@1+ (1,0) [0|0] "" Vector__XXX
      BO_TX_BU_ 256 : Engine,Dash;
      SIG_VALTYPE_ 256 Torque : 1;
      SG_MUL_VAL_ 2147484160 B Kind 1-1, 4-6;
      CM_ "One \\"bus\\"";
      CM_ BO_ 256 "Of the
      engine";
      BA_DEF_ BO_ "GenMsgCycleTime" INT 0 10000;
      BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","StandardCAN_FD";
      BA_DEF_DEF_ "GenMsgCycleTime" 100;
      BA_DEF_DEF_ "VFrameFormat" "StandardCAN";
      BA_ "GenMsgCycleTime" BO_ 256 20;
      BA_ "VFrameFormat" BO_ 2147484160 2;
      VAL_ 256 State 0 "off" 1 "on" ;
      SIGTYPE_VALTYPE_ whatever 1;
      """;

  private static final DbcDatabase DB = DbcDatabase.parse(DBC);
  private static final DbcMessage ENGINE = message("Engine");
  private static final DbcMessage MIXED = message("Mixed");

  private static DbcMessage message(String name) {
    return Objects.requireNonNull(DB.message(name));
  }

  private static DbcSignal signal(DbcMessage message, String name) {
    return Objects.requireNonNull(message.signal(name));
  }

  private static String decode(DbcMessage message, String data) {
    return String.join(
        ", ", message.decode(CanData.parse(data)).stream().map(DbcValue::toString).toList());
  }

  @Test
  void aFileBecomesRecords() {
    assertEquals(List.of("Engine", "Dash"), DB.nodes().stream().map(DbcNode::name).toList());
    assertEquals(Map.of(1L, "on", 0L, "off"), DB.valueTables().get("OnOff"));
    assertEquals("One \"bus\"", DB.comment());
    assertEquals(ENGINE, DB.message(CanId.standard(256)));
    assertEquals(MIXED, DB.message(CanId.extended(0x200)));
    assertNull(DB.message(CanId.extended(256)));
    assertEquals("Of the\nengine", ENGINE.comment());
    assertEquals(List.of("Engine", "Dash"), ENGINE.senders());
    assertEquals(20, ENGINE.cycleTime());
    assertEquals(100, MIXED.cycleTime());
    assertEquals(DbcMessage.Format.CLASSIC, ENGINE.format());
    assertEquals(DbcMessage.Format.FD, MIXED.format());
    assertEquals(List.of(), MIXED.senders());
    assertEquals(16383.0, signal(ENGINE, "Speed").maximum());
    assertNull(signal(ENGINE, "Torque").maximum());
    assertEquals("2 messages, version \"1\"", DB.toString());
  }

  @Test
  void bytesBecomeValues() {
    assertEquals(
        "Speed: 1024.75 rpm, Temperature: -41 °C, State: on, Torque: 4 Nm",
        decode(ENGINE, "0310FF010000C03F"));
    // A short frame has what it has, and a multiplexer chooses.
    assertEquals("Speed: 1024.75 rpm, Temperature: -40 °C", decode(ENGINE, "031000"));
    assertEquals("Kind: 0, A: 17", decode(MIXED, "0011220000000000"));
    assertEquals("Kind: 5, B: 8721", decode(MIXED, "0511220000000000"));
    assertEquals("Kind: 2", decode(MIXED, "0211220000000000"));
    assertEquals("", decode(MIXED, ""));
  }

  @Test
  void valuesBecomeBytes() {
    CanData data =
        ENGINE.encode(Map.of("Speed", 1024.8, "Temperature", -41, "State", 1L, "Torque", 4.0));
    assertEquals("0310FF010000C03F", data.toString());
    assertEquals("0600010000000000", MIXED.encode(Map.of("Kind", 6, "B", 256)).toString());
    assertEquals(1, signal(ENGINE, "State").rawOf("on"));
    for (Map<String, Integer> wrong :
        List.of(
            Map.of("Kind", 0), // A lacks
            Map.of("Kind", 0, "A", 256),
            Map.of("Kind", 0, "A", -1),
            Map.of("Kind", 0, "A", 1, "B", 1),
            Map.of("Kind", 0, "A", 1, "C", 1))) {
      assertThrows(IllegalArgumentException.class, () -> MIXED.encode(wrong), wrong.toString());
    }
    assertThrows(IllegalArgumentException.class, () -> signal(ENGINE, "State").rawOf("broken"));
    assertThrows(IllegalArgumentException.class, () -> signal(ENGINE, "State").toRaw(Double.NaN));
  }

  @Test
  void aFieldKeepsItsBitsAndNoOthers() {
    Random random = new Random(3);
    byte[] before = new byte[64];
    for (int i = 0; i < 20_000; i++) {
      random.nextBytes(before);
      int length = random.nextInt(1, 65);
      boolean bigEndian = random.nextBoolean();
      BitField field = new BitField(random.nextInt(400), length, bigEndian);
      long bits = random.nextLong() & (length == 64 ? -1 : (1L << length) - 1);
      ByteBuf buf = Unpooled.copiedBuffer(before);
      long old = field.get(buf, 0);
      field.set(buf, 0, bits);
      assertEquals(bits, field.get(buf, 0), field.toString());
      // Bit by bit, as the text of the format says it.
      int at = field.start();
      for (int b = 0; b < length; b++) {
        int significance = bigEndian ? length - 1 - b : b;
        assertEquals(bits >>> significance & 1, buf.getByte(at / 8) >> at % 8 & 1);
        at = !bigEndian ? at + 1 : at % 8 == 0 ? at + 15 : at - 1;
      }
      field.set(buf, 0, old);
      assertEquals(Unpooled.wrappedBuffer(before), buf, field.toString());
    }
    assertTrue(new BitField(7, 16, true).overlaps(new BitField(8, 1, false)));
    assertFalse(new BitField(7, 8, true).overlaps(new BitField(8, 8, false)));
    assertEquals(3, new BitField(6, 16, true).end());
    assertThrows(IllegalArgumentException.class, () -> new BitField(0, 65, false));
    assertThrows(IllegalArgumentException.class, () -> new BitField(-1, 1, false));
  }

  @Test
  void whatIsWrongIsSaidInOneLine() {
    Map<String, String> wrong = new TreeMap<>();
    String one = "BO_ 1 M: 2 N\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" N\n";
    wrong.put("BO_ x", "line 1: \"x\" where an identifier should be");
    wrong.put("\n\nHELLO", "line 3: \"HELLO\" where a keyword should be");
    wrong.put("VERSION", "line 1: the end where a version should be");
    wrong.put("VERSION \"", "line 1: a text without an end");
    wrong.put("é", "line 1: the character U+00E9 belongs to nothing");
    wrong.put("BO_ 2048 M: 8 N", "line 1: identifier 0x800 of message M has more than 11 bits");
    wrong.put(one.replace("|8@", "|80@"), "line 2: signal S: length 80 is not in 1..64");
    wrong.put(one.replace("0|8@", "9|8@"), "line 2: signal S does not fit in message M");
    wrong.put(one.replace("(1,", "(0,"), "line 2: signal S has the scale 0.0");
    wrong.put(
        one + "SG_ T : 7|1@1+ (1,0) [0|0] \"\" N", "line 3: signals S and T overlap in message M");
    wrong.put(one + "SG_ S : 8|1@1+ (1,0) [0|0] \"\" N", "line 3: message M has two signals S");
    wrong.put(one + "VAL_ 1 T 0 \"x\";", "line 3: VAL_ of signal T, which message 1 lacks");
    wrong.put(
        one + "SIG_VALTYPE_ 1 S: 1;", "line 2: signal S is a floating-point number of 8 bits");
    wrong.put(one + "BA_ \"x\" 1;", "line 3: an attribute that is not defined");
    wrong.put(
        one.replace("S :", "S m :") + "SG_ T M: 8|1@1+ (1,0) [0|0] \"\" N",
        "line 2: signal S has the mark m, and not m and a number");
    wrong.put(
        one.replace("S :", "S m0M :")
            + "SG_ T m0M: 8|1@1+ (1,0) [0|0] \"\" N\n"
            + "SG_MUL_VAL_ 1 S T 0-0; SG_MUL_VAL_ 1 T S 0-0;",
        "line 2: signal S multiplexes itself");
    wrong.forEach((text, message) ->
        assertEquals(
            message, assertThrows(DbcException.class, () -> DbcDatabase.parse(text)).getMessage()));
    DbcDatabase lenient =
        DbcDatabase.parseLenient(one.replace("0|8@", "9|8@") + "VAL_ 1 T 0 \"x\";");
    assertEquals("", decode(lenient.messages().getFirst(), "FFFF"));
  }

  @Test
  void aFileIsInTheCodePageOfWindows() throws IOException {
    byte[] bytes = DBC.getBytes(Charset.forName("windows-1252"));
    assertEquals(
        "°C",
        Objects.requireNonNull(
                DbcDatabase.read(new ByteArrayInputStream(bytes))
                    .messages()
                    .getFirst()
                    .signal("Temperature"))
            .unit());
  }

  @Test
  void valuesOfABusyBusCostNoGarbage() {
    ByteBuf buf =
        Unpooled.wrappedBuffer(CanData.parse("0310FF010000C03F0511220000000000").toArray());
    List<DbcSignal> signals =
        List.of(signal(ENGINE, "Speed"), signal(ENGINE, "Temperature"), signal(ENGINE, "Torque"));
    DbcSignal chosen = signal(MIXED, "B");
    double[] sum = new double[1];
    int frames = 10_000;
    long least =
        Allocation.least(
            frames / 10,
            () -> {
              for (int i = 0; i < frames; i++) {
                for (int s = 0; s < signals.size(); s++) {
                  DbcSignal signal = signals.get(s);
                  sum[0] += signal.value(buf, 0) + signal.raw(buf, 0);
                  signal.setValue(buf, 0, signal.value(buf, 0));
                }
                if (chosen.isPresent(buf, 8, 8)) {
                  sum[0] += chosen.value(buf, 8);
                }
              }
            });
    assertTrue(sum[0] != 0);
    assertTrue(least <= frames / 10, least + " bytes for " + frames + " frames");
    System.out.println(least + " bytes for " + frames + " frames");
  }

  /** Whatever is cut off or changed, a file is read or refused by an exception of its own. */
  @Test
  void randomAndTruncatedFilesAreReadOrRefused() {
    Random random = new Random(9);
    String letters = "\"\\;:|@()[],+-0123456789mMSG_ BO_\n\u00e9\u0000";
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(DBC);
      if (i % 3 == 0) {
        text.setLength(random.nextInt(text.length()));
      }
      for (int n = random.nextInt(4); n > 0 && !text.isEmpty(); n--) {
        int at = random.nextInt(text.length());
        char letter = letters.charAt(random.nextInt(letters.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, letter);
          case 1 -> text.insert(at, letter);
          default -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
        }
      }
      try {
        DbcDatabase db =
            i % 2 == 0
                ? DbcDatabase.parse(text.toString())
                : DbcDatabase.parseLenient(text.toString());
        for (DbcMessage message : db.messages()) {
          byte[] data = new byte[random.nextInt(9)];
          random.nextBytes(data);
          for (DbcValue value : message.decode(CanData.of(data))) {
            assertTrue(value.toString().startsWith(value.signal().name()));
          }
        }
        read++;
      } catch (DbcException e) {
        assertEquals(1, String.valueOf(e.getMessage()).lines().count());
      }
    }
    assertTrue(read > 1000, read + " were read");
  }
}
