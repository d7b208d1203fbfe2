package io.gatun.socket;

import java.io.IOException;
import java.io.Reader;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Text whose lines end as {@link SocketFile.Builder#newline} says. A {@code \r} that is the last
 * thing received is an end at once, where it is one: what follows it may never come. A {@code \n}
 * that does follow belongs to it.
 */
final class NewlineReader extends Reader {
  private static final int SIZE = 1024;

  private final Reader in;
  private final @Nullable String newline;
  private final char[] buffer = new char[SIZE];
  private int at;
  private int end;

  /** The last thing taken was a {@code \r} that was read as {@code \n}. */
  private boolean afterReturn;

  NewlineReader(Reader in, @Nullable String newline) {
    this.in = in;
    this.newline = newline;
  }

  /** Returns the next char as received, or −1. */
  private int next() throws IOException {
    if (at == end) {
      int count = in.read(buffer, 0, SIZE);
      if (count <= 0) {
        return -1;
      }
      at = 0;
      end = count;
    }
    return buffer[at++];
  }

  @Override
  public int read() throws IOException {
    int c = next();
    if (newline != null || c < 0) {
      return c;
    }
    if (c == '\n' && afterReturn) {
      afterReturn = false;
      c = next();
    }
    afterReturn = c == '\r';
    return afterReturn ? '\n' : c;
  }

  @Override
  public int read(char[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    int count = 0;
    // Waits for one char, and takes what is there beside it.
    while (count < length && (count == 0 || at < end)) {
      int c = read();
      if (c < 0) {
        break;
      }
      into[offset + count++] = (char) c;
    }
    return count == 0 && length > 0 ? -1 : count;
  }

  /** Reads a line with its end; null at the end of the text. */
  @Nullable String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    int c;
    while ((c = read()) >= 0) {
      line.append((char) c);
      if (isEnd(line)) {
        break;
      }
    }
    return line.isEmpty() ? null : line.toString();
  }

  private boolean isEnd(StringBuilder line) throws IOException {
    int last = line.length() - 1;
    char c = line.charAt(last);
    if (newline == null) {
      return c == '\n';
    }
    if (!newline.isEmpty()) {
      int from = line.length() - newline.length();
      return from >= 0 && line.indexOf(newline, from) == from;
    }
    if (c == '\r') {
      int following = next();
      if (following == '\n') {
        line.append('\n');
      } else if (following >= 0) {
        at--;
      }
    }
    return c == '\n' || c == '\r';
  }

  /** Does nothing: the file is what is closed. */
  @Override
  public void close() {}
}
