package io.gatun.handler;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * So many bytes a second; a quiet time saves up for one second's worth at most. May be shared by
 * any number of channels and loops, of which none waits for more than a share of each of the
 * others.
 */
public final class RateLimit {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long bytesPerSecond;
  private final Ticker ticker;

  /** When all that has passed was paid for. Under this object's lock. */
  private long paidAt;

  /**
   * Makes a limit.
   *
   * @param bytesPerSecond at least 1
   * @param ticker the clock, such as the loop's
   */
  public RateLimit(long bytesPerSecond, Ticker ticker) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("bytesPerSecond: " + bytesPerSecond + " is less than 1");
    }
    this.bytesPerSecond = bytesPerSecond;
    this.ticker = ticker;
    this.paidAt = ticker.nanoTime() - SECOND;
  }

  /**
   * Charges bytes, in the order of the calls.
   *
   * @return how long it takes, in nanoseconds, until they are paid for; 0 when they are already
   */
  synchronized long charge(long bytes) {
    long now = ticker.nanoTime();
    if (paidAt - (now - SECOND) < 0) {
      paidAt = now - SECOND; // no more can be saved up
    }
    paidAt += (long) Math.ceil((double) bytes * SECOND / bytesPerSecond);
    return Math.max(0, paidAt - now);
  }

  /**
   * Returns the most bytes that one channel charges at once before the others have their turn: what
   * passes in a twentieth of a second.
   */
  long share() {
    return Math.max(1, bytesPerSecond / 20);
  }
}
