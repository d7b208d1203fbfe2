package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.FileRegion;
import io.gatun.channel.Message;
import io.gatun.error.ClosedException;
import io.gatun.error.TimedOutException;
import io.gatun.handler.IdleEvent;
import io.gatun.handler.IdleHandler;
import io.gatun.handler.LengthField;
import io.gatun.handler.LengthFieldEncoder;
import io.gatun.handler.RateLimit;
import io.gatun.handler.TimeoutHandler;
import io.gatun.handler.TrafficShaper;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers that watch the clock, which is the test's. */
@OnEachTransport
public final class TimeoutTest extends ChannelLab {
  private static final Duration NEVER = Duration.ZERO;

  private final MockTicker ticker = Ticker.newMockTicker();
  private final EventLoopGroup clocked;
  private final Recorder recorder = new Recorder();

  TimeoutTest(Lane lane) throws IOException {
    super(lane);
    ticker.advance(10, TimeUnit.SECONDS); // Netty's executor takes a start at 0 for none
    clocked = EventLoopGroup.builder().transport(transport).loops(1).ticker(ticker).build();
  }

  @AfterEach
  void endClocked() throws InterruptedException {
    Future<?> ended = clocked.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    while (!ended.await(1)) {
      ticker.advance(1, TimeUnit.SECONDS);
    }
  }

  private Pair clocked(ChannelHandler... handlers) throws Exception {
    try (Socket listener = listener()) {
      Bootstrap bootstrap =
          new Bootstrap(clocked)
              .option(ChannelOption.ALLOCATOR, alloc)
              .handler(channel -> channel.pipeline().addLast(handlers).addLast(recorder));
      Channel channel = await(bootstrap.connect(listener.getSockName()));
      recorder.expect(Recorder.Event.ACTIVE);
      return new Pair(channel, accept(listener));
    }
  }

  private void advance(Channel channel, int seconds) throws Exception {
    ticker.advance(seconds, TimeUnit.SECONDS);
    rounds(channel.eventLoop());
  }

  @Test
  void aChannelThatReadsNothingIsIdleOnceForEachWhile() throws Exception {
    Pair pair = clocked(new IdleHandler(Duration.ofSeconds(10), NEVER, NEVER));
    advance(pair.channel(), 9);
    pair.peer().sendAll(Data.of(1));
    recorder.message();
    advance(pair.channel(), 9);
    recorder.expectNothing();
    advance(pair.channel(), 1);
    recorder.expect(IdleEvent.READER);
    advance(pair.channel(), 9);
    recorder.expectNothing();
    advance(pair.channel(), 1);
    recorder.expect(IdleEvent.READER);
    pair.channel().close();
    recorder.expectEnd();
    advance(pair.channel(), 100);
    recorder.expectNothing();
  }

  @Test
  void aChannelThatWritesNothingAndOneThatDoesNeitherAreIdle() throws Exception {
    Pair pair = clocked(new IdleHandler(NEVER, Duration.ofSeconds(10), Duration.ofSeconds(15)));
    advance(pair.channel(), 5);
    await(pair.channel().writeAndFlush(buffer(Data.of(1))));
    advance(pair.channel(), 9);
    recorder.expectNothing();
    advance(pair.channel(), 1);
    recorder.expect(IdleEvent.WRITER);
    advance(pair.channel(), 4);
    recorder.expectNothing();
    advance(pair.channel(), 1);
    recorder.expect(IdleEvent.BOTH);
  }

  @Test
  void aHandlerThatIsAddedLaterWatchesFromThenOn() throws Exception {
    Pair pair = clocked(new ChannelHandler() {});
    advance(pair.channel(), 100);
    on(
        pair.channel(),
        () ->
            pair.channel()
                .pipeline()
                .addFirst("idle", new IdleHandler(Duration.ofSeconds(10), NEVER, NEVER)));
    advance(pair.channel(), 9);
    recorder.expectNothing();
    advance(pair.channel(), 1);
    recorder.expect(IdleEvent.READER);
  }

  @Test
  void aPeerThatSendsNothingForTooLongIsLeft() throws Exception {
    Pair pair = clocked(new TimeoutHandler(Duration.ofSeconds(10), NEVER));
    advance(pair.channel(), 9);
    pair.peer().sendAll(Data.of(1));
    recorder.message();
    advance(pair.channel(), 9);
    recorder.expectNothing();
    advance(pair.channel(), 1);
    assertMessage("read ", recorder.expectThrown(TimedOutException.class));
    recorder.expectEnd();
  }

  @Test
  void aPeerThatTakesNothingForTooLongIsLeftAndOneThatTakesAllIsNot() throws Exception {
    assumeThatWritesWait();
    Pair pair = clocked(new TimeoutHandler(NEVER, Duration.ofSeconds(10)));
    byte[] data = Data.of(10_000_000);
    Future<Void> written = pair.channel().writeAndFlush(buffer(data));
    rounds(pair.channel().eventLoop());
    advance(pair.channel(), 9);
    assertArrayEquals(data, receive(pair.peer(), data.length));
    await(written);
    rounds(pair.channel().eventLoop());
    advance(pair.channel(), 100);
    recorder.expectNothing();
    Future<Void> stuck = pair.channel().writeAndFlush(buffer(data));
    rounds(pair.channel().eventLoop());
    advance(pair.channel(), 9);
    recorder.expectNothing();
    for (int left = 11; left > 0 && recorder.events.isEmpty(); left--) {
      advance(pair.channel(), 1); // the system may have told later what it took at first
    }
    assertMessage("write ", recorder.expectThrown(TimedOutException.class));
    recorder.expectEnd();
    assertTrue(stuck.await(Task.SECONDS, TimeUnit.SECONDS) && !stuck.isSuccess());
  }

  @Test
  void aPeerThatTakesALittleNowAndThenIsNotLeft() throws Exception {
    assumeThatWritesWait();
    Pair pair = clocked(new TimeoutHandler(NEVER, Duration.ofSeconds(10)));
    byte[] data = Data.of(20_000_000);
    Future<Void> written = pair.channel().writeAndFlush(buffer(data));
    int received = 0;
    while (received < 10_000_000) {
      long before = pair.channel().bytesWritten();
      received += receive(pair.peer(), 2_000_000).length;
      while (pair.channel().bytesWritten() == before) {
        rounds(pair.channel().eventLoop());
      }
      advance(pair.channel(), 9);
    }
    recorder.expectNothing();
    receive(pair.peer(), data.length - received);
    await(written);
    on(pair.channel(), () -> null);
    assertEquals(data.length, pair.channel().bytesWritten());
  }

  @Test
  void aChannelReadsNoFasterThanItsLimit() throws Exception {
    RateLimit limit = new RateLimit(1000, ticker);
    Pair pair = clocked(new TrafficShaper(List.of(limit), List.of()));
    pair.peer().sendAll(Data.of(3000)); // one second's worth was saved up
    assertArrayEquals(Data.of(3000), recorder.bytes(3000));
    pair.peer().sendAll(Data.of(10));
    rounds(pair.channel().eventLoop());
    advance(pair.channel(), 1);
    recorder.expectNothing();
    advance(pair.channel(), 1);
    assertArrayEquals(Data.of(10), recorder.bytes(10));
  }

  @Test
  void aChannelWritesNoFasterThanItsLimitAndHoldsItsWriterBack() throws Exception {
    RateLimit limit = new RateLimit(100_000, ticker);
    Pair pair = clocked(new TrafficShaper(List.of(), List.of(limit)));
    Future<Void> first = pair.channel().writeAndFlush(buffer(Data.of(200_000)));
    rounds(pair.channel().eventLoop());
    assertEquals(false, first.isDone());
    assertEquals(false, pair.channel().isWritable());
    advance(pair.channel(), 1);
    await(first);
    assertArrayEquals(Data.of(200_000), receive(pair.peer(), 200_000));
    assertEquals(true, pair.channel().isWritable());
  }

  @Test
  void channelsShareALimit() throws Exception {
    RateLimit limit = new RateLimit(100_000, ticker);
    Pair one = clocked(new TrafficShaper(List.of(), List.of(limit)));
    Pair other = clocked(new TrafficShaper(List.of(), List.of(limit)));
    await(one.channel().writeAndFlush(buffer(Data.of(100_000))));
    Future<Void> second = other.channel().writeAndFlush(buffer(Data.of(100)));
    rounds(other.channel().eventLoop());
    assertEquals(false, second.isDone());
    advance(other.channel(), 1);
    await(second);
    receive(one.peer(), 100_000);
  }

  /** A channel whose limit has nothing saved up. */
  private Pair shaped(int bytesPerSecond) throws Exception {
    RateLimit limit = new RateLimit(bytesPerSecond, ticker);
    Pair pair = clocked(new TrafficShaper(List.of(), List.of(limit)));
    await(pair.channel().writeAndFlush(buffer(Data.of(bytesPerSecond))));
    receive(pair.peer(), bytesPerSecond);
    return pair;
  }

  private void advanceMillis(Channel channel, int millis) throws Exception {
    ticker.advance(millis, TimeUnit.MILLISECONDS);
    rounds(channel.eventLoop());
  }

  private static long written(Channel channel) throws Exception {
    return on(channel, channel::bytesWritten);
  }

  @Test
  void whoWritesTooMuchIsSentWhatIsDueAllTheWhile() throws Exception {
    Pair pair = shaped(10_000);
    Channel channel = pair.channel();
    for (int i = 1; i <= 300; i++) { // twice as much as may pass
      channel.writeAndFlush(buffer(Data.of(200)), null);
      advanceMillis(channel, 10);
      long due = 10_000 + i * 100L;
      long written = written(channel);
      assertTrue(written <= due, () -> "more than may pass: " + written + " of " + due);
      assertTrue(written >= due - 500, () -> "held back: " + written + " of " + due);
    }
  }

  @Test
  void filesAndMessagesCountAsBuffersDo() throws Exception {
    Path file = Files.write(folder.resolve("file"), Data.of(2000));
    for (Object message :
        List.of(FileRegion.open(file), Message.of(buffer(Data.of(2000))), buffer(Data.of(2000)))) {
      Pair pair = shaped(1000);
      Future<Void> sent = pair.channel().writeAndFlush(message);
      Future<Void> next = pair.channel().writeAndFlush(buffer(Data.of(1000)));
      for (int i = 0; i < 19; i++) {
        advanceMillis(pair.channel(), 100);
        assertFalse(sent.isDone());
      }
      advanceMillis(pair.channel(), 200);
      await(sent);
      assertFalse(next.isDone());
      advance(pair.channel(), 1);
      await(next);
      receive(pair.peer(), 3000);
    }
  }

  @Test
  void whoWantsALotOfASharedLimitKeepsNobodyWaiting() throws Exception {
    RateLimit limit = new RateLimit(1000, ticker);
    Pair greedy = clocked(new TrafficShaper(List.of(), List.of(limit)));
    Pair other = clocked(new TrafficShaper(List.of(limit), List.of(limit)));
    Future<Void> much = greedy.channel().writeAndFlush(buffer(Data.of(1_000_000)));
    rounds(greedy.channel().eventLoop());
    for (int i = 0; i < 5; i++) {
      Future<Void> little = other.channel().writeAndFlush(buffer(Data.of(50)));
      other.peer().sendAll(Data.of(50));
      advanceMillis(other.channel(), 200);
      await(little);
      assertArrayEquals(Data.of(50), recorder.bytes(50));
    }
    assertFalse(much.isDone());
    advance(greedy.channel(), 500);
    rounds(greedy.channel().eventLoop());
    greedy.channel().close();
    failure(ClosedException.class, much);
  }

  @Test
  void whatAShaperHoldsBackIsSentBeforeTheEndItsOwnAndThatOfThePeer() throws Exception {
    Pair own = shaped(1000);
    own.channel().writeAndFlush(buffer(Data.of(500)), null);
    own.channel().write(buffer(Data.of(500)), null);
    Future<Void> shutdown = own.channel().shutdownOutput();
    Pair peers = shaped(1000);
    peers.channel().writeAndFlush(buffer(Data.of(500)), null);
    peers.channel().write(buffer(Data.of(500)), null);
    peers.peer().shutdown(Shutdown.WR);
    while (on(peers.channel(), () -> peers.channel().pendingBytes()) > 0) {
      advanceMillis(peers.channel(), 100);
    }
    assertArrayEquals(Data.of(500), receive(own.peer(), 500));
    assertArrayEquals(Data.of(500), receiveAll(own.peer()));
    await(shutdown);
    assertArrayEquals(Data.of(500), receive(peers.peer(), 500));
    assertArrayEquals(Data.of(500), receiveAll(peers.peer()));
    await(peers.channel().closeFuture());
  }

  @Test
  void aShaperThatIsRemovedPassesOnWhatItHeldBack() throws Exception {
    Pair pair = shaped(1000);
    Future<Void> flushed = pair.channel().writeAndFlush(buffer(Data.of(500)));
    Future<Void> written = pair.channel().write(buffer(Data.of(600)));
    on(pair.channel(), () -> pair.channel().pipeline().remove(TrafficShaper.class));
    await(flushed);
    assertFalse(written.isDone());
    pair.channel().flush();
    await(written);
    receive(pair.peer(), 1100);
    on(pair.channel(), () -> null);
    assertEquals(0, pair.channel().pendingBytes());
  }

  @Test
  void whatWaitsForAShaperOrItsFlushIsNoFaultOfThePeers() throws Exception {
    RateLimit limit = new RateLimit(1000, ticker);
    Pair pair =
        clocked(
            new TrafficShaper(List.of(), List.of(limit)),
            new TimeoutHandler(NEVER, Duration.ofSeconds(10)));
    Future<Void> sent = pair.channel().writeAndFlush(buffer(Data.of(51_000)));
    rounds(pair.channel().eventLoop());
    for (int i = 0; i < 600 && !sent.isDone(); i++) {
      advanceMillis(pair.channel(), 100);
    }
    await(sent);
    receive(pair.peer(), 51_000);
    recorder.expectNothing();
  }

  @Test
  void aTimeoutPutsNothingInTheStream() throws Exception {
    assumeThatWritesWait();
    Pair pair =
        clocked(
            new LengthFieldEncoder(LengthField.of(4, 20_000_000)),
            new TimeoutHandler(NEVER, Duration.ofSeconds(10)));
    byte[] data = Data.of(10_000_000);
    Future<Void> written = pair.channel().writeAndFlush(buffer(data));
    rounds(pair.channel().eventLoop());
    receive(pair.peer(), 4);
    assertArrayEquals(data, receive(pair.peer(), data.length));
    await(written);
    rounds(pair.channel().eventLoop());
    pair.channel().close();
    assertEquals(0, receiveAll(pair.peer()).length);
  }
}
