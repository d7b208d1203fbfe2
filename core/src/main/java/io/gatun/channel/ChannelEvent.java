package io.gatun.channel;

/** What a channel itself tells by {@link ChannelHandler#userEvent}. */
public enum ChannelEvent {
  /**
   * The peer sends no more: the end of the stream was read, once. Told only with {@link
   * ChannelOption#ALLOW_HALF_CLOSURE}; without it the channel closes.
   */
  INPUT_SHUTDOWN,

  /** This side's sending half is shut down. */
  OUTPUT_SHUTDOWN
}
