package io.gatun.socket;

import java.io.IOException;
import java.io.Writer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Text whose {@code \n} is written as {@link SocketFile.Builder#newline} says. */
final class NewlineWriter extends Writer {
  private final Writer out;
  private final String end;

  NewlineWriter(Writer out, @Nullable String newline) {
    this.out = out;
    this.end = newline == null ? System.lineSeparator() : newline.isEmpty() ? "\n" : newline;
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, text.length);
    if (end.equals("\n")) {
      out.write(text, offset, length);
      return;
    }
    int from = offset;
    for (int i = offset; i < offset + length; i++) {
      if (text[i] == '\n') {
        out.write(text, from, i - from);
        out.write(end);
        from = i + 1;
      }
    }
    out.write(text, from, offset + length - from);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** Only flushes: the file is what is closed. */
  @Override
  public void close() throws IOException {
    flush();
  }
}
