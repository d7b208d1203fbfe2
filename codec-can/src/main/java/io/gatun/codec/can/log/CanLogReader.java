package io.gatun.codec.can.log;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a log, of which it holds one entry at a time. One thread at a time may use it. */
public interface CanLogReader extends Closeable {
  /**
   * {@return the next entry; null at the end} What is no frame (comments, other events) is passed
   * over. After a {@link CanLogException} of a text, the next call goes on with the next line.
   *
   * @throws CanLogException if the log is malformed there
   * @throws IOException if reading fails
   */
  @Nullable CanLogEntry read() throws IOException;
}
