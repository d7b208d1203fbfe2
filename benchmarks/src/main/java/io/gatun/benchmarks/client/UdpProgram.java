package io.gatun.benchmarks.client;

import com.sun.management.OperatingSystemMXBean;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/** Datagrams by what the first argument names; {@code udp.c} has what the second one means. */
public final class UdpProgram {
  private static final int BYTES = 64;
  private static final int ROOM = 2048;
  private static final int BATCH = 64;

  /** Those received so far; only one thread counts. */
  private final AtomicLong received = new AtomicLong();

  private UdpProgram() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    UdpProgram program = new UdpProgram();
    boolean receives = args[1].equals("receive");
    switch (args[0]) {
      case "gatun" -> program.gatun(receives);
      case "netty-epoll" -> program.netty(receives);
      case "nio" -> program.nio(receives);
      default -> throw new IllegalArgumentException("there is no " + args[0]);
    }
    System.exit(0);
  }

  private void count() {
    received.lazySet(received.getPlain() + 1);
  }

  private void receiving(int port) {
    Work.serve(port, words -> new double[] {received.get()});
  }

  /** What is connected and sends batches. */
  interface Sender extends Work.Step, Closeable {
    /** One of a step and of what closes its channel. */
    static Sender of(Work.Step batch, Closeable channel) {
      return new Sender() {
        @Override
        public void run() throws IOException {
          batch.run();
        }

        @Override
        public void close() throws IOException {
          channel.close();
        }
      };
    }
  }

  /** What connects to a port. */
  interface Connect {
    Sender to(int port) throws Exception;
  }

  /** What runs something on the thread that sends. */
  interface Runner {
    double[] run(Callable<double[]> task) throws Exception;
  }

  private static void sending(Runner runner, Connect connect) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Work.serve(
        0,
        words -> {
          long millis = Long.parseLong(words[1]);
          try (Sender sender = connect.to(Integer.parseInt(words[0]))) {
            return runner.run(() -> {
              long used = system.getProcessCpuTime();
              AtomicLong batches = new AtomicLong();
              double ignored =
                  Work.timed(
                      millis,
                      4,
                      () -> {
                        sender.run();
                        batches.setPlain(batches.getPlain() + 1);
                      });
              return new double[] {batches.getPlain() * BATCH, system.getProcessCpuTime() - used};
            });
          }
        });
  }

  private void gatun(boolean receives) throws Exception {
    try (EventLoopGroup group = EventLoopGroup.builder().loops(1).build()) {
      io.gatun.channel.Bootstrap bootstrap =
          new io.gatun.channel.Bootstrap(group.next())
              .type(SocketType.DGRAM)
              .handler(channel -> channel.pipeline().addLast(new Count()));
      if (receives) {
        var channel = bootstrap.bind(Ipv4Address.loopback(0)).sync().getNow();
        if (channel.localAddress() instanceof IpAddress address) {
          receiving(address.port());
        }
      } else {
        sending(
            task -> group.next().submit(task).get(),
            port -> {
              var channel = bootstrap.connect(Ipv4Address.loopback(port)).sync().getNow();
              return Sender.of(
                  () -> {
                    for (int i = 0; i < BATCH; i++) {
                      channel.write(datagram(channel.alloc().directBuffer(BYTES)), null);
                    }
                    channel.flush();
                  },
                  () -> channel.close().syncUninterruptibly());
            });
      }
    }
  }

  private static ByteBuf datagram(ByteBuf buffer) {
    return buffer.writerIndex(BYTES);
  }

  private final class Count implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      count();
      ReferenceCountUtil.release(message);
    }
  }

  @io.netty.channel.ChannelHandler.Sharable
  private final class NettyCount extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(io.netty.channel.ChannelHandlerContext ctx, Object message) {
      count();
      ReferenceCountUtil.release(message);
    }
  }

  private void netty(boolean receives) throws Exception {
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .channel(EpollDatagramChannel.class)
            // What makes it receive several with one call. An allocator of one's own reads once,
            // where those that Netty makes for datagrams do so 16 times before other work.
            .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, ROOM)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(ROOM * 16).maxMessagesPerRead(16))
            .handler(new NettyCount());
    InetAddress loopback = InetAddress.getLoopbackAddress();
    if (receives) {
      Channel channel = bootstrap.bind(loopback, 0).sync().channel();
      receiving(((InetSocketAddress) channel.localAddress()).getPort());
    } else {
      sending(
          task -> group.submit(task).get(),
          port -> {
            Channel channel = bootstrap.connect(loopback, port).sync().channel();
            return Sender.of(
                () -> {
                  for (int i = 0; i < BATCH; i++) {
                    channel.write(
                        datagram(channel.alloc().directBuffer(BYTES)), channel.voidPromise());
                  }
                  channel.flush();
                },
                () -> channel.close().syncUninterruptibly());
          });
    }
  }

  private void nio(boolean receives) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    ByteBuffer buffer = ByteBuffer.allocateDirect(receives ? ROOM : BYTES);
    if (receives) {
      DatagramChannel channel = DatagramChannel.open();
      channel.bind(new InetSocketAddress(loopback, 0));
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              while (channel.receive(buffer.clear()) != null) {
                count();
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      receiving(((InetSocketAddress) channel.getLocalAddress()).getPort());
    } else {
      sending(
          Callable::call,
          port -> {
            DatagramChannel channel = DatagramChannel.open();
            channel.connect(new InetSocketAddress(loopback, port));
            return Sender.of(
                () -> {
                  for (int i = 0; i < BATCH; i++) {
                    int ignored = channel.write(buffer.clear());
                  }
                },
                channel);
          });
    }
  }
}
