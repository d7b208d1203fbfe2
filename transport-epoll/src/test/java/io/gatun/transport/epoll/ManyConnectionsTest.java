package io.gatun.transport.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.channel.Sharable;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand connections on one loop, from clients that are killed without warning. */
final class ManyConnectionsTest {
  private static final int CONNECTIONS = 10_000;
  private static final int PROCESSES = 5;

  @Test
  @Timeout(120)
  void nothingIsLeftOfTenThousandConnectionsWhoseClientsAreKilled() throws Exception {
    assumeTrue(
        new EpollTransport().unavailability() == null, "epoll is Linux's: runs on Linux only");
    long descriptorsBefore = descriptors();
    Counter counter = new Counter();
    try (EventLoopGroup group =
        EventLoopGroup.builder().loops(1).transport(new EpollTransport()).build()) {
      Channel server =
          new ServerBootstrap(group)
              .childHandler(channel -> channel.pipeline().addLast(counter))
              .bind(Ipv4Address.loopback(0))
              .get();
      long descriptorsListening = descriptors();
      String address = String.valueOf(server.localAddress());
      List<Process> clients = new ArrayList<>();
      try {
        for (int i = 0; i < PROCESSES; i++) {
          clients.add(start(address, CONNECTIONS / PROCESSES));
        }
        for (Process client : clients) {
          assertEquals("ready\n", new String(client.getInputStream().readNBytes(6), US_ASCII));
        }
        counter.await(CONNECTIONS); // connected is not accepted yet
        assertEquals(descriptorsListening + CONNECTIONS, descriptors());

        // All clients are busy when they die; the order is as good as any, and the same each time.
        Collections.shuffle(clients, new Random(7));
        for (int left = PROCESSES - 1; left >= 0; left--) {
          clients.get(left).destroyForcibly().waitFor();
          counter.await(left * CONNECTIONS / PROCESSES);
        }
      } finally {
        clients.forEach(Process::destroyForcibly);
      }
      // A round of the loop later, nothing of the last connections is under way any more.
      group.next().submit(() -> {}).get();
      assertEquals(descriptorsListening, descriptors());
      assertEquals(0, PooledByteBufAllocator.DEFAULT.pinnedDirectMemory());
      assertTrue(counter.messages() >= CONNECTIONS);
    }
    assertEquals(descriptorsBefore, descriptors());
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("gatun-1-")) {
        thread.join(TimeUnit.SECONDS.toMillis(30)); // the group is closed a moment before it ends
        assertFalse(thread.isAlive(), thread::getName);
      }
    }
  }

  private static final java.nio.charset.Charset US_ASCII = StandardCharsets.US_ASCII;

  /** How many sockets and loops are open; pipes to other processes do not count. */
  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.map(ManyConnectionsTest::target)
          .filter(target -> target.startsWith("socket:") || target.startsWith("anon_inode:"))
          .count();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // the one that the list itself was read from
    }
  }

  /** Where a child process finds what this one has. */
  static String classPath() {
    return String.join(
        File.pathSeparator,
        System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path", ""),
        Path.of("target/test-classes").toString());
  }

  private static Process start(String address, int connections) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath(),
            Clients.class.getName(),
            address,
            Integer.toString(connections))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Echoes, and counts. */
  @Sharable
  private static final class Counter implements ChannelHandler {
    private int active;
    private long messages;

    @Override
    public synchronized void channelActive(ChannelHandlerContext ctx) {
      active++;
    }

    @Override
    public synchronized void channelInactive(ChannelHandlerContext ctx) {
      active--;
      notifyAll();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      synchronized (this) {
        messages++;
      }
      ctx.write(message, null);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    synchronized long messages() {
      return messages;
    }

    synchronized void await(int expected) throws InterruptedException {
      while (active != expected) {
        wait(TimeUnit.SECONDS.toMillis(30));
      }
    }
  }

  /** A process of clients that send for as long as they live. */
  static final class Clients {
    private Clients() {}

    public static void main(String[] args) throws Exception {
      EventLoopGroup group =
          EventLoopGroup.builder().loops(1).transport(new EpollTransport()).build();
      EventLoop loop = group.next();
      Address address = Address.parse(args[0]);
      List<Channel> channels = new ArrayList<>();
      Bootstrap bootstrap = new Bootstrap(loop).handler(ch -> ch.pipeline().addLast(new Drop()));
      List<Future<Channel>> connecting = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        connecting.add(bootstrap.connect(address));
      }
      for (Future<Channel> future : connecting) {
        Channel channel = future.get();
        channel.writeAndFlush(message(channel, channels.size()));
        channels.add(channel);
      }
      System.out.print("ready\n");
      System.out.flush();
      Random random = new Random(42);
      while (true) {
        Channel channel = channels.get(random.nextInt(channels.size()));
        if (channel.isWritable()) {
          channel.writeAndFlush(message(channel, random.nextInt(4096)));
        }
        LockSupport.parkNanos(500_000); // busy, but two processors have to do for all
      }
    }

    private static Object message(Channel channel, int length) {
      return channel.alloc().directBuffer().writeZero(1 + length % 4096);
    }
  }

  /** Takes what comes back. */
  private static final class Drop implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      io.netty.util.ReferenceCountUtil.release(message);
    }
  }
}
