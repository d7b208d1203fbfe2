package io.gatun.os;

/** {@code struct timespec { time_t tv_sec; long tv_nsec; };}: 16 bytes on every 64-bit system. */
public final class Timespec {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long MICROS_PER_SECOND = 1_000_000;

  private Timespec() {}

  /** Fills a timespec and returns its address. */
  public static long set(long timespec, long nanos) {
    Memory.setLong(timespec, nanos / NANOS_PER_SECOND);
    Memory.setLong(timespec + Long.BYTES, nanos % NANOS_PER_SECOND);
    return timespec;
  }

  /**
   * Fills Windows's {@code struct timeval { long tv_sec; long tv_usec; };}, whose long has 4 bytes,
   * rounding up to whole microseconds, and returns its address.
   */
  static long setTimeval(long timeval, long nanos) {
    long micros = Math.ceilDiv(nanos, NANOS_PER_MICRO);
    Memory.setInt(timeval, (int) Math.min(Integer.MAX_VALUE, micros / MICROS_PER_SECOND));
    Memory.setInt(timeval + Integer.BYTES, (int) (micros % MICROS_PER_SECOND));
    return timeval;
  }

  /** Rounds up to whole milliseconds, so that a wait never ends early; negative stays −1. */
  public static int millis(long nanos) {
    return nanos < 0
        ? -1
        : (int) Math.min(Integer.MAX_VALUE, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }
}
