package io.gatun.benchmarks.echo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Netty's channels on one loop, as Netty sets them up; the argument is {@code epoll}, {@code
 * io_uring} or {@code nio}.
 */
public final class NettyEcho {
  private NettyEcho() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    IoHandlerFactory handlers;
    Class<? extends ServerChannel> type;
    switch (args[0]) {
      case "epoll" -> {
        handlers = EpollIoHandler.newFactory();
        type = EpollServerSocketChannel.class;
      }
      case "io_uring" -> {
        if (!IoUring.isAvailable()) {
          Serving.not(String.valueOf(IoUring.unavailabilityCause()));
          return;
        }
        handlers = IoUringIoHandler.newFactory();
        type = IoUringServerSocketChannel.class;
      }
      default -> {
        handlers = NioIoHandler.newFactory();
        type = NioServerSocketChannel.class;
      }
    }
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, handlers);
    Channel listener =
        new ServerBootstrap()
            .group(group)
            .channel(type)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Echo());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    Serving.on(((InetSocketAddress) listener.localAddress()).getPort());
    group.shutdownGracefully();
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write(message, ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }
}
