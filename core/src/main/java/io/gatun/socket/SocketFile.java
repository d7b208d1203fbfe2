package io.gatun.socket;

import io.gatun.error.ClosedException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket as a file: Python's {@code makefile}. It has streams of bytes, and in text mode a reader
 * and a writer too; what is written goes out when the buffer is full, and at {@link #flush} and
 * {@link #close}.
 *
 * <table>
 * <caption>What a file has, by its mode</caption>
 * <tr><th>mode</th><th>it has</th></tr>
 * <tr><td>{@code r}</td><td>{@link #reader}, {@link #readLine()}, {@link #input}</td></tr>
 * <tr><td>{@code w}</td><td>{@link #writer}, {@link #output}</td></tr>
 * <tr><td>{@code rw}</td><td>all of these</td></tr>
 * <tr><td>{@code rb}, {@code b}</td><td>{@link #input}, {@link #readLineBytes}</td></tr>
 * <tr><td>{@code wb}</td><td>{@link #output}</td></tr>
 * <tr><td>{@code rwb}</td><td>{@link #input}, {@link #readLineBytes}, {@link #output}</td></tr>
 * </table>
 *
 * <p>What it has not is an {@link IllegalStateException}. In text mode use the characters of a
 * direction or its bytes, not both: the reader has a buffer of its own.
 *
 * <p>The socket stays open until it and all its files are closed. A timeout ends a call with an
 * exception, loses nothing that was read and sends nothing twice: reading may go on, and a flush
 * sends the rest of what was written. The socket must not be non-blocking.
 *
 * <p>Any number of threads may use a file: nothing comes between what one call writes, or takes.
 * While one waits, others that go the same way wait for it, {@link #close} of a file that writes
 * included.
 *
 * <p>Text that cannot be encoded fails its write, and nothing of that is sent; half a surrogate
 * pair waits for the other half until the next flush, which fails. Malformed bytes fail the read
 * that comes to them, once: the next one goes on behind them.
 */
public final class SocketFile implements Closeable {
  private static final int DEFAULT_BUFFER = 8192;

  private final Socket socket;
  private final @Nullable FileInput input;
  private final @Nullable FileOutput output;
  private final @Nullable NewlineReader reader;
  private final @Nullable NewlineWriter writer;
  private volatile boolean closed;

  private SocketFile(Builder builder) {
    socket = builder.socket;
    input = builder.reads ? new FileInput(this, socket, builder.buffering) : null;
    output = builder.writes ? new FileOutput(this, socket, builder.buffering) : null;
    reader = input != null && builder.text ? builder.reader(this, input) : null;
    writer = output != null && builder.text ? builder.writer(output) : null;
  }

  static Builder builder(Socket socket) {
    return new Builder(socket);
  }

  /** Says what file to make of a socket; see {@link Socket#makeFile()}. */
  public static final class Builder {
    private static final Set<String> NEWLINES = Set.of("", "\n", "\r", "\r\n");

    private final Socket socket;
    private boolean reads = true;
    private boolean writes = true;
    private boolean text;
    private int buffering = DEFAULT_BUFFER;
    private Charset charset = StandardCharsets.UTF_8;
    private CodingErrorAction errors = CodingErrorAction.REPORT;
    private @Nullable String newline;

    private Builder(Socket socket) {
      this.socket = socket;
    }

    /**
     * {@code r}, {@code w} or {@code rw}, and a {@code b} for bytes; {@code rwb} unless set. What
     * says neither is read.
     *
     * @throws IllegalArgumentException for any other text
     */
    public Builder mode(String mode) {
      writes = mode.contains("w");
      reads = mode.contains("r") || !writes;
      text = !mode.contains("b");
      boolean twice = mode.chars().distinct().count() != mode.length();
      if (twice || !mode.chars().allMatch(c -> "rwb".indexOf(c) >= 0)) {
        throw new IllegalArgumentException("mode: \"" + mode + "\" (expected: r, w, rw, with b)");
      }
      return this;
    }

    /** The size of the buffers in bytes; 8192 unless set, and 0, for none, only with bytes. */
    public Builder buffering(int size) {
      if (size < 0) {
        throw new IllegalArgumentException("buffering: " + size + " (expected: 0 or more)");
      }
      buffering = size;
      return this;
    }

    /** The encoding of text, UTF-8 unless set. */
    public Builder encoding(Charset encoding) {
      charset = encoding;
      return this;
    }

    /** What becomes of malformed text: an error unless set ({@code strict}). */
    public Builder errors(CodingErrorAction action) {
      errors = action;
      return this;
    }

    /**
     * How lines of text end. Null, as unless set: every end is read as {@code \n}, which is written
     * as the system's. Empty: every end is one, and stays as it is. One of {@code \n}, {@code \r},
     * {@code \r\n}: that alone is an end, and {@code \n} is written so.
     *
     * @throws IllegalArgumentException for any other text
     */
    public Builder newline(@Nullable String end) {
      if (end != null && !NEWLINES.contains(end)) {
        throw new IllegalArgumentException("no end of a line: \"" + end + "\"");
      }
      newline = end;
      return this;
    }

    /**
     * Makes the file, which has to be closed.
     *
     * @throws IllegalStateException for text without a buffer
     * @throws ClosedException if the socket is closed
     */
    public SocketFile open() throws IOException {
      if (text && buffering == 0) {
        throw new IllegalStateException("text needs a buffer");
      }
      SocketFile file = new SocketFile(this); // which an encoding may refuse
      socket.fileOpened();
      return file;
    }

    private NewlineReader reader(SocketFile file, FileInput input) {
      CharsetDecoder decoder =
          charset.newDecoder().onMalformedInput(errors).onUnmappableCharacter(errors);
      return new NewlineReader(file, input, decoder, newline);
    }

    private NewlineWriter writer(FileOutput output) {
      CharsetEncoder encoder =
          charset.newEncoder().onMalformedInput(errors).onUnmappableCharacter(errors);
      return new NewlineWriter(output, encoder, newline);
    }
  }

  private static <T> T there(@Nullable T part, String what) {
    if (part == null) {
      throw new IllegalStateException("the file was not opened for " + what);
    }
    return part;
  }

  boolean isClosed() {
    return closed;
  }

  /** Fails if the file is closed, be the socket still open or not. */
  void check(String call) throws ClosedException {
    if (closed) {
      throw new ClosedException(call, "the file is closed");
    }
  }

  /** Returns the stream of received bytes. Closing it does nothing: close the file. */
  public InputStream input() {
    return there(input, "reading");
  }

  /** Returns the stream of bytes to send. Closing it only flushes: close the file. */
  public OutputStream output() {
    return there(output, "writing");
  }

  /** Returns the reader of a text file. Closing it does nothing: close the file. */
  public Reader reader() {
    return there(reader, "reading text");
  }

  /** Returns the writer of a text file. Closing it only flushes: close the file. */
  public Writer writer() {
    return there(writer, "writing text");
  }

  /**
   * Reads a line of a text file, with its end, which is {@code \n} unless {@link Builder#newline}
   * says otherwise. A last line without an end has none.
   *
   * @return null at the end of the stream
   */
  public @Nullable String readLine() throws IOException {
    return there(reader, "reading text").readLine(Integer.MAX_VALUE);
  }

  /**
   * Reads a line of a text file, with its end, or its beginning: a peer that sends no end fills no
   * memory then. What is left of the line comes next.
   *
   * @param limit how many chars are read at most, the end included: 1 or more
   * @return null at the end of the stream
   */
  public @Nullable String readLine(int limit) throws IOException {
    return there(reader, "reading text").readLine(checkLimit(limit));
  }

  /**
   * Reads the bytes of a line, with the {@code \n} that ends it, or of its beginning; of a file of
   * bytes that has a buffer. The end may be missing in the last line.
   *
   * @param limit how many bytes are read at most, the end included: 1 or more
   * @return null at the end of the stream
   * @throws IllegalStateException if this is a file of text, or has no buffer
   */
  public byte @Nullable [] readLineBytes(int limit) throws IOException {
    FileInput bytes = there(reader == null ? input : null, "reading bytes");
    return bytes.readLine(checkLimit(limit));
  }

  private static int checkLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 or more)");
    }
    return limit;
  }

  /** Sends what was written. */
  public void flush() throws IOException {
    if (writer != null) {
      writer.flush();
    } else if (output != null) {
      output.flush();
    }
  }

  /** Sends what was written, and lets go of the socket. Closing again does nothing. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      try {
        flush();
      } finally {
        closed = true;
        socket.fileClosed();
      }
    }
  }
}
