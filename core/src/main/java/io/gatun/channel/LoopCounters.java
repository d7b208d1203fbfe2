package io.gatun.channel;

/**
 * What an {@link EventLoop} has done since it was made. The loop counts in plain fields, so that
 * counting costs nothing worth naming; any thread may read them, and sees each number sooner or
 * later, one perhaps before another.
 */
public final class LoopCounters {
  long channels;
  long accepted;
  long connected;
  long reads;
  long bytesRead;
  long writes;
  long bytesWritten;

  LoopCounters() {}

  /** Returns the number of channels that are open now, listeners too. */
  public long channels() {
    return channels;
  }

  /** Returns the number of connections that listeners of this loop have accepted. */
  public long accepted() {
    return accepted;
  }

  /** Returns the number of channels that have connected. */
  public long connected() {
    return connected;
  }

  /**
   * Returns the number of calls that have read something. One reads several messages, where the
   * system does.
   */
  public long reads() {
    return reads;
  }

  /** Returns the number of bytes that were read. */
  public long bytesRead() {
    return bytesRead;
  }

  /** Returns the number of calls that have written something. */
  public long writes() {
    return writes;
  }

  /** Returns the number of bytes that the system has taken. */
  public long bytesWritten() {
    return bytesWritten;
  }

  @Override
  public String toString() {
    return "%d channels, %d accepted, %d connected, %d bytes in %d reads, %d bytes in %d writes"
        .formatted(channels, accepted, connected, bytesRead, reads, bytesWritten, writes);
  }
}
