package io.gatun.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.gatun.address.Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Message;
import io.gatun.channel.Sharable;
import io.gatun.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Loops for channels of any family. After each test, all their buffers must be released. */
abstract class ChannelLab {
  static final int SECONDS = 30;

  final EventLoopGroup group;
  final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true);

  ChannelLab(Transport transport) {
    group = EventLoopGroup.builder().loops(1).transport(transport).daemon(true).build();
  }

  /** All that work on this machine, as far as they are on the path. */
  static Stream<Transport> transports() {
    return Transport.all().stream().filter(transport -> transport.unavailability() == null);
  }

  /** What a channel was told, in order: bytes, letters, events and errors. */
  @Sharable
  static class Recorder implements ChannelHandler {
    static final String ACTIVE = "active";
    static final String INACTIVE = "inactive";

    final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      events.add(ACTIVE);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Message m) {
        events.add(new Letter(ByteBufUtil.getBytes(m.content()), m.address()));
        m.release();
      } else {
        ByteBuf buffer = (ByteBuf) message;
        events.add(ByteBufUtil.getBytes(buffer));
        buffer.release();
      }
    }

    @Override
    public void userEvent(ChannelHandlerContext ctx, Object event) {
      events.add(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      events.add(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      events.add(INACTIVE);
    }

    final Object next() throws InterruptedException {
      Object event = events.poll(SECONDS, TimeUnit.SECONDS);
      assertNotNull(event, "nothing happens");
      return event;
    }

    final void expect(Object event) throws InterruptedException {
      assertEquals(event, next());
    }

    final Letter letter() throws InterruptedException {
      return assertInstanceOf(Letter.class, next());
    }
  }

  /** A message. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares it
  record Letter(byte[] bytes, @Nullable Address sender) {}

  /** Bytes of no pattern, the same for the same size. */
  static byte[] data(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  final ByteBuf buffer(byte[] bytes) {
    return alloc.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
  }

  static Address local(Channel channel) {
    return Objects.requireNonNull(channel.localAddress(), "not bound");
  }

  static <T extends @Nullable Object> T await(Future<T> future) throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  @AfterEach
  final void closeGroup() {
    group.close();
    assertEquals(0, alloc.metric().usedDirectMemory(), "buffers were not released");
  }
}
