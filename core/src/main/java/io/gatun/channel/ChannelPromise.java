package io.gatun.channel;

import io.netty.util.concurrent.DefaultPromise;
import org.jspecify.annotations.Nullable;

/** A promise that knows which handler has it, should that one never complete it. */
final class ChannelPromise extends DefaultPromise<Void> {
  /** The handler it was last handed to. Loop's thread only. */
  @Nullable ChannelHandlerContext holder;

  ChannelPromise(EventLoop loop) {
    super(loop);
  }
}
