package io.gatun.codec.can.channel;

import io.gatun.codec.can.CanFrame;
import java.time.Duration;

/**
 * A frame to be written that is of no use later: a {@link CanSendQueue} drops it instead.
 *
 * @param frame the frame
 * @param timeToLive from when it is written to when the kernel takes it
 */
public record TimedFrame(CanFrame frame, Duration timeToLive) {
  /**
   * Makes a frame with a time.
   *
   * @throws IllegalArgumentException if the time is not positive
   */
  public TimedFrame {
    if (!timeToLive.isPositive()) {
      throw new IllegalArgumentException("time to live " + timeToLive);
    }
  }
}
