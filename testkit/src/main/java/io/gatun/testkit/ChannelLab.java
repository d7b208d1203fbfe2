package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.os.Abi;
import io.gatun.os.Os;
import io.gatun.socket.Socket;
import io.gatun.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;

/** Loops for channels. After each test, all their buffers must have been released. */
abstract class ChannelLab extends Lab {
  final Transport transport;
  final EventLoopGroup group;

  /** It knows what has not been released yet. */
  final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true);

  ChannelLab(Lane lane) throws IOException {
    super(lane.family());
    transport = lane.transport();
    group = EventLoopGroup.builder().transport(transport).loops(2).daemon(true).build();
  }

  /**
   * Ends a test that needs a write to wait. What a call that does not wait is given, Windows takes
   * whole as soon as it has room for a byte.
   */
  final void assumeThatWritesWait() {
    Assumptions.assumeFalse(
        Abi.HOST.os() == Os.WINDOWS && transport.name().equals("poll"),
        "on Windows send takes a buffer of any size at once");
  }

  final Bootstrap client(ChannelHandler... handlers) {
    return new Bootstrap(group)
        .option(ChannelOption.ALLOCATOR, alloc)
        .handler(channel -> channel.pipeline().addLast(handlers));
  }

  final ServerBootstrap server() {
    return new ServerBootstrap(group).childOption(ChannelOption.ALLOCATOR, alloc);
  }

  final Channel bind(ServerBootstrap server) throws Exception {
    return await(server.bind(address()));
  }

  /** Returns the address that a channel is bound to. */
  static Address local(Channel channel) {
    return Objects.requireNonNull(channel.localAddress(), "not bound");
  }

  /** A channel and the socket at the other end. */
  record Pair(Channel channel, Socket peer) {}

  final Pair pair(ChannelHandler... handlers) throws Exception {
    return pair(client -> {}, handlers);
  }

  final Pair pair(Consumer<Bootstrap> settings, ChannelHandler... handlers) throws Exception {
    Bootstrap client = client(handlers);
    settings.accept(client);
    try (Socket listener = listener()) {
      Channel channel = await(client.connect(listener.getSockName()));
      return new Pair(channel, accept(listener));
    }
  }

  final ByteBuf buffer(byte[] bytes) {
    return alloc.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
  }

  static <T extends @Nullable Object> T await(Future<T> future) throws Exception {
    return future.get(Task.SECONDS, TimeUnit.SECONDS);
  }

  /** Returns why a future failed. */
  static <X extends Throwable> X failure(Class<X> type, Future<?> future) throws Exception {
    assertTrue(future.await(Task.SECONDS, TimeUnit.SECONDS), "neither done nor failed");
    return assertInstanceOf(type, future.cause());
  }

  /** Runs something on a channel's loop. */
  static <T extends @Nullable Object> T on(Channel channel, Callable<T> body) throws Exception {
    return await(channel.eventLoop().submit(body));
  }

  static ChannelHandlerContext context(Channel channel, ChannelHandler handler) throws Exception {
    return on(
        channel, () -> Objects.requireNonNull(channel.pipeline().context(handler), "no handler"));
  }

  /**
   * Lets a loop go round: what the system had to tell it before, it has been told. Tasks alone do
   * not, for one round runs many; a timer that is due runs in the next.
   */
  static void rounds(EventLoop loop) throws Exception {
    for (int i = 0; i < 3; i++) {
      await(await(loop.submit(() -> loop.schedule(() -> {}, 0, TimeUnit.NANOSECONDS))));
    }
  }

  static void awaitClosed(Channel channel) throws Exception {
    await(channel.closeFuture());
    rounds(channel.eventLoop());
  }

  @AfterEach
  final void closeGroup() {
    group.close();
    assertEquals(0, alloc.metric().usedDirectMemory(), "direct buffers were not released");
    assertEquals(0, alloc.metric().usedHeapMemory(), "heap buffers were not released");
  }
}
