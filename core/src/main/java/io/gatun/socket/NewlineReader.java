package io.gatun.socket;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Text whose lines end as {@link SocketFile.Builder#newline} says. A {@code \r} that is the last
 * thing received is an end at once, where any end is read as {@code \n}: what follows it may never
 * come. A {@code \n} that does follow belongs to it.
 *
 * <p>What was received stays in the buffers until it is returned, so that a read which fails in
 * between, as by a timeout, loses nothing. Malformed bytes fail one read and are passed over then:
 * the text before them is returned first, that behind them afterwards. (The JDK's reader would fail
 * for good, Python's loses what came with them.)
 */
final class NewlineReader extends Reader {
  private static final int SIZE = 1024;

  private final SocketFile file;
  private final FileInput in;
  private final CharsetDecoder decoder;
  private final @Nullable String newline;

  /** Held for the whole of a read; it guards what is below. */
  private final ReentrantLock reading;

  /** What was received and is not decoded: to be read from its position. */
  private final ByteBuffer bytes = ByteBuffer.allocate(SIZE).limit(0);

  /** The stream has ended, and its last bytes may still have to be decoded. */
  private boolean ended;

  private char[] buffer = new char[SIZE];
  private int at;
  private int end;

  /** The last thing taken was a {@code \r} that was read as {@code \n}. */
  private boolean afterReturn;

  NewlineReader(SocketFile file, FileInput in, CharsetDecoder decoder, @Nullable String newline) {
    this.file = file;
    this.in = in;
    this.reading = in.lock;
    this.decoder = decoder;
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
    if (end > buffer.length - 2) { // a pair takes two
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    while (true) {
      int count = decode();
      if (count > 0) {
        end += count;
        return true;
      }
      if (ended) {
        ended = false; // a socket of messages may go on
        return false;
      }
      receive();
    }
  }

  /** Decodes what was received. Fails if it begins with what is malformed, and passes that over. */
  private int decode() throws IOException {
    CharBuffer chars = CharBuffer.wrap(buffer, end, buffer.length - end);
    CoderResult result = decoder.decode(bytes, chars, ended);
    if (result.isUnderflow() && ended) {
      result = decoder.flush(chars);
      decoder.reset();
    }
    int count = chars.position() - end;
    if (result.isError() && count == 0) {
      bytes.position(bytes.position() + result.length());
      result.throwException();
    }
    return count;
  }

  private void receive() throws IOException {
    bytes.compact();
    try {
      int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
      ended = count < 0;
      bytes.position(bytes.position() + Math.max(0, count));
    } finally {
      bytes.flip();
    }
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
    reading.lock();
    try {
      file.check("read");
      while (!isThere()) {
        if (!fill()) {
          return -1;
        }
      }
      return take();
    } finally {
      reading.unlock();
    }
  }

  /** Waits for one char, and takes what is there beside it. */
  @Override
  public int read(char[] into, int offset, int length) throws IOException {
    if (Objects.checkFromIndexSize(offset, length, into.length) >= 0 && length == 0) {
      return 0;
    }
    reading.lock();
    try {
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
    } finally {
      reading.unlock();
    }
  }

  @Override
  public boolean ready() throws IOException {
    reading.lock();
    try {
      file.check("read");
      return isThere() || bytes.hasRemaining() || in.available() > 0;
    } finally {
      reading.unlock();
    }
  }

  /** Reads a line with its end, or the beginning of one; null at the end of the text. */
  @Nullable String readLine(int limit) throws IOException {
    reading.lock();
    try {
      file.check("read");
      int looked = 0;
      while (true) {
        int length = isThere() ? lineLength(looked) : 0;
        if (length > 0 || end - at >= limit) {
          return take(length > 0 ? Math.min(length, limit) : limit);
        }
        looked = Math.max(0, end - at - 1);
        if (!fill()) {
          return isThere() ? take(end - at) : null;
        }
      }
    } finally {
      reading.unlock();
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
