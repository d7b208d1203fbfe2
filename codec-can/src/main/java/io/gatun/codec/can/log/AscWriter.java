package io.gatun.codec.can.log;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.log.CanLogEntry.Direction;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Vector's ASC: the measurement starts, to the millisecond, with the first entry. */
final class AscWriter extends TextWriter {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss.SSS yyyy", Locale.ROOT);

  private static final HexFormat BYTES = HexFormat.of().withPrefix(" ").withUpperCase();

  private final ZoneId zone;
  private final Map<String, Integer> channels = new HashMap<>();
  private @Nullable Instant start;

  AscWriter(OutputStream out, ZoneId zone) {
    super(out);
    this.zone = zone;
  }

  private Instant begin(Instant time) throws IOException {
    if (start != null) {
      return start;
    }
    Instant begun = time.truncatedTo(ChronoUnit.MILLIS);
    start = begun;
    String date = DATE.format(ZonedDateTime.ofInstant(begun, zone));
    out.append("date ").append(date).append('\n');
    out.append("base hex  timestamps absolute\ninternal events logged\n");
    out.append("Begin Triggerblock ").append(date).append('\n');
    out.append(" 0.000000 Start of measurement\n");
    return begun;
  }

  @Override
  public void write(CanLogEntry entry) throws IOException {
    CanFrame frame = entry.frame();
    if (frame instanceof CanFrame.Xl) {
      throw cannotHold("ASC", frame);
    }
    Instant begun = begin(entry.time());
    long nanos = ChronoUnit.NANOS.between(begun, entry.time());
    if (nanos < 0) {
      throw new IOException("ASC has no times before the first, such as " + entry.time());
    }
    out.append(
        nanos % 1000 == 0
            ? format("%2d.%06d ", nanos / 1_000_000_000, nanos % 1_000_000_000 / 1000)
            : format("%2d.%09d ", nanos / 1_000_000_000, nanos % 1_000_000_000));
    int channel = channel(entry.channel());
    String direction = entry.direction() == Direction.SENT ? "Tx" : "Rx";
    switch (frame) {
      case CanFrame.Classic classic ->
          out.append(
              format(
                  "%d  %-15s %-4s d %x%s",
                  channel, id(classic.id()), direction, classic.dlc(), bytes(classic.data())));
      case CanFrame.Remote remote ->
          out.append(
              format("%d  %-15s %-4s r %x", channel, id(remote.id()), direction, remote.dlc()));
      case CanFrame.Fd fd -> out.append(fd(channel, direction, fd));
      case CanFrame.ErrorFrame _ -> out.append(format("%d  ErrorFrame", channel));
      case CanFrame.Xl _ -> throw cannotHold("ASC", frame);
    }
    out.append('\n');
  }

  /**
   * After the data: duration, bits, flags, checksum and four bit timings, of which one is known.
   */
  private static String fd(int channel, String direction, CanFrame.Fd fd) {
    int flags =
        1 << 12 | (fd.bitRateSwitch() ? 1 << 13 : 0) | (fd.errorStateIndicator() ? 1 << 14 : 0);
    return format(
        "CANFD %3d %-4s %8s %32s %d %d %x %2d%s %8d %4d %8X %8d %8d %8d %8d %8d",
        channel,
        direction,
        id(fd.id()),
        "",
        fd.bitRateSwitch() ? 1 : 0,
        fd.errorStateIndicator() ? 1 : 0,
        fd.dlc(),
        fd.data().length(),
        bytes(fd.data()),
        0,
        0,
        flags,
        0,
        0,
        0,
        0,
        0);
  }

  private static String id(CanId id) {
    return format(id.isExtended() ? "%Xx" : "%X", id.value());
  }

  private static String bytes(CanData data) {
    return BYTES.formatHex(data.toArray());
  }

  private int channel(String name) {
    if (name.matches("[1-9][0-9]{0,3}")) {
      return Integer.parseInt(name);
    }
    return channels.computeIfAbsent(name, _ -> channels.size() + 1);
  }

  @Override
  public void close() throws IOException {
    begin(Instant.EPOCH);
    out.append("End TriggerBlock\n");
    super.close();
  }
}
