package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.channel.Sharable;
import io.gatun.handler.Closing;
import io.gatun.handler.FlushConsolidator;
import io.gatun.handler.LengthField;
import io.gatun.handler.LengthFieldEncoder;
import io.gatun.handler.LoggingHandler;
import io.gatun.handler.Relay;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.logging.InternalLogLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What passes from one channel to another, and how channels end. */
@OnEachTransport
public final class RelayTest extends ChannelLab {
  private final ExecutorService executor = Executors.newCachedThreadPool();

  RelayTest(Lane lane) throws IOException {
    super(lane);
  }

  @AfterEach
  void endExecutor() {
    executor.shutdownNow();
  }

  /** Two channels that are relayed; the loops differ. */
  private List<Pair> relayed() throws Exception {
    List<Pair> pairs = List.of(pair(), pair());
    Channel one = pairs.get(0).channel();
    on(
        one,
        () -> {
          Relay.between(one, pairs.get(1).channel());
          return null;
        });
    rounds(pairs.get(1).channel().eventLoop());
    return pairs;
  }

  @Test
  void allBytesPassBothWaysAndEachHalfEndsForItself() throws Exception {
    List<Pair> pairs = relayed();
    byte[] data = Data.of(5_000_000);
    for (int i = 0; i < 2; i++) {
      Pair from = pairs.get(i);
      Pair to = pairs.get(1 - i);
      executor.submit(() -> {
        from.peer().sendAll(data);
        from.peer().shutdown(io.gatun.socket.Shutdown.WR);
        return null;
      });
      assertArrayEquals(data, receiveAll(to.peer()));
    }
    for (Pair pair : pairs) {
      awaitClosed(pair.channel());
    }
  }

  @Test
  void aReaderThatTakesNothingHoldsTheSenderBackAndMemoryStaysSmall() throws Exception {
    assumeThatWritesWait();
    List<Pair> pairs = relayed();
    byte[] data = Data.of(30_000_000);
    java.util.concurrent.Future<?> sent =
        executor.submit(() -> {
          pairs.get(0).peer().sendAll(data);
          return null;
        });
    // Between the marks the target is writable, and the source may be held back all the same.
    Channel source = pairs.get(0).channel();
    while (source.getOption(ChannelOption.AUTO_READ)) {
      rounds(source.eventLoop());
    }
    for (Pair pair : pairs) {
      rounds(pair.channel().eventLoop());
    }
    // The high water mark, and a round of reading.
    assertTrue(alloc.metric().usedDirectMemory() < 2_500_000, alloc.metric()::toString);
    assertFalse(sent.isDone());
    assertArrayEquals(data, receive(pairs.get(1).peer(), data.length));
    sent.get();
  }

  @Test
  void whenOneIsResetTheOtherIsClosedToo() throws Exception {
    List<Pair> pairs = relayed();
    pairs.get(0).channel().close();
    assertEquals(0, receiveAll(pairs.get(1).peer()).length);
    awaitClosed(pairs.get(1).channel());
  }

  @Test
  void aChannelIsClosedWhenAllIsSent() throws Exception {
    Pair pair = pair();
    byte[] data = Data.of(5_000_000);
    pair.channel().write(buffer(data), null);
    Future<Void> closed = Closing.whenSent(pair.channel());
    assertArrayEquals(data, receiveAll(pair.peer()));
    await(closed);
  }

  @Test
  void noHandlerMakesAMessageOfClosing() throws Exception {
    Pair pair = pair(new LengthFieldEncoder(LengthField.of(2, 100)));
    pair.channel().write(buffer(Data.of(5)), null);
    await(Closing.whenSent(pair.channel()));
    assertEquals(7, receiveAll(pair.peer()).length);
    await(Closing.whenSent(pair.channel())); // already
  }

  /** Counts the flushes that pass. */
  @Sharable
  private static final class Flushes implements ChannelHandler {
    final AtomicInteger count = new AtomicInteger();

    @Override
    public void flush(ChannelHandlerContext ctx) {
      count.incrementAndGet();
      ctx.flush();
    }
  }

  @Test
  void flushesOfOneRoundOfReadingBecomeOne() throws Exception {
    Flushes flushes = new Flushes();
    Pair pair =
        pair(
            flushes,
            new FlushConsolidator(),
            new ChannelHandler() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.writeAndFlush(message, null);
                ctx.flush();
                ctx.flush();
              }
            });
    pair.peer().sendAll(Data.of(10));
    assertArrayEquals(Data.of(10), receive(pair.peer(), 10));
    EventLoop loop = pair.channel().eventLoop();
    rounds(loop);
    assertEquals(1, flushes.count.get());
    await(pair.channel().writeAndFlush(buffer(Data.of(1)))); // none is under way
    assertEquals(2, flushes.count.get());
  }

  @Test
  void bytesAreLoggedInHexadecimalAndText() throws Exception {
    try (Log log = new Log("gatun.test.wire")) {
      LoggingHandler logging = new LoggingHandler("gatun.test.wire", InternalLogLevel.INFO, 16);
      Recorder recorder = new Recorder();
      Pair pair = pair(logging, recorder);
      recorder.expect(Recorder.Event.ACTIVE);
      byte[] text =
          "GET / HTTP/1.1\r\nHost: x".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      pair.peer().sendAll(text);
      recorder.message();
      rounds(pair.channel().eventLoop());
      List<String> lines = new ArrayList<>(log.all());
      String read =
          lines.stream().filter(line -> line.contains(": read 23")).findFirst().orElse("none");
      for (String part :
          Arrays.asList("stream ", "23 bytes, the first 16", "47 45 54 20", "GET / HTTP/1.1..")) {
        assertTrue(read.contains(part), read);
      }
      assertFalse(read.contains("Host"), read);
    }
  }
}
