package io.gatun.handler;

import io.gatun.channel.Channel;
import io.netty.util.concurrent.Future;

/** Ways to close a channel that {@link Channel#close} has not, which is at once. */
public final class Closing {
  private Closing() {}

  /**
   * Closes a channel once all that was written before is sent, or fails: after {@link
   * Channel#shutdownOutput}, which flushes and takes its turn in every handler, and of which no
   * encoder makes a message. A {@link TimeoutHandler} limits how long a peer may take for it.
   *
   * @return when the channel is closed
   */
  public static Future<Void> whenSent(Channel channel) {
    if (channel.isOpen()) {
      channel.shutdownOutput().addListener(done -> channel.close());
    }
    return channel.closeFuture();
  }
}
