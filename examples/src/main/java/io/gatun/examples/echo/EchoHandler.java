package io.gatun.examples.echo;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;

// README: begin
/** Sends back what comes, and reads no faster than the peer takes it. */
public final class EchoHandler implements ChannelHandler {
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ctx.write(message, null); // the buffer that was read is the one that is sent
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush(); // all that was read, in one call
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    ctx.channel().setOption(ChannelOption.AUTO_READ, ctx.channel().isWritable());
  }
}
// README: end
