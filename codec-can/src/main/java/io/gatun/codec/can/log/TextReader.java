package io.gatun.codec.can.log;

import io.gatun.codec.can.CanFormatException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads a log line by line; a format says what a line is. The words of a line are at hand. */
abstract class TextReader implements CanLogReader {
  /** A CAN XL frame of 2048 bytes takes 3 chars a byte in the widest form. */
  private static final int LONGEST = 16 * 1024;

  private static final BigDecimal LATEST = BigDecimal.valueOf(100_000_000_000L);

  private final InputStream in;
  private final byte[] bytes = new byte[LONGEST];
  private long number;

  /** The line that is being read, and what of it is ahead. */
  String line = "";

  int at;

  TextReader(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  /** {@return the entry of the line; null if it is none} */
  abstract @Nullable CanLogEntry parse() throws CanLogException;

  @Override
  public final @Nullable CanLogEntry read() throws IOException {
    while (nextLine()) {
      try {
        CanLogEntry entry = parse();
        if (entry != null) {
          return entry;
        }
      } catch (CanFormatException e) {
        throw error(Math.max(0, e.index()), e.problem());
      } catch (IllegalArgumentException | DateTimeException e) {
        // A frame that no bus carries.
        throw error(at, String.valueOf(e.getMessage()));
      }
    }
    return null;
  }

  /** Reads the next line; false if there is none. A line is counted though it is too long. */
  final boolean nextLine() throws IOException {
    int length = 0;
    int c = in.read();
    if (c < 0) {
      return false;
    }
    number++;
    while (c >= 0 && c != '\n') {
      if (length < LONGEST) {
        bytes[length] = (byte) c;
      }
      length = Math.min(length + 1, LONGEST + 1);
      c = in.read();
    }
    at = 0;
    if (length > LONGEST) {
      throw error(LONGEST, "the line is longer than " + LONGEST + " bytes");
    }
    if (length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    line = new String(bytes, 0, length, StandardCharsets.UTF_8);
    return true;
  }

  @Override
  public final void close() throws IOException {
    in.close();
  }

  final CanLogException error(int index, String problem) {
    return new CanLogException(number, index + 1L, problem);
  }

  final long lineNumber() {
    return number;
  }

  // ---- Words

  final void skipSpace() {
    while (at < line.length() && isSpace(line.charAt(at))) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  /** {@return whether nothing but space is ahead} */
  final boolean atEnd() {
    skipSpace();
    return at == line.length();
  }

  /** {@return the next word; empty at the end} */
  final String word() {
    skipSpace();
    int start = at;
    while (at < line.length() && !isSpace(line.charAt(at))) {
      at++;
    }
    return line.substring(start, at);
  }

  /** {@return the next word without going there} */
  final String peek() {
    int here = at;
    String word = word();
    at = here;
    return word;
  }

  /** {@return the next word, which there must be} */
  final String word(String what) throws CanLogException {
    String word = word();
    if (word.isEmpty()) {
      throw error(at, "no " + what);
    }
    return word;
  }

  /** {@return the next word as a number of up to 31 bits} */
  final int number(String what, int radix, int most) throws CanLogException {
    String word = word(what);
    return number(word, at - word.length(), what, radix, most);
  }

  final int number(String word, int index, String what, int radix, int most)
      throws CanLogException {
    try {
      // A sign is no digit, though parseInt takes it.
      int value = word.startsWith("+") || word.startsWith("-") ? -1 : Integer.parseInt(word, radix);
      if (value >= 0 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // As for one that is out of range.
    }
    throw error(index, "no " + what + " from 0 to " + most);
  }

  /** {@return seconds with a fraction, as the time since 1970} */
  final Instant seconds(String text, int index) throws CanLogException {
    BigDecimal seconds = decimal(text, index);
    long whole = seconds.setScale(0, RoundingMode.FLOOR).longValueExact();
    return Instant.ofEpochSecond(
        whole, seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValueExact());
  }

  /** In nanoseconds; bounded, so that 1e999999999 costs nothing. */
  private BigDecimal decimal(String text, int index) throws CanLogException {
    try {
      if (text.length() <= 40) {
        BigDecimal value = new BigDecimal(text);
        if (Math.abs((long) value.scale()) < 40 && value.abs().compareTo(LATEST) < 0) {
          return value.setScale(9, RoundingMode.HALF_EVEN);
        }
      }
    } catch (NumberFormatException e) {
      // As for one that is out of range.
    }
    throw error(index, "no time in seconds");
  }
}
