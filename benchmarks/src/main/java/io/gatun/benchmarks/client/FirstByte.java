package io.gatun.benchmarks.client;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.gatun.address.Ipv4Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.socket.Socket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
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

  /**
   * By the five calls of the C library that it takes and nothing else: what the JDK's linker costs.
   */
  public static final class Ffm {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;

    private Ffm() {}

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, MemoryLayout returns, MemoryLayout... arguments) {
      return LINKER.downcallHandle(
          LINKER.defaultLookup().find(name).orElseThrow(),
          FunctionDescriptor.of(returns, arguments),
          Linker.Option.captureCallState("errno"));
    }

    /** The program, for Linux. */
    public static void main(String[] args) throws Throwable {
      MethodHandle socket = link("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
      MethodHandle connect = link("connect", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
      MethodHandle send = link("send", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
      MethodHandle recv = link("recv", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
      MethodHandle close = link("close", JAVA_INT, JAVA_INT);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
        MemorySegment address = arena.allocate(16, 4); // struct sockaddr_in
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.set(JAVA_SHORT, 2, Short.reverseBytes((short) Integer.parseInt(args[0])));
        address.set(JAVA_INT, 4, Integer.reverseBytes(0x7f000001));
        int fd = (int) socket.invokeExact(errno, AF_INET, SOCK_STREAM, 0);
        int connected = (int) connect.invokeExact(errno, fd, address.address(), 16);
        long sent = (long) send.invokeExact(errno, fd, address.address(), 1L, 0);
        long received = (long) recv.invokeExact(errno, fd, address.address(), 1L, 0);
        System.out.println(connected + sent + received);
        int ignored = (int) close.invokeExact(errno, fd);
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
