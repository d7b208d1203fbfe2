package io.gatun.codec.can.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.Frames;
import io.gatun.codec.can.log.CanLogEntry.Direction;
import io.gatun.testkit.Python;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Gatun writes python-can reads, and what python-can writes Gatun reads: the same frames. */
final class PythonCanTest {
  private static final Python PYTHON = new Python("python-can==4.6.1");

  private static final int FRAMES = 1000;

  /** Reads a log and prints each message; given a second path it writes them there too. */
  private static final String SCRIPT =
      """
      import sys, can
      from decimal import Decimal
      path = sys.argv[1]
      options = {'relative_timestamp': False} if path.endswith('.asc') else {}
      writer = can.Logger(sys.argv[2]) if len(sys.argv) > 2 else None
      with can.LogReader(path, **options) as reader:
          for m in reader:
              kind = 'error' if m.is_error_frame else 'remote' if m.is_remote_frame else 'data'
              print(f'{m.timestamp:.6f}', kind, *([] if m.is_error_frame else
                    [f'{m.arbitration_id:x}', int(m.is_extended_id), int(m.is_fd),
                     int(m.bitrate_switch), int(m.error_state_indicator), m.dlc,
                     bytes(m.data).hex()]))
              if writer:
                  writer(m)
      if writer:
          writer.stop()
      """;

  @TempDir Path folder;

  /** The same line as the script prints. */
  private static String line(CanLogEntry entry, CanLogFormat format) {
    Instant time = entry.time();
    String seconds =
        BigDecimal.valueOf(time.getEpochSecond())
            .add(BigDecimal.valueOf(time.getNano() / 1000, 6))
            .setScale(6)
            .toPlainString();
    String line =
        switch (entry.frame()) {
          case CanFrame.Classic classic -> data(classic.id(), "0 0 0", classic);
          case CanFrame.Fd fd ->
              data(
                  fd.id(),
                  format == CanLogFormat.CSV
                      ? "0 0 0" // which CSV does not hold
                      : "1 "
                          + (fd.bitRateSwitch() ? 1 : 0)
                          + " "
                          + (fd.errorStateIndicator() ? 1 : 0),
                  fd);
          case CanFrame.Remote remote ->
              "remote %x %d 0 0 0 %d "
                  .formatted(remote.id().value(), extended(remote.id()), remote.dlc());
          case CanFrame.ErrorFrame _ -> "error";
          case CanFrame.Xl _ -> throw new AssertionError("python-can knows no CAN XL");
        };
    return seconds + " " + line + "\n";
  }

  private static int extended(CanId id) {
    return id.isExtended() ? 1 : 0;
  }

  private static String data(CanId id, String flags, CanFrame frame) {
    String hex = frame.data().toString().toLowerCase(Locale.ROOT);
    return "data %x %d %s %d %s"
        .formatted(id.value(), extended(id), flags, frame.data().length(), hex);
  }

  /** Frames that python-can's reader and writer of a format both hold. */
  private static List<CanLogEntry> entries(CanLogFormat format) {
    Random random = new Random(1);
    List<CanLogEntry> entries = new ArrayList<>();
    Instant time = Instant.parse("2026-02-03T04:05:06Z");
    while (entries.size() < FRAMES) {
      CanFrame frame = Frames.any(random);
      boolean held =
          switch (frame) {
            case CanFrame.Classic classic -> classic.dlc() < 9;
            // Its reader of ASC takes a CAN FD frame without data for a remote one.
            case CanFrame.Fd fd ->
                format == CanLogFormat.CSV ? fd.data().length() > 8 : fd.data().length() > 0;
            // Its writer of candump's log drops the length.
            case CanFrame.Remote remote ->
                remote.dlc() == 0 || (remote.dlc() < 9 && format != CanLogFormat.CANDUMP);
            // Its reader of candump's log knows errors of the bus alone.
            case CanFrame.ErrorFrame error -> (error.classes() & 0x80) != 0;
            case CanFrame.Xl _ -> false;
          };
      if (held) {
        entries.add(new CanLogEntry(time, "can0", Direction.RECEIVED, frame));
        // Not from the first on: its writer of ASC drops zeros of the start's milliseconds.
        time = time.plus(random.nextInt(50), ChronoUnit.MILLIS);
      }
    }
    return entries;
  }

  private static String suffix(CanLogFormat format) {
    return switch (format) {
      case CANDUMP -> ".log";
      case ASC -> ".asc";
      case CSV -> ".csv";
      case PCAP -> throw new AssertionError("python-can reads no pcap");
    };
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PCAP")
  void readsAndWritesTheSame(CanLogFormat format) throws IOException, InterruptedException {
    Path ours = folder.resolve("ours" + suffix(format));
    Path theirs = folder.resolve("theirs" + suffix(format));
    StringBuilder expected = new StringBuilder();
    try (CanLogWriter writer = format.writer(Files.newOutputStream(ours), ZoneOffset.UTC)) {
      for (CanLogEntry entry : entries(format)) {
        writer.write(entry);
        expected.append(line(entry, format));
      }
    }
    assertEquals(expected.toString(), PYTHON.script(SCRIPT, ours, theirs));

    StringBuilder read = new StringBuilder();
    int entries = 0;
    try (CanLogReader reader = format.reader(Files.newInputStream(theirs), ZoneOffset.UTC)) {
      for (CanLogEntry entry = reader.read(); entry != null; entry = reader.read()) {
        read.append(line(rounded(entry), format));
        entries++;
      }
    }
    assertEquals(FRAMES, entries);
    assertEquals(expected.toString(), read.toString());
  }

  /** A floating-point number's distance from the time is less than a microsecond. */
  private static CanLogEntry rounded(CanLogEntry entry) {
    Instant time = entry.time().plusNanos(500).truncatedTo(ChronoUnit.MICROS);
    return new CanLogEntry(time, entry.channel(), entry.direction(), entry.frame());
  }
}
