package io.gatun.channel;

/**
 * When a channel is no longer, and again, writable. What counts is memory, as {@link
 * Channel#pendingBytes} tells it: so a peer that takes nothing cannot have more kept for it.
 *
 * @param low bytes waiting, below which it becomes writable again
 * @param high bytes waiting, above which it stops being writable
 */
public record WaterMarks(int low, int high) {
  /** 32 and 64 KiB: Netty's, and about what a socket's own buffer holds. */
  public static final WaterMarks DEFAULT = new WaterMarks(32 * 1024, 64 * 1024);

  /** Checks the order. */
  public WaterMarks {
    if (low < 0 || high < low) {
      throw new IllegalArgumentException(
          "water marks: low " + low + ", high " + high + " (expected: 0 <= low <= high)");
    }
  }
}
