package io.gatun.codec.can.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.Frames;
import io.gatun.codec.can.log.CanLogEntry.Direction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Logs are read and written entry by entry; what is malformed is told by line and column. */
final class CanLogTest {
  private static CanLogReader reader(CanLogFormat format, byte[] log) {
    return format.reader(new ByteArrayInputStream(log), ZoneOffset.UTC);
  }

  private static CanLogReader reader(CanLogFormat format, String log) {
    return reader(format, log.getBytes(StandardCharsets.UTF_8));
  }

  private static List<CanLogEntry> read(CanLogReader reader) throws IOException {
    List<CanLogEntry> entries = new ArrayList<>();
    try (reader) {
      for (CanLogEntry entry = reader.read(); entry != null; entry = reader.read()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private static byte[] write(CanLogFormat format, List<CanLogEntry> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CanLogWriter writer = format.writer(out, ZoneOffset.UTC)) {
      for (CanLogEntry entry : entries) {
        writer.write(entry);
      }
    }
    return out.toByteArray();
  }

  /** Entries of what a format holds. */
  private static List<CanLogEntry> entries(CanLogFormat format, Random random, int count) {
    List<CanLogEntry> entries = new ArrayList<>();
    Instant time = Instant.parse("2026-02-03T04:05:06Z");
    while (entries.size() < count) {
      CanFrame frame = Frames.any(random);
      boolean held =
          switch (format) {
            case CANDUMP, PCAP -> true;
            case ASC ->
                !(frame instanceof CanFrame.Xl)
                    && (!(frame instanceof CanFrame.ErrorFrame)
                        || frame.equals(CanFrame.parse("20000080#0000000000000000")));
            case CSV ->
                switch (frame) {
                  case CanFrame.Classic classic -> classic.dlc() < 9;
                  case CanFrame.Fd fd -> fd.data().length() > 8 && fd.toString().contains("##0");
                  case CanFrame.Remote _ -> true;
                  case CanFrame.ErrorFrame error -> error.classes() != 0;
                  case CanFrame.Xl _ -> false;
                };
          };
      if (!held) {
        continue;
      }
      time = time.plusNanos(random.nextBoolean() ? 1000L * random.nextInt(9999) : 1234567);
      boolean bare = format == CanLogFormat.PCAP || format == CanLogFormat.CSV;
      String channel = format == CanLogFormat.ASC ? "2" : "can1";
      Direction direction =
          switch (format) {
            case CANDUMP -> List.of(Direction.values()).get(random.nextInt(3));
            case ASC -> random.nextBoolean() ? Direction.SENT : Direction.RECEIVED;
            case CSV, PCAP -> Direction.UNKNOWN;
          };
      entries.add(new CanLogEntry(time, bare ? "" : channel, direction, frame));
    }
    return entries;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadAgain(CanLogFormat format) throws IOException {
    List<CanLogEntry> entries = entries(format, new Random(1), 1000);
    assertEquals(entries, read(reader(format, write(format, entries))));
  }

  @ParameterizedTest
  @EnumSource
  void aLogOfNothingIsALog(CanLogFormat format) throws IOException {
    assertEquals(List.of(), read(reader(format, write(format, List.of()))));
  }

  /** A log without an end is read too: nothing is read ahead but a buffer. */
  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("JdkObsolete") // a SequenceInputStream wants an Enumeration
  void anEndlessLogIsReadLazily(CanLogFormat format) throws IOException {
    byte[] one = write(format, entries(format, new Random(2), 500));
    AtomicBoolean ended = new AtomicBoolean();
    Enumeration<InputStream> endless =
        new Enumeration<>() {
          private boolean begun;

          @Override
          public boolean hasMoreElements() {
            return !ended.get();
          }

          @Override
          public InputStream nextElement() {
            // Once the header and an entry: then entries without an end.
            int header = format == CanLogFormat.PCAP ? 24 : format == CanLogFormat.CSV ? 56 : 0;
            InputStream next =
                new ByteArrayInputStream(
                    one, begun ? header : 0, one.length - (begun ? header : 0));
            begun = true;
            return next;
          }
        };
    try (CanLogReader reader = format.reader(new SequenceInputStream(endless), ZoneOffset.UTC)) {
      for (int i = 0; i < 3_000; i++) {
        assertNotNull(reader.read());
      }
      ended.set(true); // to close goes through all that are left
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "(1436509052.249713) can0 123#1122 T | 2015-07-10T06:17:32.249713Z | can0 | SENT | 123#1122",
        "(0000000001.000000001) any 12345678##1 | 1970-01-01T00:00:01.000000001Z | any | UNKNOWN"
            + " | 12345678##1",
        " (000.000000)  vcan0  TX B E  123  [12]  01 02 03 04 05 06 07 08 09 0A 0B 0C"
            + " | 1970-01-01T00:00:00Z | vcan0 | SENT | 123##30102030405060708090A0B0C",
        " (2015-07-10 08:17:32.249713)  can0  RX - -  123   [2]  11 22   '.\"'"
            + " | 2015-07-10T08:17:32.249713Z | can0 | RECEIVED | 123#1122",
        "  can0  12345678   [0]  remote request | 1970-01-01T00:00:00Z | can0 | UNKNOWN"
            + " | 12345678#R",
        "  can0  123   {E}  11 22 33 44 55 66 77 88 | 1970-01-01T00:00:00Z | can0 | UNKNOWN"
            + " | 123#1122334455667788_E",
        "  can0  20000004   [8]  00 10 00 00 00 00 00 00   ERRORFRAME | 1970-01-01T00:00:00Z"
            + " | can0 | UNKNOWN | 20000004#0010000000000000",
      })
  void candumpsLinesAreRead(
      String line, Instant time, String channel, Direction direction, String frame)
      throws IOException {
    String log = "# a comment\n\n" + line.stripTrailing() + "\r\n\tcontroller-problem{}\n";
    // The leading spaces of candump's lines for people are stripped from the parameter.
    assertEquals(
        List.of(new CanLogEntry(time, channel, direction, CanFrame.parse(frame))),
        read(reader(CanLogFormat.CANDUMP, log)));
  }

  private static final String ASC =
      """
      date Fri Jul 10 08:17:32.250 pm 2015
      base hex  timestamps absolute
      internal events logged
      // version 9.0.0
      Begin Triggerblock Fri Jul 10 08:17:32.250 pm 2015
         0.000000 Start of measurement
         0.010000 1  123             Rx   d 2 11 A2  Length = 232000 BitCount = 120 ID = 291
         0.020000 2  12345678x       Tx   r 4
         0.030000 1  ErrorFrame
         0.035000 1  Statistic: D 0 R 0 XD 0 XR 0 E 0 O 0 B 0.00%
         0.040000 CANFD   1 Rx        123                  Name  1 0 9 12 1 2 3 4 5 6 7 8 9 a b c 0 0 3000 0 0 0 0 0
         0.050000 CANFD   1 Tx        124                        0 0 1  1 ff 0 0 0 0 0 0 0 0
         0.060000 1  7FF             Rx   d e 01 02 03 04 05 06 07 08
      End TriggerBlock
      """;

  private static String text(List<CanLogEntry> entries) {
    StringBuilder text = new StringBuilder();
    for (CanLogEntry entry : entries) {
      text.append(entry.time()).append(' ').append(entry.channel()).append(' ');
      text.append(entry.direction()).append(' ').append(entry.frame()).append('\n');
    }
    return text.toString();
  }

  @Test
  void vectorsLinesAreRead() throws IOException {
    assertEquals(
        """
        2015-07-10T20:17:32.260Z 1 RECEIVED 123#11A2
        2015-07-10T20:17:32.270Z 2 SENT 12345678#R4
        2015-07-10T20:17:32.280Z 1 UNKNOWN 20000080#0000000000000000
        2015-07-10T20:17:32.290Z 1 RECEIVED 123##10102030405060708090A0B0C
        2015-07-10T20:17:32.300Z 1 SENT 124#FF
        2015-07-10T20:17:32.310Z 1 RECEIVED 7FF#0102030405060708_E
        """,
        text(read(reader(CanLogFormat.ASC, ASC))));
  }

  @Test
  void vectorsDecimalAndRelativeLogsAreRead() throws IOException {
    assertEquals(
        """
        2017-03-09T00:00:01Z 1 RECEIVED 00000064#0A0B
        2017-03-09T00:00:03Z 1 RECEIVED 064#63
        """,
        text(
            read(
                reader(
                    CanLogFormat.ASC,
                    """
                    date Don Mär 9 00:00:00 2017
                    base dec timestamps relative
                    0.5 Start of measurement
                    0.5 1 100x Rx d 2 10 11
                    2.0 1 100 Rx d 1 99
                    """))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CANDUMP | (1.0) can0 123#1G | 17 | not a hexadecimal digit",
        "CANDUMP | (1.x) can0 123#11 | 2 | no time in seconds",
        "CANDUMP | (1e99) can0 123#11 | 2 | no time in seconds",
        "CANDUMP | (1.0 can0 123#11 | 2 | no ) behind the time",
        "CANDUMP | (1.0) can0 | 11 | no identifier",
        "CANDUMP | (1.0) can0 123#11 X | 19 | neither R nor T behind the frame",
        "CANDUMP | can0 123 [2] 11 | 16 | no byte 2 of 2",
        "CANDUMP | can0 123 [2] 11 1X | 17 | no byte of two hexadecimal digits",
        "CANDUMP | can0 800 [0] | 6 | the identifier is too large",
        "CANDUMP | can0 123 [99] | 11 | no length from 0 to 64",
        "ASC | 0.1 1 800 Rx d 0 | 7 | no identifier from 0 to 2047",
        "ASC | 0.1 1 123 Rx d 2 11 | 20 | no byte 2 of 2",
        "ASC | 0.1 1 123 Rx d 1 -1 | 18 | no byte 1 of 1 from 0 to 255",
        "ASC | 0.1 CANFD 1 Rx 123 2 | 20 | no flag of the bit rate from 0 to 1",
        "ASC | base oct | 6 | the base is neither hex nor dec",
        "ASC | date Fri Foo 1 00:00:00 2017 | 10 | no month",
        "CSV | 1.0,0x800,0,0,0,0, | 5 | the identifier is too large",
        "CSV | 1.0,0x1,0,0,0,1, | 15 | the length is 1, and there are 0 bytes",
        "CSV | 1.0,0x1,0,0,0,1,? | 17 | no data in Base64",
        "CSV | 1.0,0x1,0,2 | 12 | 4 columns of 7",
        "CSV | 1.0,0x1,2,0,0,0, | 9 | no flag from 0 to 1",
      })
  void errorsNameLineAndColumn(CanLogFormat format, String line, int column, String problem)
      throws IOException {
    String good =
        switch (format) {
          case CANDUMP -> "(1.0) can0 123#";
          case ASC -> "0.2 1 123 Rx d 0";
          default -> "1.0,0x123,0,0,0,0,";
        };
    String header = format == CanLogFormat.CSV ? CsvReader.HEADER : "";
    try (CanLogReader reader = reader(format, header + "\n" + line + "\n" + good)) {
      CanLogException error = assertThrows(CanLogException.class, reader::read);
      assertEquals("line 2, column " + column + ": " + problem, error.getMessage());
      assertEquals(2, error.line());
      assertEquals(column, error.column());
      assertNotNull(reader.read(), "the next line is read after an error");
      assertNull(reader.read());
    }
  }

  @Test
  void aLineWithoutAnEndCostsABoundedBuffer() throws IOException {
    String line = "(1.0) can0 123#" + "11".repeat(100_000);
    try (CanLogReader reader = reader(CanLogFormat.CANDUMP, line + "\n(1.0) can0 123#")) {
      CanLogException error = assertThrows(CanLogException.class, reader::read);
      assertEquals("line 1, column 16385: the line is longer than 16384 bytes", error.getMessage());
      assertNotNull(reader.read());
    }
  }

  @Test
  void whatAFormatHasNoFormForIsRefused() {
    CanLogEntry xl =
        new CanLogEntry(
            Instant.EPOCH, "1", Direction.UNKNOWN, CanFrame.parse("45123#81:00:00112233#DD"));
    CanLogEntry early =
        new CanLogEntry(Instant.ofEpochSecond(-1), "1", Direction.UNKNOWN, CanFrame.parse("123#"));
    assertThrows(IOException.class, () -> write(CanLogFormat.ASC, List.of(xl)));
    assertThrows(IOException.class, () -> write(CanLogFormat.CSV, List.of(xl)));
    assertThrows(IOException.class, () -> write(CanLogFormat.CANDUMP, List.of(early)));
    assertThrows(IOException.class, () -> write(CanLogFormat.PCAP, List.of(early)));
    assertThrows(IOException.class, () -> write(CanLogFormat.ASC, List.of(xl, early)));
  }

  private static final String PACKET = "00000123 02000000 1122000000000000";

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  @ParameterizedTest
  @CsvSource({
    // Big-endian, microseconds; the payload's padding left out.
    "a1b2c3d4 0002 0004 00000000 00000000 0000ffff 000000e3 00000001 0000000a 0000000a 0000000a"
        + " 00000123 02000000 1122, 1970-01-01T00:00:01.000010Z",
    // Little-endian, nanoseconds.
    "4d3cb2a1 0200 0400 00000000 00000000 ffff0000 e3000000 01000000 0a000000 10000000 10000000 "
        + PACKET
        + ", 1970-01-01T00:00:01.000000010Z",
    // pcapng: section, interface "can1" in nanoseconds, a block to pass over, a packet.
    "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000"
        + " 01000000 28000000 e3000000 00000000 02000400 63616e31 09000100 09000000 00000000 28000000"
        + " 05000000 0c000000 0c000000"
        + " 06000000 30000000 00000000 00000000 0a000000 10000000 10000000 "
        + PACKET
        + " 30000000, 1970-01-01T00:00:00.000000010Z"
  })
  void pcapsOfAllKindsAreRead(String log, Instant time) throws IOException {
    List<CanLogEntry> entries = read(reader(CanLogFormat.PCAP, hex(log)));
    assertEquals(1, entries.size());
    assertEquals(time, entries.getFirst().time());
    assertEquals(CanFrame.parse("123#1122"), entries.getFirst().frame());
    assertEquals(log.startsWith("0a") ? "can1" : "", entries.getFirst().channel());
  }

  @Test
  void aPcapOfOtherPacketsIsRefused() {
    byte[] log = hex("a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000001");
    try (CanLogReader reader = reader(CanLogFormat.PCAP, log)) {
      CanLogException error = assertThrows(CanLogException.class, reader::read);
      assertEquals("byte 20: the link type is 1, not that of CAN (227)", error.getMessage());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Logs that were cut or changed anywhere: entries, or the one exception, and an end. */
  @ParameterizedTest
  @EnumSource
  void damagedLogsEnd(CanLogFormat format) throws IOException {
    Random random = new Random(3);
    List<CanLogEntry> entries = new ArrayList<>(entries(format, random, 20));
    entries.removeIf(entry -> entry.frame().data().length() > 100);
    byte[] log = write(format, entries);
    int errors = 0;
    int read = 0;
    for (int round = 0; round < 1000; round++) {
      byte[] damaged = Arrays.copyOf(log, random.nextInt(log.length + 1));
      for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try (CanLogReader reader = reader(format, damaged)) {
        for (int i = 0; true; i++) {
          assertTrue(i <= damaged.length, "the log has no end");
          try {
            if (reader.read() == null) {
              break;
            }
            read++;
          } catch (CanLogException e) {
            errors++;
            assertEquals(1, e.toString().lines().count());
            if (format == CanLogFormat.PCAP) {
              break;
            }
          }
        }
      }
    }
    assertTrue(read > 500 && errors > 100, read + " read, " + errors + " errors");
  }
}
