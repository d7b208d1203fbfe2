package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.Sharable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The last handler of a channel: notes what it is told, in order, for the test to look at. */
@Sharable
class Recorder implements ChannelHandler {
  enum Event {
    ACTIVE,
    INACTIVE,
    REMOVED
  }

  final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    events.add(Event.ACTIVE);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    events.add(Event.INACTIVE);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    events.add(Event.REMOVED);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (message instanceof ByteBuf buffer) {
      events.add(ByteBufUtil.getBytes(buffer));
      buffer.release();
    } else {
      events.add(message);
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

  /** Waits for the next event. */
  final Object next() throws InterruptedException {
    Object event = events.poll(Task.SECONDS, TimeUnit.SECONDS);
    assertNotNull(event, "nothing happens");
    return event;
  }

  final void expect(Object event) throws InterruptedException {
    assertEquals(event, next());
  }

  final <X extends Throwable> X expectThrown(Class<X> type) throws InterruptedException {
    return assertInstanceOf(type, next());
  }

  /** Waits for a message of bytes. */
  final byte[] message() throws InterruptedException {
    return assertInstanceOf(byte[].class, next());
  }

  /** Waits for so many bytes, in however many messages. */
  final byte[] bytes(int count) throws InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < count) {
      all.writeBytes(message());
    }
    return all.toByteArray();
  }

  /** Nothing has happened that was not looked at yet. */
  final void expectNothing() {
    assertEquals(List.of(), new ArrayList<>(events));
  }

  /** The channel has ended, and nothing else happened. */
  final void expectEnd() throws InterruptedException {
    expect(Event.INACTIVE);
    expect(Event.REMOVED);
    expectNothing();
  }
}
