package io.gatun.codec.can.log;

import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;

/** Writes a log. Closing it completes it. One thread at a time may use it. */
public interface CanLogWriter extends Closeable, Flushable {
  /**
   * Writes an entry.
   *
   * @param entry what is written
   * @throws IOException if writing fails, or the format has no form for such a frame
   */
  void write(CanLogEntry entry) throws IOException;
}
