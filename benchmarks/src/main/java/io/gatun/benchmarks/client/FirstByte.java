package io.gatun.benchmarks.client;

import io.gatun.address.Ipv4Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.socket.Socket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;

/** Programs that send a byte to the port that is their argument, and say when it has come back. */
public final class FirstByte {
  private FirstByte() {}

  /** By java.net.Socket. */
  public static final class Net {
    private Net() {}

    /** The program. */
    public static void main(String[] args) throws IOException {
      int port = Integer.parseInt(args[0]);
      try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(1);
        System.out.println(socket.getInputStream().read());
      }
    }
  }

  /** By Gatun's Socket. */
  public static final class Gatun {
    private Gatun() {}

    /** The program. */
    public static void main(String[] args) throws IOException {
      Ipv4Address address = Ipv4Address.loopback(Integer.parseInt(args[0]));
      try (Socket socket = Socket.openFor(address)) {
        socket.connect(address);
        socket.sendAll(new byte[] {1});
        System.out.println(socket.recv(1)[0]);
      }
    }
  }

  /** By a channel. */
  public static final class Channels {
    private Channels() {}

    /** The program. */
    public static void main(String[] args) throws Exception {
      try (EventLoopGroup group = EventLoopGroup.builder().loops(1).build()) {
        new Bootstrap(group)
            .handler(channel -> channel.pipeline().addLast(new Once()))
            .connect(Ipv4Address.loopback(Integer.parseInt(args[0])))
            .sync()
            .getNow()
            .closeFuture()
            .sync();
      }
    }

    private static final class Once implements ChannelHandler {
      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(ctx.alloc().directBuffer(1).writeByte(1), null);
      }

      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        System.out.println(1);
        ReferenceCountUtil.release(message);
        ctx.close();
      }
    }
  }
}
