package io.gatun.codec.can.channel;

import io.gatun.codec.can.CanFrame;

/**
 * A frame that was received, and what the kernel tells beside it.
 *
 * @param frame the frame
 * @param origin who has sent it
 * @param timestamp when the kernel received it, in nanoseconds since 1970; on a {@link VirtualBus}
 *     since it was made; 0 where that was not asked for ({@link CanFrameHandler.Option#TIMESTAMPS})
 * @param hardwareTimestamp when the controller received it, in nanoseconds of the controller's
 *     clock; 0 where that was not asked for, or it has none
 */
public record CanReceived(CanFrame frame, Origin origin, long timestamp, long hardwareTimestamp) {
  /** Who has sent a frame. */
  public enum Origin {
    /** Another node of the bus. */
    BUS,
    /** Another socket of this host: MSG_DONTROUTE. */
    HOST,
    /**
     * This channel itself; it is told once the frame was on the bus: MSG_CONFIRM. Only with {@link
     * CanFrameHandler.Option#OWN}.
     */
    OWN
  }
}
