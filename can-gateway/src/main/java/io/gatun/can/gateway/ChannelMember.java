package io.gatun.can.gateway;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** A member that is a handler of a channel, and has something to say while that is active. */
abstract class ChannelMember extends Member implements ChannelHandler {
  /** Null while the channel is not active. */
  @Nullable ChannelHandlerContext ctx;

  ChannelMember(String name, Bus bus) {
    super(name, bus);
  }

  /** The channel is active. */
  void connected(ChannelHandlerContext ctx) throws Exception {}

  /** It is no more. */
  void disconnected() {}

  @Override
  public final void channelActive(ChannelHandlerContext ctx) throws Exception {
    this.ctx = ctx;
    connected(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public final void channelInactive(ChannelHandlerContext ctx) {
    this.ctx = null;
    disconnected();
    ctx.fireChannelInactive();
  }

  @Override
  void close() {
    super.close();
    ChannelHandlerContext ctx = this.ctx;
    if (ctx != null) {
      ctx.close();
    }
  }
}
