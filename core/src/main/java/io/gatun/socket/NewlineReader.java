package io.gatun.socket;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Text whose lines end as {@link SocketFile.Builder#newline} says. A {@code \r} that is the last
 * thing received is an end at once, where any end is read as {@code \n}: what follows it may never
 * come. A {@code \n} that does follow belongs to it.
 *
 * <p>What was received stays in the buffer until it is returned, so that a read which fails in
 * between, as by a timeout, loses nothing.
 */
final class NewlineReader extends Reader {
  private static final int SIZE = 1024;

  private final SocketFile file;
  private final Reader in;
  private final @Nullable String newline;
  private char[] buffer = new char[SIZE];
  private int at;
  private int end;

  /** The last thing taken was a {@code \r} that was read as {@code \n}. */
  private boolean afterReturn;

  NewlineReader(SocketFile file, Reader in, @Nullable String newline) {
    this.file = file;
    this.in = in;
    this.newline = newline;
  }

  /** Receives more behind what there is. Returns false at the end of the text. */
  private boolean fill() throws IOException {
    file.check("read");
    if (at > 0) {
      System.arraycopy(buffer, at, buffer, 0, end - at);
      end -= at;
      at = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * end);
    }
    int count = in.read(buffer, end, buffer.length - end);
    end += Math.max(0, count);
    return count > 0;
  }

  /** Whether there is a char to return, behind the rest of an end that was returned already. */
  private boolean isThere() {
    if (afterReturn && at < end) {
      at += buffer[at] == '\n' ? 1 : 0;
      afterReturn = false;
    }
    return at < end;
  }

  private char take() {
    char c = buffer[at++];
    afterReturn = newline == null && c == '\r';
    return afterReturn ? '\n' : c;
  }

  @Override
  public int read() throws IOException {
    file.check("read");
    while (!isThere()) {
      if (!fill()) {
        return -1;
      }
    }
    return take();
  }

  /** Waits for one char, and takes what is there beside it. */
  @Override
  public int read(char[] into, int offset, int length) throws IOException {
    if (Objects.checkFromIndexSize(offset, length, into.length) >= 0 && length == 0) {
      return 0;
    }
    int first = read();
    if (first < 0) {
      return -1;
    }
    into[offset] = (char) first;
    int count = 1;
    while (count < length && isThere()) {
      into[offset + count++] = take();
    }
    return count;
  }

  @Override
  public boolean ready() throws IOException {
    file.check("read");
    return isThere() || in.ready();
  }

  /** Reads a line with its end; null at the end of the text. */
  @Nullable String readLine() throws IOException {
    file.check("read");
    int looked = 0;
    while (true) {
      int length = isThere() ? lineLength(looked) : 0;
      if (length > 0) {
        return take(length);
      }
      looked = Math.max(0, end - at - 1);
      if (!fill()) {
        return isThere() ? take(end - at) : null;
      }
    }
  }

  /** The length of the first line with its end, which does not begin before {@code from}; or 0. */
  private int lineLength(int from) {
    for (int i = at + from; i < end; i++) {
      char c = buffer[i];
      if (newline != null && !newline.isEmpty()) {
        int first = i + 1 - newline.length();
        if (first >= at && newline.contentEquals(new String(buffer, first, newline.length()))) {
          return i + 1 - at;
        }
      } else if (c == '\n' || (c == '\r' && newline == null)) {
        return i + 1 - at;
      } else if (c == '\r') {
        // It stays as it is, so what it is has to be known.
        return i + 1 == end ? 0 : i + 1 - at + (buffer[i + 1] == '\n' ? 1 : 0);
      }
    }
    return 0;
  }

  private String take(int length) {
    StringBuilder line = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      line.append(take());
    }
    return line.toString();
  }

  /** Does nothing: the file is what is closed. */
  @Override
  public void close() {}
}
