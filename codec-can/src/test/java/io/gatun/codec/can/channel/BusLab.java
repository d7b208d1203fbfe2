package io.gatun.codec.can.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.codec.can.CanFrame;
import io.gatun.transport.Medium;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A loop whose time the test moves, and channels on virtual buses. All buffers are released. */
public abstract class BusLab {
  static final int SECONDS = 30;

  protected final MockTicker ticker = ticker();
  final EventLoopGroup group =
      EventLoopGroup.builder().loops(1).ticker(ticker).daemon(true).build();
  protected final EventLoop loop = group.next();
  protected final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true);

  /** For each test anew. */
  protected BusLab() {}

  private static MockTicker ticker() {
    MockTicker ticker = Ticker.newMockTicker();
    ticker.advance(1, TimeUnit.SECONDS); // Netty's executor takes a start at 0 for none
    return ticker;
  }

  @AfterEach
  final void close() {
    group.close();
    assertEquals(0, alloc.metric().usedDirectMemory(), "direct buffers were not released");
    assertEquals(0, alloc.metric().usedHeapMemory(), "heap buffers were not released");
  }

  protected final Channel attach(Medium node, ChannelHandler... handlers) throws Exception {
    return await(
        new Bootstrap(loop)
            .option(ChannelOption.ALLOCATOR, alloc)
            .handler(channel -> channel.pipeline().addLast(handlers))
            .attach(node));
  }

  protected static <T extends @Nullable Object> T await(Future<T> future) throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  protected final <T extends @Nullable Object> T on(Callable<T> body) throws Exception {
    return await(loop.submit(body));
  }

  /** Lets everything happen that can without the time going on. */
  protected final void settle() throws Exception {
    for (int i = 0; i < 5; i++) {
      await(await(loop.submit(() -> loop.schedule(() -> {}, 0, TimeUnit.NANOSECONDS))));
    }
  }

  /** Moves the time, and lets happen what is due. */
  protected final void pass(long nanos) throws Exception {
    ticker.advance(nanos, TimeUnit.NANOSECONDS);
    settle();
  }

  protected static CanFrame frame(String text) {
    return CanFrame.parse(text);
  }

  /** Notes what comes. */
  public static final class Recorder implements ChannelHandler {
    public final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    /** One that has noted nothing. */
    public Recorder() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      events.add(message);
    }

    @Override
    public void userEvent(ChannelHandlerContext ctx, Object event) {
      events.add(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      events.add(cause);
    }

    public Object next() throws InterruptedException {
      Object event = events.poll(SECONDS, TimeUnit.SECONDS);
      assertNotNull(event, "nothing comes");
      return event;
    }

    /** The text of the next frames. */
    public List<String> frames(int count) throws InterruptedException {
      List<String> frames = new ArrayList<>();
      while (frames.size() < count) {
        Object next = next();
        assertTrue(next instanceof CanReceived, () -> next.toString());
        frames.add(((CanReceived) next).frame().toString());
      }
      return frames;
    }
  }
}
