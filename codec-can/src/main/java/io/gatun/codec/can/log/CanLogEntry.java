package io.gatun.codec.can.log;

import io.gatun.codec.can.CanFrame;
import java.time.Instant;

/**
 * A frame in a log. What a format does not hold is lost on the way through it.
 *
 * @param time when it was on the bus; where a log has no date, since 1970
 * @param channel the bus: an interface's name or a number; empty where the log has none
 * @param direction whether this machine sent it
 * @param frame the frame
 */
public record CanLogEntry(Instant time, String channel, Direction direction, CanFrame frame) {
  /** Whether the machine that wrote the log sent a frame. */
  public enum Direction {
    /** It was received. */
    RECEIVED,
    /** It was sent. */
    SENT,
    /** The log does not say. */
    UNKNOWN
  }
}
