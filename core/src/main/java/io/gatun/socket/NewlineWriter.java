package io.gatun.socket;

import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.MalformedInputException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Text whose {@code \n} is written as {@link SocketFile.Builder#newline} says. A write is encoded
 * as a whole before anything of it is sent: text that cannot be encoded sends nothing. Encoded, it
 * is taken: what finds no room stays here and goes first the next time. No byte is written twice.
 *
 * <p>All fields are guarded by the lock of the bytes' stream.
 */
final class NewlineWriter extends Writer {
  private static final int SIZE = 1024;

  /** More room than this is let go of once it is empty. */
  private static final int MOST_KEPT = 64 * 1024;

  private final FileOutput out;
  private final ReentrantLock writing;
  private final CharsetEncoder encoder;
  private final String end;

  /** What is encoded, up to its position. */
  private ByteBuffer bytes = ByteBuffer.allocate(SIZE);

  /** The first half of a pair whose second has yet to be written; 0 for none. */
  private char half;

  NewlineWriter(FileOutput out, CharsetEncoder encoder, @Nullable String newline) {
    this.out = out;
    this.writing = out.lock;
    this.encoder = encoder;
    this.end = newline == null ? System.lineSeparator() : newline.isEmpty() ? "\n" : newline;
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, text.length);
    writing.lock();
    try {
      if (length > 0) {
        encode(withHalf(withEnds(CharBuffer.wrap(text, offset, length))));
        drain();
      }
    } finally {
      writing.unlock();
    }
  }

  private CharBuffer withEnds(CharBuffer text) {
    return end.equals("\n") ? text : CharBuffer.wrap(text.toString().replace("\n", end));
  }

  private CharBuffer withHalf(CharBuffer text) {
    return half == 0 ? text : CharBuffer.allocate(1 + text.remaining()).put(half).put(text).flip();
  }

  /** Encodes all, or fails and leaves what was encoded before. */
  private void encode(CharBuffer text) throws CharacterCodingException {
    int before = bytes.position();
    CoderResult result = encoder.encode(text, bytes, false);
    while (result.isOverflow()) {
      bytes = ByteBuffer.allocate(2 * bytes.capacity()).put(bytes.flip());
      result = encoder.encode(text, bytes, false);
    }
    if (result.isError()) {
      bytes.position(before);
      if (text.position() == 0) {
        half = 0; // it is what failed, and must not fail each write from now on
      }
      result.throwException();
    }
    half = text.hasRemaining() ? text.get() : 0;
  }

  private void drain() throws IOException {
    bytes.flip();
    try {
      out.write(bytes);
    } finally {
      bytes.compact();
    }
    if (bytes.capacity() > MOST_KEPT) {
      bytes = ByteBuffer.allocate(SIZE);
    }
  }

  /** Sends all. Half a pair is an error here, since nothing says that the other half follows. */
  @Override
  public void flush() throws IOException {
    writing.lock();
    try {
      drain();
      CodingErrorAction action =
          half == 0 ? CodingErrorAction.IGNORE : encoder.malformedInputAction();
      half = 0;
      if (action.equals(CodingErrorAction.REPLACE)) {
        bytes.put(encoder.replacement());
        drain();
      }
      out.flush();
      if (action.equals(CodingErrorAction.REPORT)) {
        throw new MalformedInputException(1);
      }
    } finally {
      writing.unlock();
    }
  }

  /** Only flushes: the file is what is closed. */
  @Override
  public void close() throws IOException {
    if (!out.isClosed()) {
      flush();
    }
  }
}
