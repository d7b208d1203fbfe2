package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelEvent;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.WaterMarks;
import io.gatun.error.BrokenPipeException;
import io.gatun.error.ClosedException;
import io.gatun.socket.Shutdown;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A connection of which one half has ended. */
@OnEachLane
public final class HalfClosureTest extends ChannelLab {
  private static final int LARGE = 16 << 20;

  private final Recorder recorder = new Recorder();

  HalfClosureTest(Lane lane) throws IOException {
    super(lane);
  }

  private static void allowed(Bootstrap client) {
    client.option(ChannelOption.ALLOW_HALF_CLOSURE, true);
  }

  private Pair pairThatAllowsIt() throws Exception {
    Pair pair = pair(HalfClosureTest::allowed, recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    return pair;
  }

  @Test
  void allDataIsReadBeforeTheOneEventThatTellsTheEnd() throws Exception {
    Pair pair = pairThatAllowsIt();
    byte[] data = Data.of(200_000);
    pair.peer().sendAll(data);
    pair.peer().shutdown(Shutdown.WR);
    assertArrayEquals(data, recorder.bytes(data.length));
    recorder.expect(ChannelEvent.INPUT_SHUTDOWN);
    pair.channel().read();
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    assertTrue(pair.channel().isActive());
  }

  @Test
  void withAutoReadOffTheEndIsToldWhenItIsRead() throws Exception {
    Pair pair =
        pair(
            client -> {
              allowed(client);
              client.option(ChannelOption.AUTO_READ, false);
            },
            recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    pair.peer().sendAll(Data.of(100));
    pair.peer().shutdown(Shutdown.WR);
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    pair.channel().read();
    assertArrayEquals(Data.of(100), recorder.message());
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    pair.channel().read();
    recorder.expect(ChannelEvent.INPUT_SHUTDOWN);
  }

  @Test
  void allWhoShutDownOutputThatIsNeverSentAreToldThatItFailed() throws Exception {
    assumeThatWritesWait();
    Pair pair = pairThatAllowsIt();
    pair.channel().writeAndFlush(buffer(Data.of(LARGE)), null);
    Future<Void> one = pair.channel().shutdownOutput();
    Future<Void> other = pair.channel().shutdownOutput();
    rounds(pair.channel().eventLoop());
    await(pair.channel().close());
    failure(ClosedException.class, one);
    failure(ClosedException.class, other);
  }

  @Test
  void theChannelStillWritesAfterThePeersEnd() throws Exception {
    Pair pair = pairThatAllowsIt();
    pair.peer().shutdown(Shutdown.WR);
    recorder.expect(ChannelEvent.INPUT_SHUTDOWN);
    byte[] data = Data.of(LARGE);
    pair.channel().writeAndFlush(buffer(data));
    assertArrayEquals(data, receive(pair.peer(), data.length));
  }

  @Test
  void theChannelClosesOnceBothHalvesAreShutThePeersFirst() throws Exception {
    Pair pair = pairThatAllowsIt();
    pair.peer().shutdown(Shutdown.WR);
    recorder.expect(ChannelEvent.INPUT_SHUTDOWN);
    await(pair.channel().shutdownOutput());
    awaitClosed(pair.channel());
    recorder.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    recorder.expectEnd();
    assertEquals(0, pair.peer().recv(1).length);
  }

  @Test
  void theChannelClosesOnceBothHalvesAreShutItsOwnFirst() throws Exception {
    Pair pair = pairThatAllowsIt();
    await(pair.channel().shutdownOutput());
    recorder.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    assertEquals(0, pair.peer().recv(1).length);
    pair.peer().sendAll(Data.of(1000));
    assertArrayEquals(Data.of(1000), recorder.bytes(1000));
    assertTrue(pair.channel().isActive());
    pair.peer().shutdown(Shutdown.WR);
    recorder.expectEnd();
  }

  @Test
  void withoutItTheChannelAnswersWhatWasSentAndThenCloses() throws Exception {
    Recorder answering =
        new Recorder() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            super.channelRead(ctx, message);
            ctx.write(buffer(Data.of(LARGE)), null); // and leaves the flush to the channel
          }
        };
    Pair pair = pair(answering);
    answering.expect(Recorder.Event.ACTIVE);
    pair.peer().sendAll(Data.of(10));
    pair.peer().shutdown(Shutdown.WR);
    assertArrayEquals(Data.of(LARGE), receiveAll(pair.peer()));
    assertArrayEquals(Data.of(10), answering.message());
    answering.expectEnd();
  }

  @Test
  void shuttingDownSendsFirstWhatWasWritten() throws Exception {
    Pair pair = pairThatAllowsIt();
    Future<Void> written = pair.channel().write(buffer(Data.of(LARGE)));
    Future<Void> shut = pair.channel().shutdownOutput();
    assertArrayEquals(Data.of(LARGE), receiveAll(pair.peer()));
    await(written);
    await(shut);
    recorder.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    recorder.expectNothing();
  }

  @Test
  void aWriteAfterShuttingDownFailsAndIsReleased() throws Exception {
    Pair pair = pairThatAllowsIt();
    await(pair.channel().shutdownOutput());
    ByteBuf buffer = buffer(Data.of(10));
    BrokenPipeException failure =
        failure(BrokenPipeException.class, pair.channel().writeAndFlush(buffer));
    assertMessage("write " + pair.channel().remoteAddress() + ": EPIPE", failure);
    assertEquals(0, buffer.refCnt());
    pair.peer().sendAll(Data.of(10));
    recorder.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    assertArrayEquals(Data.of(10), recorder.message());
  }

  @Test
  void shuttingDownTwiceIsShuttingDownOnce() throws Exception {
    Pair pair = pairThatAllowsIt();
    pair.channel().write(buffer(Data.of(LARGE)));
    Future<Void> first = pair.channel().shutdownOutput();
    Future<Void> second = pair.channel().shutdownOutput();
    assertEquals(LARGE, receiveAll(pair.peer()).length);
    await(first);
    await(second);
    await(pair.channel().shutdownOutput());
    recorder.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    recorder.expectNothing();
  }

  @Test
  void shuttingDownFailsWhenTheChannelClosesFirst() throws Exception {
    Pair pair = pairThatAllowsIt();
    // One call may take any number of bytes (on Windows, if there is room for one), two do not.
    pair.channel().writeAndFlush(buffer(Data.of(LARGE)), null);
    pair.channel().write(buffer(Data.of(LARGE)));
    Future<Void> shut = pair.channel().shutdownOutput();
    rounds(pair.channel().eventLoop());
    await(pair.channel().close());
    failure(IOException.class, shut);
  }

  @Test
  void aChannelWhoseOutputIsShutDownSaysNoMoreOfWritability() throws Exception {
    AtomicInteger changes = new AtomicInteger();
    Recorder counting =
        new Recorder() {
          @Override
          public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            changes.incrementAndGet();
          }
        };
    Pair pair = pair(HalfClosureTest::allowed, counting);
    await(pair.channel().shutdownOutput());
    for (int i = 0; i < 3; i++) {
      failure(BrokenPipeException.class, pair.channel().writeAndFlush(buffer(Data.of(100_000))));
    }
    pair.channel().setOption(ChannelOption.WRITE_WATER_MARKS, new WaterMarks(0, 1));
    rounds(pair.channel().eventLoop());
    assertEquals(0, changes.get());
    assertEquals(0, pair.channel().pendingBytes());
  }

  @Test
  void shuttingDownBeforeTheConnectionStandsFails() throws Exception {
    CompletableFuture<Future<Void>> shut = new CompletableFuture<>();
    Channel channel =
        await(
            client()
                .handler(made -> shut.complete(made.shutdownOutput()))
                .connect(listener().getSockName()));
    failure(IOException.class, shut.get());
    assertTrue(channel.isActive());
  }

  @Test
  void withoutItShuttingDownStillReadsWhatThePeerSends() throws Exception {
    Pair pair = pair(recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    await(pair.channel().shutdownOutput());
    recorder.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    pair.peer().sendAll(Data.of(100_000));
    assertArrayEquals(Data.of(100_000), recorder.bytes(100_000));
    pair.peer().close();
    recorder.expectEnd();
  }

  /** Nobody can take what the channel writes, and the peer may still have something to say. */
  @Test
  void aWriteThatFailsShutsOutputDownAndReadingGoesOn() throws Exception {
    Assumptions.assumeTrue(family.isUnix(), "TCP does not tell that the peer reads no more");
    Pair pair = pairThatAllowsIt();
    pair.peer().shutdown(Shutdown.RD);
    failure(BrokenPipeException.class, pair.channel().writeAndFlush(buffer(Data.of(10))));
    pair.peer().sendAll(Data.of(1000));
    assertArrayEquals(Data.of(1000), recorder.bytes(1000));
    assertTrue(pair.channel().isActive());
    BrokenPipeException later =
        failure(BrokenPipeException.class, pair.channel().writeAndFlush(buffer(Data.of(10))));
    assertMessage("write ", later);
    pair.peer().shutdown(Shutdown.WR);
    recorder.expectEnd();
  }

  @Test
  void aWriteThatFailsEndsAChannelThatDoesNotRead() throws Exception {
    Assumptions.assumeTrue(family.isUnix(), "TCP does not tell that the peer reads no more");
    Pair pair =
        pair(
            client -> {
              allowed(client);
              client.option(ChannelOption.AUTO_READ, false);
            },
            recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    pair.peer().shutdown(Shutdown.RD);
    failure(BrokenPipeException.class, pair.channel().writeAndFlush(buffer(Data.of(10))));
    recorder.expectEnd();
  }
}
