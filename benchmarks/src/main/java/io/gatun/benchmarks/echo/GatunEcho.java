package io.gatun.benchmarks.echo;

import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.transport.Transport;

/**
 * Gatun's channels; the arguments name the transport and, unless it is one, the number of loops.
 */
public final class GatunEcho {
  private GatunEcho() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    int loops = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    try (EventLoopGroup group =
        EventLoopGroup.builder().loops(loops).transport(Transport.named(args[0])).build()) {
      Channel listener =
          new ServerBootstrap(group)
              .childHandler(channel -> channel.pipeline().addLast(new Echo()))
              .bind(Ipv4Address.loopback(0))
              .sync()
              .getNow();
      if (listener.localAddress() instanceof IpAddress address) {
        Serving.on(address.port());
      }
    }
  }

  private static final class Echo implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write(message, null);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }
}
