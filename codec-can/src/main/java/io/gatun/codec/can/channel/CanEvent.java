package io.gatun.codec.can.channel;

import java.io.IOException;

/** What happens to a CAN channel beside frames; handlers hear of it by {@code userEvent}. */
public sealed interface CanEvent {
  /**
   * Frames were received for this channel and lost, since it did not read fast enough: SO_RXQ_OVFL.
   * The kernel tells with the next frame that it has room for.
   *
   * @param frames how many since this was last told
   */
  record Lost(long frames) implements CanEvent {}

  /** The controller's state, as error frames tell it. */
  enum Bus implements CanEvent {
    /** It has left the bus: nothing is sent until it is restarted. */
    OFF,
    /** It is on the bus again, or error active again. */
    ACTIVE,
    /** 96 transmit or receive errors and more. */
    WARNING,
    /** 128 transmit or receive errors and more. */
    PASSIVE
  }

  /** The interface's state; see {@link CanInterfaceHandler}. */
  enum Link implements CanEvent {
    /** It can be used (again). */
    UP,
    /** It is down, or its controller has no carrier. */
    DOWN,
    /** There is no such interface any more. */
    REMOVED
  }

  /**
   * What handlers want to see has changed: see {@link CanFrameHandler.Interest}. Fire it from the
   * channel's pipeline, or call {@link CanFrameHandler#updateFilters}.
   */
  enum Interest implements CanEvent {
    /** The only one. */
    CHANGED
  }

  /**
   * The kernel has refused filters, and the channel is given more than it asked for; what nobody
   * asked for is dropped by the handler.
   *
   * @param cause why
   */
  record FiltersRefused(IOException cause) implements CanEvent {}
}
