package io.gatun.channel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.socket.Allocations;
import io.gatun.socket.Socket;
import io.gatun.transport.Transport;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** What passes through a channel costs its loop no garbage when nobody waits for the outcome. */
@DisabledIfSystemProperty(
    named = "gatun.test.wine",
    matches = ".*",
    disabledReason = "Wine takes minutes for so many calls")
final class ChannelAllocationTest {
  private static final int SIZE = 64;

  /** Messages on their way at once. */
  private static final int BURST = 4;

  private static final int CONNECTIONS = 256;

  /** Bytes. */
  private static final int MOST_IDLE = 800;

  private final Level level = ResourceLeakDetector.getLevel();

  /** Whoever looks for leaks notes down each buffer. */
  @BeforeEach
  void lookForNoLeaks() {
    ResourceLeakDetector.setLevel(Level.DISABLED);
  }

  @AfterEach
  void lookForLeaks() {
    ResourceLeakDetector.setLevel(level);
  }

  /**
   * Looking for leaks as by default costs an echo nothing: its buffer is the same one each time.
   */
  @Test
  void ofAnEcho() throws Throwable {
    ResourceLeakDetector.setLevel(Level.SIMPLE);
    try (EventLoopGroup group =
        EventLoopGroup.builder().loops(1).transport(Transport.named("poll")).build()) {
      Channel listener =
          new ServerBootstrap(group)
              .childHandler(channel -> channel.pipeline().addLast(new Echo()))
              .bind(Ipv4Address.loopback(0))
              .sync()
              .getNow();
      long thread = group.next().submit(() -> Thread.currentThread().threadId()).get();
      Address address = Objects.requireNonNull(listener.localAddress());
      try (Socket client = Socket.openFor(address)) {
        client.connect(address);
        byte[] message = new byte[SIZE];
        Allocations.assertNone(
            thread,
            () -> {
              client.sendAll(message);
              for (int count = 0; count < SIZE; ) {
                count += client.recvInto(message);
              }
            });
      }
    }
  }

  /** Small ones are copied: one that is flushed alone, and two that go out together. */
  @Test
  void ofArraysThatAreSent() throws Throwable {
    assertSending(
        3 * SIZE,
        channel -> {
          channel.write(channel.alloc().heapBuffer(SIZE).writeZero(SIZE), null);
          channel.flush();
          channel.write(channel.alloc().heapBuffer(SIZE).writeZero(SIZE), null);
          channel.write(channel.alloc().heapBuffer(SIZE).writeZero(SIZE), null);
          channel.flush();
        });
  }

  /** The kernel is given the array itself. */
  @Test
  void ofALargeArrayThatIsSent() throws Throwable {
    int size = 8 << 10;
    assertSending(
        size,
        channel -> {
          channel.write(channel.alloc().heapBuffer(size).writeZero(size), null);
          channel.flush();
        });
  }

  private static void assertSending(int bytes, Consumer<Channel> body) throws Throwable {
    try (EventLoopGroup group =
            EventLoopGroup.builder().loops(1).transport(Transport.named("poll")).build();
        Socket listener = Socket.open(AddressFamily.INET, SocketType.STREAM)) {
      listener.bind(Ipv4Address.loopback(0));
      listener.listen(1);
      Channel channel =
          new Bootstrap(group).handler(made -> {}).connect(listener.getSockName()).sync().getNow();
      long thread = group.next().submit(() -> Thread.currentThread().threadId()).get();
      Runnable write = () -> body.accept(channel);
      try (Socket peer = listener.accept()) {
        byte[] message = new byte[bytes];
        Allocations.assertNone(
            thread,
            () -> {
              channel.eventLoop().execute(write);
              for (int count = 0; count < message.length; ) {
                count += peer.recvInto(message);
              }
            });
      }
    }
  }

  @Test
  void ofAnEchoOfMessages() throws Throwable {
    try (EventLoopGroup group =
        EventLoopGroup.builder().loops(1).transport(Transport.named("poll")).build()) {
      Channel channel =
          new Bootstrap(group)
              .type(SocketType.DGRAM)
              .handler(bound -> bound.pipeline().addLast(new Echo()))
              .bind(Ipv4Address.loopback(0))
              .sync()
              .getNow();
      channel.setOption(MessageOptions.IP_RECVTTL, true); // what comes along costs none either
      long thread = group.next().submit(() -> Thread.currentThread().threadId()).get();
      Address address = Objects.requireNonNull(channel.localAddress());
      try (Socket client = Socket.open(address.family(), SocketType.DGRAM)) {
        client.connect(address);
        byte[] message = new byte[SIZE];
        Allocations.assertNone(
            thread,
            () -> {
              for (int i = 0; i < BURST; i++) {
                client.sendAll(message);
              }
              for (int i = 0; i < BURST; i++) {
                client.recvInto(message);
              }
            });
      }
    }
  }

  /**
   * All that a loop allocates for a connection until it idles. Some 360 bytes of it stay, with
   * compressed pointers; as much again is garbage, as long as the code is interpreted.
   */
  @Test
  void ofAnIdleConnectionIsBounded() throws Throwable {
    try (EventLoopGroup group =
        EventLoopGroup.builder().loops(1).transport(Transport.named("poll")).build()) {
      Channel listener =
          new ServerBootstrap(group)
              .childHandler(channel -> channel.pipeline().addLast(new Echo()))
              .bind(Ipv4Address.loopback(0))
              .sync()
              .getNow();
      EventLoop loop = group.next();
      long thread = loop.submit(() -> Thread.currentThread().threadId()).get();
      Address address = Objects.requireNonNull(listener.localAddress());
      List<Socket> clients = new ArrayList<>();
      long[] before = new long[2];
      try {
        for (int round = 0; round < 2; round++) { // the first one warms up
          before[round] = Allocations.allocated(thread);
          for (int i = 0; i < CONNECTIONS; i++) {
            Socket client = Socket.openFor(address);
            clients.add(client);
            client.connect(address);
            client.sendAll(new byte[1]);
            client.recvInto(new byte[1]);
          }
        }
        long each = (Allocations.allocated(thread) - before[1]) / CONNECTIONS;
        assertTrue(each <= MOST_IDLE, each + " bytes a connection");
      } finally {
        for (Socket client : clients) {
          client.close();
        }
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
