package io.gatun.examples.readme;

import io.gatun.address.Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;

/** The README's server. */
// README: begin
public final class EchoServer implements ChannelHandler {
  public static void main(String... args) throws Exception {
    try (EventLoopGroup group = EventLoopGroup.create()) {
      Channel server =
          new ServerBootstrap(group)
              .childHandler(channel -> channel.pipeline().addLast(new EchoServer()))
              .bind(Address.parse(args[0])) // 127.0.0.1:7777, [::1]:7777, unix:/run/echo …
              .sync()
              .getNow();
      System.out.println("listening on " + server.localAddress());
      server.closeFuture().sync();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ctx.writeAndFlush(message, null);
  }
}
// README: end
