package io.gatun.transport.iocp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Ipv4Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.os.Kernel;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Two thousand connections at once: each is served, and of none a handle is left over. */
@EnabledOnOs(value = OS.WINDOWS, disabledReason = "completion ports are Windows's")
@Timeout(120)
final class IocpConnectionsTest {
  private static final int CONNECTIONS = 2000;
  private static final int BYTES = 1000;

  private static final Kernel KERNEL = Kernel.create();

  private static final class Echo implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message, null);
    }
  }

  /** Sends bytes of its own and checks that they come back. */
  private static final class Client implements ChannelHandler {
    private final int number;
    private final CountDownLatch served;
    private final CountDownLatch closed;
    private int back;

    Client(int number, CountDownLatch served, CountDownLatch closed) {
      this.number = number;
      this.served = served;
      this.closed = closed;
    }

    private byte at(int place) {
      return (byte) (number * 7 + place * 31);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ByteBuf message = ctx.channel().alloc().directBuffer(BYTES);
      for (int i = 0; i < BYTES; i++) {
        message.writeByte(at(i));
      }
      ctx.writeAndFlush(message, null);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      while (bytes.isReadable()) {
        assertEquals(at(back++), bytes.readByte());
      }
      ReferenceCountUtil.release(message);
      if (back == BYTES) {
        served.countDown();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      closed.countDown();
    }
  }

  @Test
  void twoThousandConnectionsAreServedAtOnceAndNoHandleIsLeft() throws Exception {
    serve(10); // what is opened once for the whole process
    Set<Integer> before = Handles.sockets(KERNEL);
    serve(CONNECTIONS);
    Set<Integer> left = new HashSet<>(Handles.sockets(KERNEL));
    left.removeAll(before); // of which the garbage collector may have taken some that others forgot
    assertEquals(Set.of(), left, "sockets were not given back");
  }

  private static void serve(int connections) throws Exception {
    CountDownLatch served = new CountDownLatch(connections);
    CountDownLatch closed = new CountDownLatch(connections);
    try (EventLoopGroup group =
        EventLoopGroup.builder().loops(2).transport(new IocpTransport()).build()) {
      Channel listener =
          new ServerBootstrap(group)
              .childHandler(channel -> channel.pipeline().addLast(new Echo()))
              .bind(Ipv4Address.loopback(0))
              .get();
      List<Channel> clients = new ArrayList<>();
      // A backlog holds some hundred: no more than those knock at once.
      for (int i = 0; i < connections; ) {
        List<Future<Channel>> knocking = new ArrayList<>();
        for (int end = Math.min(i + 100, connections); i < end; i++) {
          Client client = new Client(i, served, closed);
          knocking.add(
              new Bootstrap(group)
                  .handler(channel -> channel.pipeline().addLast(client))
                  .connect(Objects.requireNonNull(listener.localAddress())));
        }
        for (Future<Channel> connecting : knocking) {
          clients.add(connecting.get(30, TimeUnit.SECONDS));
        }
      }
      assertTrue(served.await(60, TimeUnit.SECONDS), () -> served.getCount() + " not served");
      assertTrue(Handles.sockets(KERNEL).size() > 2 * connections, "they are open at once");
      for (Channel client : clients) {
        client.close();
      }
      assertTrue(closed.await(60, TimeUnit.SECONDS), () -> closed.getCount() + " not closed");
    }
  }
}
