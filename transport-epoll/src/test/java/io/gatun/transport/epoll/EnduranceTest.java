package io.gatun.transport.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.Ipv4Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.channel.Sharable;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * One loop that echoes on many connections for a while, to clients that read slowly, reset their
 * connections, end them by halves, and check every byte. By default short and with few connections;
 * the properties {@code gatun.test.endurance.connections} (at most 18,000 with the usual limit of
 * 20,000 descriptors a process) and {@code gatun.test.endurance.seconds} make it longer.
 */
final class EnduranceTest {
  private static final int CONNECTIONS =
      Integer.getInteger("gatun.test.endurance.connections", 1000);
  private static final int SECONDS = Integer.getInteger("gatun.test.endurance.seconds", 10);

  /** So many connections one process of clients has at most. */
  private static final int PER_PROCESS = 9000;

  /** Memory is looked at so many times. */
  private static final int SAMPLES = 10;

  /** What the process may grow by, beside a tenth, from the second third to the last. */
  private static final long SLACK = 16 << 20;

  @Test
  void manyConnectionsOnOneLoopLoseNoByteAndLeaveNothing() throws Exception {
    assumeTrue(
        new EpollTransport().unavailability() == null, "epoll is Linux's: runs on Linux only");
    List<Sample> samples = new ArrayList<>();
    try (EventLoopGroup group =
        EventLoopGroup.builder().loops(1).transport(new EpollTransport()).build()) {
      Echo echo = new Echo();
      Channel server =
          new ServerBootstrap(group)
              .childHandler(channel -> channel.pipeline().addLast(echo))
              .bind(Ipv4Address.loopback(0))
              .get();
      long before = descriptors();
      List<Process> clients = new ArrayList<>();
      try {
        int processes = (CONNECTIONS + PER_PROCESS - 1) / PER_PROCESS;
        for (int i = 0; i < processes; i++) {
          clients.add(start(String.valueOf(server.localAddress()), CONNECTIONS / processes, i));
        }
        List<BufferedReader> outputs = clients.stream().map(Process::inputReader).toList();
        for (BufferedReader output : outputs) {
          assertEquals("connected", output.readLine());
        }
        for (int i = 0; i < SAMPLES; i++) {
          // Not a wait for something: the time that all this is to last.
          assertTrue(clients.getFirst().isAlive());
          boolean ended =
              clients.getFirst().waitFor(SECONDS * 1000L / SAMPLES, TimeUnit.MILLISECONDS);
          assertTrue(!ended, "a client has given up");
          samples.add(Sample.take());
        }
        for (Process client : clients) {
          client.getOutputStream().close(); // the sign to end
        }
        for (BufferedReader output : outputs) {
          String said = output.lines().collect(Collectors.joining("\n"));
          System.out.println("clients: " + said);
          assertTrue(said.endsWith("exact"), said);
        }
      } finally {
        clients.forEach(Process::destroyForcibly);
      }
      samples.forEach(System.out::println);
      echo.awaitNone();
      Future<?> round = group.next().schedule(() -> {}, 0, TimeUnit.NANOSECONDS);
      round.get();
      assertEquals(before, descriptors());
      assertEquals(0, PooledByteBufAllocator.DEFAULT.pinnedDirectMemory());
      assertEquals(0, PooledByteBufAllocator.DEFAULT.pinnedHeapMemory());
    }
    assertFlat(samples);
  }

  /** The last third takes no more memory than the one before. */
  private static void assertFlat(List<Sample> samples) {
    int third = samples.size() / 3;
    long middle = most(samples.subList(third, samples.size() - third));
    long last = most(samples.subList(samples.size() - third, samples.size()));
    assertTrue(last <= middle + middle / 10 + SLACK, samples::toString);
  }

  private static long most(List<Sample> samples) {
    return samples.stream().mapToLong(Sample::resident).max().orElseThrow();
  }

  /** Memory at one moment, in bytes. */
  private record Sample(long resident, long heap, long direct, long descriptors) {
    static Sample take() throws IOException {
      System.gc();
      return new Sample(
          residentBytes(),
          Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
          PooledByteBufAllocator.DEFAULT.pinnedDirectMemory(),
          EnduranceTest.descriptors());
    }

    @Override
    public String toString() {
      return "resident %d KiB, heap %d KiB, buffers %d KiB, %d descriptors"
          .formatted(resident >> 10, heap >> 10, direct >> 10, descriptors);
    }
  }

  private static long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(EnduranceTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // the one that the list itself was read from
    }
  }

  private static Process start(String address, int connections, int seed) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            ManyConnectionsTest.classPath(),
            EnduranceClients.class.getName(),
            address,
            Integer.toString(connections),
            Integer.toString(seed))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Sends back what comes, and reads no more from a peer that does not take it. */
  @Sharable
  private static final class Echo implements ChannelHandler {
    private int active;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      synchronized (this) {
        active++;
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      synchronized (this) {
        active--;
        notifyAll();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write(message, null);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
      ctx.channel().setOption(ChannelOption.AUTO_READ, ctx.channel().isWritable());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!(cause instanceof IOException)) {
        ctx.fireExceptionCaught(cause);
      }
    }

    synchronized void awaitNone() throws InterruptedException {
      while (active != 0) {
        wait();
      }
    }
  }
}
