package io.gatun.os;

/** {@code struct timespec { time_t tv_sec; long tv_nsec; };}: 16 bytes on every 64-bit system. */
public final class Timespec {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private Timespec() {}

  /** Fills a timespec and returns its address. */
  public static long set(long timespec, long nanos) {
    Memory.setLong(timespec, nanos / NANOS_PER_SECOND);
    Memory.setLong(timespec + Long.BYTES, nanos % NANOS_PER_SECOND);
    return timespec;
  }

  /** Rounds up to whole milliseconds, so that a wait never ends early; negative stays −1. */
  public static int millis(long nanos) {
    return nanos < 0
        ? -1
        : (int) Math.min(Integer.MAX_VALUE, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }
}
