package io.gatun.channel;

import io.gatun.error.ClosedException;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * The promises that a handler neither completed nor passed on before it returned. Most are
 * completed later; those that are not when their channel is closed are told of, and fail. Loop's
 * thread only.
 */
final class KeptPromises {
  private static final InternalLogger LOGGER =
      InternalLoggerFactory.getInstance(KeptPromises.class);
  private static final int FIRST_LOOK = 16;

  private final List<ChannelPromise> promises = new ArrayList<>();

  /** The size at which those are thrown out that need no watching any more. */
  private int nextLook = FIRST_LOOK;

  void add(ChannelPromise promise) {
    if (promises.size() >= nextLook) {
      promises.removeIf(KeptPromises::isSettled);
      nextLook = Math.max(FIRST_LOOK, promises.size() * 2);
    }
    promises.add(promise);
  }

  private static boolean isSettled(ChannelPromise promise) {
    ChannelHandlerContext holder = promise.holder;
    return promise.isDone() || holder == null || holder.isSentinel(); // the channel keeps it
  }

  /** The channel is closed and its handlers are removed. */
  void tell(Channel channel) {
    for (ChannelPromise promise : List.copyOf(promises)) {
      ChannelHandlerContext holder = promise.holder;
      if (!isSettled(promise) && holder != null && !holder.isBusyElsewhere()) {
        LOGGER.warn("{}: handler {} never completed a promise", channel, holder.name());
        promise.tryFailure(new ClosedException("wait for handler " + holder.name()));
      }
    }
    promises.removeIf(KeptPromises::isSettled);
  }
}
