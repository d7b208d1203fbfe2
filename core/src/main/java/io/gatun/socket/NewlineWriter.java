package io.gatun.socket;

import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Text whose {@code \n} is written as {@link SocketFile.Builder#newline} says. What is encoded and
 * finds no room stays here and goes first the next time: no byte is written twice.
 */
final class NewlineWriter extends Writer {
  private static final int SIZE = 1024;

  private final FileOutput out;
  private final CharsetEncoder encoder;
  private final String end;
  private final ByteBuffer bytes = ByteBuffer.allocate(SIZE);

  /** The first half of a pair whose second has yet to be written; 0 for none. */
  private char half;

  NewlineWriter(FileOutput out, CharsetEncoder encoder, @Nullable String newline) {
    this.out = out;
    this.encoder = encoder;
    this.end = newline == null ? System.lineSeparator() : newline.isEmpty() ? "\n" : newline;
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, text.length);
    int from = offset;
    for (int i = offset; i < offset + length && !end.equals("\n"); i++) {
      if (text[i] == '\n') {
        encode(CharBuffer.wrap(text, from, i - from));
        encode(CharBuffer.wrap(end));
        from = i + 1;
      }
    }
    encode(CharBuffer.wrap(text, from, offset + length - from));
  }

  private void encode(CharBuffer text) throws IOException {
    CharBuffer chars = text;
    if (half != 0 && text.hasRemaining()) {
      chars = CharBuffer.allocate(1 + text.remaining()).put(half).put(text).flip();
      half = 0;
    }
    while (chars.hasRemaining()) {
      CoderResult result = encoder.encode(chars, bytes, false);
      if (result.isError()) {
        result.throwException();
      }
      drain();
      if (result.isUnderflow()) {
        half = chars.hasRemaining() ? chars.get() : 0;
      }
    }
  }

  private void drain() throws IOException {
    bytes.flip();
    try {
      out.write(bytes);
    } finally {
      bytes.compact();
    }
  }

  @Override
  public void flush() throws IOException {
    drain();
    out.flush();
  }

  /** Only flushes: the file is what is closed. */
  @Override
  public void close() throws IOException {
    out.close();
  }
}
