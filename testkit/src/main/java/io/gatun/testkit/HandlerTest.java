package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.ChannelPipeline;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Sharable;
import io.gatun.error.ClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a handler may do and may not, and which threads call it. */
@OnEachTransport
public final class HandlerTest extends ChannelLab {
  private final Recorder recorder = new Recorder();
  private final ExecutorService executor = Executors.newFixedThreadPool(3);

  HandlerTest(Lane lane) throws IOException {
    super(lane);
  }

  @AfterEach
  void endExecutor() {
    executor.shutdownNow();
  }

  // Finding and changing

  private static final class First implements ChannelHandler {}

  private static final class Second implements ChannelHandler {}

  @Test
  void handlersAreFoundRemovedAndReplacedByTypeAndThemselves() throws Exception {
    Channel channel = pair().channel();
    on(
        channel,
        () -> {
          ChannelPipeline pipeline = channel.pipeline();
          assertNull(pipeline.first());
          assertNull(pipeline.last());
          First first = new First();
          Second second = new Second();
          pipeline.addLast(first, second);
          assertSame(first, pipeline.first());
          assertSame(second, pipeline.last());
          assertSame(pipeline.context("Second"), pipeline.context(Second.class));
          assertSame(first, pipeline.remove(First.class));
          assertThrows(NoSuchElementException.class, () -> pipeline.remove(First.class));
          pipeline.replace(second, "other", first);
          assertEquals(List.of("other"), pipeline.names());
          assertSame(first, pipeline.last());
          return null;
        });
  }

  // Sharing

  /** Has state. */
  @SuppressWarnings("UnusedVariable") // it is enough that there is some
  private static class Counting implements ChannelHandler {
    int count;
  }

  @Sharable
  private static final class Shared extends Counting {}

  @Test
  void aHandlerWithStateIsInOnePipelineAtATime() throws Exception {
    Counting handler = new Counting();
    Channel one = pair(handler).channel();
    Channel other = pair().channel();
    on(
        other,
        () -> {
          IllegalStateException thrown =
              assertThrows(
                  IllegalStateException.class, () -> other.pipeline().addLast("again", handler));
          assertTrue(String.valueOf(thrown.getMessage()).contains("Counting"));
          assertNull(other.pipeline().get("again"));
          return null;
        });
    on(
        one,
        () -> {
          assertThrows(IllegalStateException.class, () -> one.pipeline().addLast("again", handler));
          return one.pipeline().remove(handler);
        });
    on(other, () -> other.pipeline().addLast("again", handler));
    other.close();
    awaitClosed(other);
    on(one, () -> one.pipeline().addLast("again", handler));
  }

  @Test
  void aHandlerThatIsMarkedOrHasNoStateMayBeShared() throws Exception {
    Shared marked = new Shared();
    First stateless = new First();
    for (int i = 0; i < 2; i++) {
      Channel channel = pair().channel();
      on(channel, () -> channel.pipeline().addLast(marked, stateless, stateless));
    }
  }

  // Naming the culprit

  @Test
  void aHandlerThatThrowsIsNamedWithItsChannelInOneLine() throws Exception {
    try (Log log = new Log("io.gatun.channel")) {
      Pair pair =
          pair(
              new ChannelHandler() {
                @Override
                public void handlerAdded(ChannelHandlerContext ctx) {
                  ctx.pipeline()
                      .addLast(
                          "culprit",
                          new ChannelHandler() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                              ReferenceCountUtil.release(message);
                              throw new IllegalStateException("broken");
                            }
                          });
                }
              },
              recorder);
      on(pair.channel(), () -> pair.channel().pipeline().remove(recorder));
      pair.peer().sendAll(Data.of(1));
      awaitClosed(pair.channel());
      log.expect("culprit", "stream ", " to 127.0.0.1:");
      log.expectNothing();
    }
  }

  @Test
  void aHandlerThatNeverCompletesAPromiseIsNamedWhenItsChannelCloses() throws Exception {
    try (Log log = new Log("io.gatun.channel")) {
      Channel channel = pair().channel();
      on(
          channel,
          () ->
              channel
                  .pipeline()
                  .addLast(
                      "swallower",
                      new ChannelHandler() {
                        @Override
                        public void write(
                            ChannelHandlerContext ctx,
                            Object message,
                            @Nullable Promise<Void> promise) {
                          ReferenceCountUtil.release(message);
                        }
                      }));
      Future<Void> written = channel.writeAndFlush(buffer(Data.of(1)));
      rounds(channel.eventLoop());
      assertFalse(written.isDone());
      log.expectNothing();
      channel.close();
      failure(ClosedException.class, written);
      log.expect("swallower", "stream ", "promise");
      log.expectNothing();
    }
  }

  @Test
  void aPromiseThatAHandlerKeepsAndCompletesLaterIsNoFault() throws Exception {
    try (Log log = new Log("io.gatun.channel")) {
      List<Promise<Void>> kept = new ArrayList<>();
      Channel channel =
          pair(new ChannelHandler() {
                @Override
                public void write(
                    ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
                  ReferenceCountUtil.release(message);
                  if (promise != null) {
                    kept.add(promise);
                  }
                }

                @Override
                public void handlerRemoved(ChannelHandlerContext ctx) {
                  kept.forEach(promise -> promise.trySuccess(null));
                }
              })
              .channel();
      for (int i = 0; i < 100; i++) {
        channel.writeAndFlush(buffer(Data.of(1)));
      }
      rounds(channel.eventLoop());
      assertEquals(100, kept.size());
      channel.close();
      awaitClosed(channel);
      log.expectNothing();
    }
  }

  @Test
  void aHandlerThatBlocksIsNamedWithItsChannelInOneLine() throws Exception {
    try (Log log = new Log("io.gatun.channel");
        EventLoopGroup watched =
            EventLoopGroup.builder()
                .transport(transport)
                .loops(1)
                .stallLimit(Duration.ofMillis(20))
                .build()) {
      CountDownLatch logged = new CountDownLatch(1);
      Channel channel = await(server().bind(address()));
      Channel client = await(new io.gatun.channel.Bootstrap(watched).connect(local(channel)));
      on(
          client,
          () ->
              client
                  .pipeline()
                  .addLast(
                      "blocker",
                      new ChannelHandler() {
                        @Override
                        public void flush(ChannelHandlerContext ctx) throws InterruptedException {
                          ctx.flush();
                          logged.await();
                        }
                      }));
      client.flush();
      log.expect("blocker", "stream ", "EventLoop", " ms", "HandlerTest");
      logged.countDown();
      rounds(client.eventLoop());
      log.expectNothing();
      client.close();
      awaitClosed(client);
    }
  }

  // Another executor

  /** Notes what it is told, and that no two threads tell it at the same time. */
  private static class Elsewhere implements ChannelHandler {
    final BlockingQueue<String> notes = new LinkedBlockingQueue<>();
    private volatile boolean inside;

    void note(ChannelHandlerContext ctx, String what) {
      assertFalse(ctx.eventLoop().inEventLoop(), "on the loop");
      assertFalse(inside, "two at a time");
      inside = true;
      notes.add(what);
      inside = false;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      note(ctx, "added");
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      note(ctx, "removed");
    }

    @Override
    public void userEvent(ChannelHandlerContext ctx, Object event) throws Exception {
      note(ctx, "event " + event);
      ctx.fireUserEvent(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      note(ctx, "inactive");
      ctx.fireChannelInactive();
    }

    String next() throws InterruptedException {
      return String.valueOf(notes.poll(Task.SECONDS, TimeUnit.SECONDS));
    }
  }

  @Test
  void aHandlerOnAnExecutorIsCalledThereInOrderAndWhatItFiresArrivesInOrder() throws Exception {
    Elsewhere elsewhere = new Elsewhere();
    Channel channel = pair(ChannelHandler.on(executor, elsewhere), recorder).channel();
    recorder.expect(Recorder.Event.ACTIVE);
    assertEquals("added", elsewhere.next());
    on(
        channel,
        () -> {
          channel.pipeline().addFirst("origin", new ChannelHandler() {});
          ChannelHandlerContext origin = channel.pipeline().context("origin");
          for (int i = 0; i < 1000 && origin != null; i++) {
            origin.fireUserEvent(i);
          }
          return null;
        });
    for (int i = 0; i < 1000; i++) {
      recorder.expect(i);
      assertEquals("event " + i, elsewhere.next());
    }
    assertSame(elsewhere, on(channel, () -> channel.pipeline().get(Elsewhere.class)));
    channel.close();
    recorder.expect(Recorder.Event.INACTIVE);
    assertEquals("inactive", elsewhere.next());
    assertEquals("removed", elsewhere.next());
  }

  @Test
  void bytesPassAHandlerOnAnExecutorInOrderBothWaysAndItIsNotOvertaken() throws Exception {
    ChannelHandler readsOnly =
        new ChannelHandler() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.fireChannelRead(message);
          }
        };
    Pair pair = pair(ChannelHandler.on(executor, readsOnly), recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    byte[] data = Data.of(300_000);
    executor.execute(() -> {
      for (int i = 0; i < data.length; i += 100) {
        pair.channel().write(buffer(java.util.Arrays.copyOfRange(data, i, i + 100)), null);
      }
      pair.channel().flush();
    });
    assertArrayEquals(data, receive(pair.peer(), data.length));
    executor.execute(() -> {
      try {
        pair.peer().sendAll(data);
        pair.peer().close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    assertArrayEquals(data, recorder.bytes(data.length));
    recorder.expect(Recorder.Event.INACTIVE);
  }

  @Test
  void whileAHandlersExecutorIsBehindTheChannelIsNotReadFrom() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Pair pair =
        pair(
            ChannelHandler.on(
                executor,
                new ChannelHandler() {
                  @Override
                  public void channelRead(ChannelHandlerContext ctx, Object message)
                      throws InterruptedException {
                    go.await();
                    ctx.fireChannelRead(message);
                  }
                }),
            recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    byte[] data = Data.of(20_000_000);
    java.util.concurrent.Future<?> sent =
        executor.submit(() -> {
          pair.peer().sendAll(data);
          return null;
        });
    rounds(pair.channel().eventLoop());
    rounds(pair.channel().eventLoop());
    // Two rounds' reads at most; the rest stays with the kernel and the sender.
    assertTrue(alloc.metric().usedDirectMemory() < 4_000_000, alloc.metric()::toString);
    assertFalse(sent.isDone());
    go.countDown();
    assertArrayEquals(data, recorder.bytes(data.length));
  }

  @Test
  void whatAHandlerOnAnExecutorThrowsGoesToItAndTheLaterOnes() throws Exception {
    BlockingQueue<Throwable> own = new LinkedBlockingQueue<>();
    Pair pair =
        pair(
            ChannelHandler.on(
                executor,
                new ChannelHandler() {
                  @Override
                  public void channelRead(ChannelHandlerContext ctx, Object message)
                      throws IOException {
                    ReferenceCountUtil.release(message);
                    throw new IOException("no");
                  }

                  @Override
                  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    own.add(cause);
                    ctx.fireExceptionCaught(cause);
                  }
                }),
            recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    pair.peer().sendAll(Data.of(1));
    assertEquals("no", recorder.expectThrown(IOException.class).getMessage());
    assertEquals("no", own.take().getMessage());
    assertTrue(pair.channel().isActive());
  }

  @Test
  void whatAnExecutorRefusesIsReleasedAndFailsAndItsHandlerStillHearsOfItsEnd() throws Exception {
    BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    Pair pair =
        pair(
            ChannelHandler.on(
                executor,
                new ChannelHandler() {
                  @Override
                  public void handlerRemoved(ChannelHandlerContext ctx) {
                    ends.add("removed");
                  }
                }),
            recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    executor.shutdown();
    assertTrue(executor.awaitTermination(Task.SECONDS, TimeUnit.SECONDS));
    ByteBuf message = buffer(Data.of(10));
    Future<Void> written = pair.channel().writeAndFlush(message);
    failure(RejectedExecutionException.class, written);
    assertEquals(0, message.refCnt());
    rounds(pair.channel().eventLoop());
    assertEquals(0, pair.channel().pendingBytes());
    pair.peer().sendAll(Data.of(1));
    recorder.expectThrown(RejectedExecutionException.class);
    pair.channel().close();
    recorder.expect(Recorder.Event.INACTIVE);
    assertEquals("removed", ends.poll(Task.SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void aHandlerOnAnExecutorHearsNothingAfterItsRemoval() throws Exception {
    Elsewhere elsewhere = new Elsewhere();
    Channel channel = pair(ChannelHandler.on(executor, elsewhere), recorder).channel();
    recorder.expect(Recorder.Event.ACTIVE);
    on(channel, () -> channel.pipeline().remove(Elsewhere.class));
    channel.close();
    recorder.expect(Recorder.Event.INACTIVE);
    recorder.expect(Recorder.Event.REMOVED);
    assertEquals("added", elsewhere.next());
    assertEquals("removed", elsewhere.next());
    assertNull(elsewhere.notes.poll());
  }

  @Test
  void whatWaitsForAHandlersExecutorCountsAsPending() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Pair pair =
        pair(
            ChannelHandler.on(
                executor,
                new ChannelHandler() {
                  @Override
                  public void write(
                      ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise)
                      throws InterruptedException {
                    go.await();
                    ctx.write(message, promise);
                  }
                }));
    Channel channel = pair.channel();
    channel.setOption(ChannelOption.WRITE_WATER_MARKS, new io.gatun.channel.WaterMarks(1000, 2000));
    for (int i = 0; i < 30; i++) {
      channel.write(buffer(Data.of(100)), null);
    }
    rounds(channel.eventLoop());
    assertFalse(channel.isWritable());
    assertTrue(channel.pendingBytes() >= 3000);
    go.countDown();
    channel.flush();
    receive(pair.peer(), 3000);
    while (channel.pendingBytes() > 0) {
      rounds(channel.eventLoop());
    }
    assertTrue(channel.isWritable());
  }
}
