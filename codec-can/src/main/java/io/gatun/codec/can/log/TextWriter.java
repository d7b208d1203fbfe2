package io.gatun.codec.can.log;

import io.gatun.codec.can.CanFrame;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes a log line by line. */
abstract class TextWriter implements CanLogWriter {
  final Writer out;

  TextWriter(OutputStream out) {
    this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
  }

  static IOException cannotHold(String format, CanFrame frame) {
    return new IOException(format + " has no form for the frame " + shortened(frame.toString()));
  }

  private static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + '…' : text;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  @Override
  public final void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
