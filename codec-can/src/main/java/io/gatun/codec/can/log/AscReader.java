package io.gatun.codec.can.log;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.log.CanLogEntry.Direction;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Vector's ASC.
 *
 * <pre>
 * date Sam Sep 30 10:06:13.191 PM 2017
 * base hex  timestamps absolute
 * Begin Triggerblock Sat Sep 30 10:06:13.191 PM 2017
 *    0.017460 1  123             Rx   d 2 11 22  Length = 232000 BitCount = 120 ID = 291
 *    0.018012 1  12345678x       Tx   r 4
 *    0.019000 1  ErrorFrame
 *    0.020000 CANFD   1 Rx        123  Name  1 0 9 12 11 22 …  0 0 3000 …
 * End TriggerBlock
 * </pre>
 *
 * <p>Absolute times count from the start of the measurement, relative ones from the event before.
 */
final class AscReader extends TextReader {
  /** Of the flags of a CANFD line: the frame is a CAN FD one (bit 12), or a remote one (bit 4). */
  private static final int FDF = 1 << 12;

  private static final int RTR = 1 << 4;

  /** In English and German, which Vector's tools write. */
  private static final List<List<String>> MONTHS =
      List.of(
          List.of("jan"),
          List.of("feb"),
          List.of("mar", "mär", "mrz"),
          List.of("apr"),
          List.of("may", "mai"),
          List.of("jun"),
          List.of("jul"),
          List.of("aug"),
          List.of("sep"),
          List.of("oct", "okt"),
          List.of("nov"),
          List.of("dec", "dez"));

  private final ZoneId zone;
  private Instant start = Instant.EPOCH;
  private Instant last = Instant.EPOCH;
  private int radix = 16;
  private boolean relative;

  AscReader(InputStream in, ZoneId zone) {
    super(in);
    this.zone = zone;
  }

  @Override
  @Nullable CanLogEntry parse() throws CanLogException {
    String word = word();
    int index = at - word.length();
    if (word.isEmpty() || !Character.isDigit(word.charAt(0))) {
      header(word.toLowerCase(Locale.ROOT));
      return null;
    }
    if (word.indexOf('.') < 0) {
      return null;
    }
    Duration offset = Duration.between(Instant.EPOCH, seconds(word, index));
    Instant time = (relative ? last : start).plus(offset);
    last = time;
    String channel = word();
    if (channel.equalsIgnoreCase("CANFD")) {
      return fd(time);
    }
    return isNumber(channel) ? classic(time, channel) : null;
  }

  private static boolean isNumber(String word) {
    return !word.isEmpty() && word.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  // ---- The header

  private void header(String word) throws CanLogException {
    switch (word) {
      case "date" -> start = last = date();
      case "begin" -> {
        word();
        Instant date = atEnd() ? start : date();
        start = date;
        last = date;
      }
      case "base" -> {
        String base = word("base");
        radix =
            switch (base.toLowerCase(Locale.ROOT)) {
              case "hex" -> 16;
              case "dec" -> 10;
              default -> throw error(at - base.length(), "the base is neither hex nor dec");
            };
        word();
        relative = word().equalsIgnoreCase("relative");
      }
      default -> {}
    }
  }

  /** A weekday, a month, a day, a time, AM or PM or neither, a year. */
  private Instant date() throws CanLogException {
    word();
    String name = word("month").toLowerCase(Locale.ROOT);
    int month = 0;
    while (month < MONTHS.size() && MONTHS.get(month).stream().noneMatch(name::startsWith)) {
      month++;
    }
    if (month == MONTHS.size()) {
      throw error(at - name.length(), "no month");
    }
    int day = number("day", 10, 31);
    String clock = word("time of day");
    int clockAt = at - clock.length();
    String half = peek().toLowerCase(Locale.ROOT);
    if (half.equals("am") || half.equals("pm")) {
      word();
    }
    int year = number("year", 10, 9999);
    try {
      LocalTime time = LocalTime.parse(clock.indexOf(':') == 1 ? "0" + clock : clock);
      if (half.equals("am") || half.equals("pm")) {
        time = time.withHour(time.getHour() % 12 + (half.equals("pm") ? 12 : 0));
      }
      return LocalDateTime.of(year, month + 1, day, 0, 0).with(time).atZone(zone).toInstant();
    } catch (DateTimeException e) {
      throw error(clockAt, "no date");
    }
  }

  // ---- Frames

  private @Nullable CanLogEntry classic(Instant time, String channel) throws CanLogException {
    String id = word();
    int idAt = at - id.length();
    if (id.equalsIgnoreCase("ErrorFrame")) {
      return entry(time, channel, Direction.UNKNOWN, busError());
    }
    Direction direction = direction(word());
    String kind = word();
    if (direction == Direction.UNKNOWN) {
      return null; // a statistic, a state of the chip, or another bus's event
    }
    if (kind.equalsIgnoreCase("r")) {
      String dlc = peek();
      int length = dlc.length() == 1 && CanLogText.isHex(dlc) ? number("length", radix, 15) : 0;
      return entry(time, channel, direction, new CanFrame.Remote(id(id, idAt), length));
    }
    if (!kind.equalsIgnoreCase("d")) {
      return null;
    }
    int dlc = number("length", radix, 15);
    CanData data = data(Math.min(dlc, 8));
    return entry(time, channel, direction, new CanFrame.Classic(id(id, idAt), dlc, data));
  }

  private CanLogEntry fd(Instant time) throws CanLogException {
    String channel = word("channel");
    Direction direction = direction(word("direction"));
    String id = word("identifier");
    int idAt = at - id.length();
    if (id.equalsIgnoreCase("ErrorFrame")) {
      return entry(time, channel, direction, busError());
    }
    // The name of the message may be missing; it begins with no digit.
    if (!isNumber(peek())) {
      word("flag of the bit rate");
    }
    boolean brs = number("flag of the bit rate", 10, 1) == 1;
    boolean esi = number("flag of the error state", 10, 1) == 1;
    int dlc = number("length code", radix, 15);
    int length = number("length", 10, 64);
    CanData data = data(length);
    word(); // how long it took
    word(); // how many bits
    String flags = word();
    int bits =
        flags.isEmpty() || !CanLogText.isHex(flags) || flags.length() > 8
            ? FDF
            : Integer.parseUnsignedInt(flags, 16);
    CanId canId = id(id, idAt);
    CanFrame frame;
    if ((bits & FDF) != 0) {
      frame = new CanFrame.Fd(canId, brs, esi, data);
    } else if ((bits & RTR) != 0) {
      frame = new CanFrame.Remote(canId, dlc);
    } else {
      frame = new CanFrame.Classic(canId, dlc, data);
    }
    return entry(time, channel, direction, frame);
  }

  private static CanLogEntry entry(
      Instant time, String channel, Direction direction, CanFrame frame) {
    return new CanLogEntry(time, channel, direction, frame);
  }

  private static CanFrame busError() {
    return new CanFrame.ErrorFrame(CanLogText.BUS_ERROR, CanData.of(new byte[8]));
  }

  private static Direction direction(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "rx" -> Direction.RECEIVED;
      case "tx" -> Direction.SENT;
      default -> Direction.UNKNOWN;
    };
  }

  private CanId id(String word, int index) throws CanLogException {
    boolean extended = word.endsWith("x") || word.endsWith("X");
    String digits = extended ? word.substring(0, word.length() - 1) : word;
    int most = extended ? CanId.MAX_EXTENDED : CanId.MAX_STANDARD;
    return new CanId(number(digits, index, "identifier", radix, most), extended);
  }

  private CanData data(int count) throws CanLogException {
    int[] bytes = new int[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = number("byte " + (i + 1) + " of " + count, radix, 255);
    }
    return CanData.ofInts(bytes);
  }
}
