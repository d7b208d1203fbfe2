package io.gatun.channel;

/** Adds the handlers of a new channel. Called once for each, on its loop, before anything else. */
@FunctionalInterface
public interface ChannelInitializer {
  /**
   * Adds the handlers.
   *
   * @throws Exception if the channel cannot be used; it is closed, and the exception logged
   */
  void initialize(Channel channel) throws Exception;
}
