package io.gatun.codec.can.log;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.log.CanLogEntry.Direction;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * candump's lines.
 *
 * <pre>
 * (1436509052.249713) can0 123#1122 T                                     candump -L -x
 *  (1436509052.249713)  can0  TX - -  123   [2]  11 22                    candump -ta -x
 *   can0  12345678   [8]  11 22 33 44 55 66 77 88   '."3DUfw.'            candump -a
 *   can0  20000004   [8]  00 10 00 00 00 00 00 00   ERRORFRAME
 * </pre>
 */
final class CandumpReader extends TextReader {
  private final ZoneId zone;

  CandumpReader(InputStream in, ZoneId zone) {
    super(in);
    this.zone = zone;
  }

  @Override
  @Nullable CanLogEntry parse() throws CanLogException {
    skipSpace();
    Instant time = Instant.EPOCH;
    boolean timed = at < line.length() && line.charAt(at) == '(';
    if (timed) {
      time = time();
    } else if (!isFrame()) {
      return null;
    }
    String channel = word("interface");
    String word = peek();
    if (word.indexOf('#') >= 0) {
      return logged(time, channel);
    }
    Direction direction = Direction.UNKNOWN;
    boolean brs = false;
    boolean esi = false;
    if (word.equals("RX") || word.equals("TX")) {
      word();
      direction = word.equals("RX") ? Direction.RECEIVED : Direction.SENT;
      brs = word("flag of the bit rate").equals("B");
      esi = word("flag of the error state").equals("E");
    }
    return new CanLogEntry(time, channel, direction, frame(brs, esi));
  }

  /** Without a time a line is a frame if it has an identifier and a length, and else a comment. */
  private boolean isFrame() {
    int start = at;
    word();
    String word = word();
    if (word.equals("RX") || word.equals("TX")) {
      word();
      word();
      word = word();
    }
    boolean id = (word.length() == 3 || word.length() == 8) && CanLogText.isHex(word);
    String length = word();
    at = start;
    return id && (length.startsWith("[") || length.startsWith("{"));
  }

  private Instant time() throws CanLogException {
    int start = ++at;
    int end = line.indexOf(')', start);
    if (end < 0) {
      throw error(start, "no ) behind the time");
    }
    String text = line.substring(start, end);
    at = end + 1;
    if (text.indexOf('-') != 4) {
      return seconds(text, start);
    }
    try {
      return LocalDateTime.parse(text.replace(' ', 'T')).atZone(zone).toInstant();
    } catch (DateTimeException e) {
      throw error(start, "no date");
    }
  }

  private CanLogEntry logged(Instant time, String channel) throws CanLogException {
    int start = at;
    while (line.charAt(start) == ' ' || line.charAt(start) == '\t') {
      start++;
    }
    word();
    CanFrame frame;
    try {
      frame = CanFrame.parse(line.substring(start, at));
    } catch (CanFormatException e) {
      throw error(start + e.index(), e.problem());
    }
    String direction = word();
    if ((!direction.isEmpty() && !direction.equals("R") && !direction.equals("T")) || !atEnd()) {
      throw error(at - direction.length(), "neither R nor T behind the frame");
    }
    return new CanLogEntry(
        time,
        channel,
        switch (direction) {
          case "R" -> Direction.RECEIVED;
          case "T" -> Direction.SENT;
          default -> Direction.UNKNOWN;
        },
        frame);
  }

  /** The identifier, the length in brackets (two digits for CAN FD), the bytes. */
  private CanFrame frame(boolean brs, boolean esi) throws CanLogException {
    String digits = word("identifier");
    int start = at - digits.length();
    if ((digits.length() != 3 && digits.length() != 8) || !CanLogText.isHex(digits)) {
      throw error(start, "an identifier has 3 or 8 digits");
    }
    int raw = Integer.parseUnsignedInt(digits, 16);
    String length = word("length");
    int lengthAt = at - length.length();
    boolean rawDlc = length.length() == 3 && length.startsWith("{") && length.endsWith("}");
    if (!rawDlc
        && !(length.startsWith("[")
            && length.endsWith("]")
            && length.length() >= 3
            && length.length() <= 4)) {
      throw error(lengthAt, "no length in brackets");
    }
    int count =
        number(
            length.substring(1, length.length() - 1), lengthAt + 1, "length", rawDlc ? 16 : 10, 64);
    boolean fd = length.length() == 4;
    if (peek().equals("remote")) {
      return new CanFrame.Remote(id(digits, raw, start), count);
    }
    CanData data = data(rawDlc ? Math.min(count, 8) : count);
    if (digits.length() == 8 && (raw & CanLogText.ERR) != 0) {
      return new CanFrame.ErrorFrame(raw & CanId.MAX_EXTENDED, data);
    }
    CanId id = id(digits, raw, start);
    if (fd) {
      return new CanFrame.Fd(id, brs, esi, data);
    }
    return new CanFrame.Classic(id, rawDlc ? count : data.length(), data);
  }

  private CanId id(String digits, int raw, int start) throws CanLogException {
    boolean extended = digits.length() == 8;
    if (Integer.compareUnsigned(raw, extended ? CanId.MAX_EXTENDED : CanId.MAX_STANDARD) > 0) {
      throw error(start, "the identifier is too large");
    }
    return new CanId(raw, extended);
  }

  private CanData data(int count) throws CanLogException {
    int[] bytes = new int[count];
    for (int i = 0; i < count; i++) {
      String word = word("byte " + (i + 1) + " of " + count);
      if (word.length() != 2 || !CanLogText.isHex(word)) {
        throw error(at - word.length(), "no byte of two hexadecimal digits");
      }
      bytes[i] = Integer.parseInt(word, 16);
    }
    return CanData.ofInts(bytes);
  }
}
