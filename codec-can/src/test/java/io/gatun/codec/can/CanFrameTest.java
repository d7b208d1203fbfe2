package io.gatun.codec.can;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames are values, hold what a bus can carry and nothing else, and have a text. */
final class CanFrameTest {
  @Test
  void framesAreEqualByTheirPayloads() {
    CanFrame left = new CanFrame.Classic(CanId.standard(1), CanData.ofInts(1, 255));
    CanFrame right = new CanFrame.Classic(CanId.standard(1), CanData.of((byte) 1, (byte) -1));
    assertEquals(left, right);
    assertEquals(left.hashCode(), right.hashCode());
    assertNotEquals(left, new CanFrame.Classic(CanId.extended(1), right.data()));
    assertNotEquals(left, new CanFrame.Classic(CanId.standard(1), CanData.ofInts(1, 254)));
  }

  @Test
  void payloadsDoNotChangeWithTheArraysTheyAreFrom() {
    byte[] bytes = {1, 2};
    CanData data = CanData.of(bytes);
    bytes[0] = 9;
    data.toArray()[1] = 9;
    assertEquals(CanData.ofInts(1, 2), data);
  }

  @Test
  void everyFrameComesBackFromItsText() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      CanFrame frame = Frames.any(random);
      assertEquals(frame, CanFrame.parse(frame.toString()));
      assertEquals(frame, CanFrame.parse(frame.toString().toLowerCase(java.util.Locale.ROOT)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "123#1122",
        "12345678#",
        "00000123#FF",
        "123#1122334455667788_E",
        "123#R",
        "123#R4",
        "123#R8_9",
        "123##3112233",
        "123##0",
        "45123#81:00:00112233#DD",
        "20000040#0000000000000000"
      })
  void textsAreThoseOfCanUtils(String text) {
    assertEquals(text, CanFrame.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "123, 3",
    "12#00, 2",
    "800#, 0",
    "G23#, 0",
    "123#1, 5",
    "123#1G, 5",
    "123#112233445566778899, 20",
    "123#11_9, 7",
    "123#1122334455667788_8, 21",
    "123#1122334455667788_, 21",
    "123#1122334455667788_9A, 22",
    "123#R9, 5",
    "123#R12, 6",
    "123##, 5",
    "123##G, 5",
    "45923#80:00:00112233#DD, 2",
    "45123#01:00:00112233#DD, 6",
    "45123#81:00:00112233#, 21",
    "45123#81:00, 11",
    "20000040#0, 10",
    "A0000040#0000000000000000, 0"
  })
  void whatIsNoFrameIsToldWhere(String text, int index) {
    CanFormatException error =
        assertThrows(CanFormatException.class, () -> CanFrame.parse(text), text);
    assertEquals(index, error.index(), error.getMessage());
  }

  @Test
  void anErrorIsOneLine() {
    CanFormatException error =
        assertThrows(CanFormatException.class, () -> CanFrame.parse("12\n3#" + "0".repeat(999)));
    assertEquals(1, error.toString().lines().count());
    assertTrue(error.toString().length() < 250, error.toString());
  }

  @Test
  void whatNoBusCarriesIsNoFrame() {
    CanId id = CanId.standard(1);
    for (Runnable wrong :
        List.<Runnable>of(
            () -> CanId.standard(0x800),
            () -> CanId.standard(-1),
            () -> CanId.extended(0x2000_0000),
            () -> CanData.ofInts(256),
            () -> new CanFrame.Classic(id, CanData.of(new byte[9])),
            () -> new CanFrame.Classic(id, 9, CanData.of(new byte[7])),
            () -> new CanFrame.Classic(id, 16, CanData.of(new byte[8])),
            () -> new CanFrame.Classic(id, 1, CanData.EMPTY),
            () -> new CanFrame.Fd(id, true, false, CanData.of(new byte[65])),
            () -> new CanFrame.Xl(0x800, 0, false, false, 0, 0, CanData.of((byte) 1)),
            () -> new CanFrame.Xl(0, 256, false, false, 0, 0, CanData.of((byte) 1)),
            () -> new CanFrame.Xl(0, 0, false, false, -1, 0, CanData.of((byte) 1)),
            () -> new CanFrame.Xl(0, 0, false, false, 0, 0, CanData.EMPTY),
            () -> new CanFrame.Xl(0, 0, false, false, 0, 0, CanData.of(new byte[2049])),
            () -> new CanFrame.Remote(id, 16),
            () -> new CanFrame.ErrorFrame(0x2000_0000, CanData.of(new byte[8])),
            () -> new CanFrame.ErrorFrame(1, CanData.of(new byte[7])))) {
      IllegalArgumentException error = assertThrows(IllegalArgumentException.class, wrong::run);
      assertEquals(1, error.toString().lines().count());
    }
  }

  @Test
  void identifiersAreOrderedAsTheyWinTheBus() {
    List<CanId> order =
        List.of(
            CanId.standard(0),
            CanId.extended(0),
            CanId.extended(0x3ffff),
            CanId.standard(1),
            CanId.extended(1 << 18),
            CanId.standard(0x7ff),
            CanId.extended(CanId.MAX_EXTENDED));
    assertEquals(order, order.reversed().stream().sorted().toList());
  }

  @Test
  void identifiersComeBackFromTheirTextsAndBits() {
    for (CanId id : Stream.of("000", "7FF", "00000000", "1FFFFFFF").map(CanId::parse).toList()) {
      assertEquals(id, CanId.parse(id.toString()));
      assertEquals(id, CanId.ofRaw(id.raw()));
    }
    assertFalse(CanId.parse("123").isExtended());
    assertThrows(CanFormatException.class, () -> CanId.parse("800"));
    assertThrows(CanFormatException.class, () -> CanId.parse("20000000"));
    assertThrows(CanFormatException.class, () -> CanId.parse("1234"));
  }

  @Test
  void lengthCodesOfCanFd() {
    for (int dlc = 0; dlc < 16; dlc++) {
      assertEquals(dlc, CanFrame.Fd.dlc(CanFrame.Fd.length(dlc)));
    }
    assertEquals(9, CanFrame.Fd.dlc(9));
    assertEquals(15, CanFrame.Fd.dlc(49));
    assertThrows(IllegalArgumentException.class, () -> CanFrame.Fd.dlc(65));
    assertThrows(IllegalArgumentException.class, () -> CanFrame.Fd.length(16));
  }

  @Test
  void errorFramesNameTheirConditions() {
    CanFrame.ErrorFrame frame = (CanFrame.ErrorFrame) CanFrame.parse("2000021E#1304820504007F80");
    assertEquals(
        EnumSet.of(
            CanCondition.LOST_ARBITRATION,
            CanCondition.CONTROLLER,
            CanCondition.PROTOCOL,
            CanCondition.TRANSCEIVER,
            CanCondition.COUNTERS,
            CanCondition.RX_WARNING,
            CanCondition.FORM_ERROR,
            CanCondition.WHILE_SENDING,
            CanCondition.CANH_NO_WIRE),
        frame.conditions());
    assertEquals(0x13, frame.lostArbitrationBit());
    assertEquals(CanErrorLocation.IDENTIFIER_EXTENSION, frame.location());
    assertEquals(0x7f, frame.transmitErrors());
    assertEquals(0x80, frame.receiveErrors());
  }

  @Test
  void bytesOfOtherClassesSayNothing() {
    CanFrame.ErrorFrame frame = (CanFrame.ErrorFrame) CanFrame.parse("20000040#FFFFFFFFFFFFFFFF");
    assertEquals(EnumSet.of(CanCondition.BUS_OFF), frame.conditions());
    assertEquals(0, frame.lostArbitrationBit());
    assertEquals(CanErrorLocation.UNSPECIFIED, frame.location());
    assertEquals(-1, frame.transmitErrors());
    assertEquals(-1, frame.receiveErrors());
  }
}
