package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.error.ClosedException;
import io.gatun.error.ConnectionResetException;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A channel's life from active to closed, and the bytes in between. */
@OnEachLane
public final class LifeTest extends ChannelLab {
  private final Recorder recorder = new Recorder();

  LifeTest(Lane lane) throws IOException {
    super(lane);
  }

  /** Sends back what it gets. */
  private static final class Echo implements io.gatun.channel.ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write(message, null);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }

  @Test
  void everyByteOfMessagesOfAnySizeComesBack() throws Exception {
    Channel listener = bind(server().childHandler(child -> child.pipeline().addLast(new Echo())));
    Channel channel = await(client(recorder).connect(local(listener)));
    recorder.expect(Recorder.Event.ACTIVE);
    Random random = new Random(42);
    for (int i = 0; i < 100; i++) {
      byte[] data = Data.of(1 + (int) Math.exp(random.nextDouble() * 12));
      channel.writeAndFlush(buffer(data));
      assertArrayEquals(data, recorder.bytes(data.length));
    }
  }

  @Test
  void bothEndsSendAtOnceAndNothingIsMixedUp() throws Exception {
    Recorder accepted = new Recorder();
    CompletableFuture<Channel> child = new CompletableFuture<>();
    Channel listener =
        bind(
            server()
                .childHandler(made -> {
                  made.pipeline().addLast(accepted);
                  child.complete(made);
                }));
    Channel channel = await(client(recorder).connect(local(listener)));
    recorder.expect(Recorder.Event.ACTIVE);
    accepted.expect(Recorder.Event.ACTIVE);
    byte[] there = Data.of(2_000_000);
    byte[] back = Data.of(2_000_001);
    channel.writeAndFlush(buffer(there));
    child.get().writeAndFlush(buffer(back));
    assertArrayEquals(there, accepted.bytes(there.length));
    assertArrayEquals(back, recorder.bytes(back.length));
  }

  @Test
  void activeInactiveAndRemovedComeOnceEachAndInOrder() throws Exception {
    Pair pair = pair(recorder);
    await(pair.channel().close());
    recorder.expect(Recorder.Event.ACTIVE);
    rounds(pair.channel().eventLoop());
    recorder.expectEnd();
    assertEquals(0, pair.peer().recv(1).length);
  }

  @Test
  void closingInsideAnEventTellsTheEndAfterThatEvent() throws Exception {
    List<String> order = new ArrayList<>();
    Pair pair =
        pair(
            new Recorder() {
              @Override
              public void channelActive(ChannelHandlerContext ctx) {
                ctx.close(null);
                order.add("active");
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                order.add("inactive");
              }

              @Override
              public void handlerRemoved(ChannelHandlerContext ctx) {
                order.add("removed");
              }
            });
    awaitClosed(pair.channel());
    assertEquals(List.of("active", "inactive", "removed"), order);
  }

  @Test
  void closingTwiceIsClosingOnce() throws Exception {
    Pair pair = pair(recorder);
    Channel channel = pair.channel();
    Promise<Void> first = channel.newPromise();
    Promise<Void> second = channel.newPromise();
    channel.close(first);
    channel.close(second);
    await(first);
    await(second);
    assertSame(channel.closeFuture(), channel.close());
    Promise<Void> third = channel.newPromise();
    channel.close(third);
    await(third);
    rounds(channel.eventLoop());
    recorder.expect(Recorder.Event.ACTIVE);
    recorder.expectEnd();
    assertFalse(channel.isOpen());
    assertFalse(channel.isActive());
  }

  @Test
  void aPeersCloseIsTheEnd() throws Exception {
    Pair pair = pair(recorder);
    pair.peer().close();
    recorder.expect(Recorder.Event.ACTIVE);
    recorder.expectEnd();
    awaitClosed(pair.channel());
  }

  @Test
  void aWriteToAClosedChannelFailsAndIsReleased() throws Exception {
    Channel channel = pair().channel();
    await(channel.close());
    ByteBuf buffer = buffer(Data.of(10));
    Future<Void> written = channel.writeAndFlush(buffer);
    ClosedException closed = failure(ClosedException.class, written);
    assertEquals("write: the socket is closed", closed.getMessage());
    assertEquals(0, buffer.refCnt());
    assertFalse(channel.isWritable());
    rounds(channel.eventLoop());
    assertEquals(0, channel.pendingBytes());
  }

  @Test
  void readAndFlushOfAClosedChannelDoNothing() throws Exception {
    Channel channel = pair(recorder).channel();
    await(channel.close());
    channel.read();
    channel.flush();
    rounds(channel.eventLoop());
    recorder.expect(Recorder.Event.ACTIVE);
    recorder.expectEnd();
  }

  @Test
  void shuttingDownAClosedChannelFailsAsClosed() throws Exception {
    Channel channel = pair().channel();
    await(channel.close());
    failure(ClosedException.class, channel.shutdownOutput());
  }

  @Test
  void closeWithLingerZeroResetsTheConnection() throws Exception {
    Assumptions.assumeFalse(family.isUnix(), "Unix sockets do not linger");
    Pair pair = pair(client -> client.option(ChannelOption.SO_LINGER, 0));
    assertEquals(0, pair.channel().getOption(ChannelOption.SO_LINGER));
    await(pair.channel().close());
    assertThrows(ConnectionResetException.class, () -> pair.peer().recv(1));
  }

  @Test
  void abortingResetsTheConnectionAndFailsWhatWasNotSent() throws Exception {
    Pair pair = pair(recorder);
    Future<Void> waiting = pair.channel().write(buffer(Data.of(10)));
    await(pair.channel().abort());
    failure(ClosedException.class, waiting);
    if (family.isUnix()) {
      assertEquals(0, pair.peer().recv(1).length);
    } else {
      assertThrows(ConnectionResetException.class, () -> pair.peer().recv(1));
    }
    await(pair.channel().abort());
    recorder.expect(Recorder.Event.ACTIVE);
    rounds(pair.channel().eventLoop());
    recorder.expectEnd();
  }

  @Test
  void shutdownOutputWithLingerZeroResetsNothing() throws Exception {
    Assumptions.assumeFalse(family.isUnix(), "Unix sockets do not linger");
    Pair pair =
        pair(client ->
            client
                .option(ChannelOption.SO_LINGER, 0)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true));
    await(pair.channel().shutdownOutput());
    assertEquals(0, pair.peer().recv(1).length, "the end, not a reset");
  }

  @Test
  void closeWithoutLingerResetsNothing() throws Exception {
    Pair pair = pair();
    assertEquals(-1, pair.channel().getOption(ChannelOption.SO_LINGER));
    await(pair.channel().writeAndFlush(buffer(Data.of(10))));
    await(pair.channel().close());
    assertArrayEquals(Data.of(10), receiveAll(pair.peer()));
  }

  @Test
  void oneLoopServesManyChannelsThatCloseInAnyOrder() throws Exception {
    Channel listener = bind(server().childHandler(child -> child.pipeline().addLast(new Echo())));
    List<Channel> channels = new ArrayList<>();
    List<Recorder> recorders = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Recorder mine = new Recorder();
      recorders.add(mine);
      channels.add(await(client(mine).connect(local(listener))));
    }
    Random random = new Random(7);
    while (!channels.isEmpty()) {
      int i = random.nextInt(channels.size());
      byte[] data = Data.of(1 + random.nextInt(5000));
      channels.get(i).writeAndFlush(buffer(data));
      Recorder mine = recorders.remove(i);
      mine.expect(Recorder.Event.ACTIVE);
      assertArrayEquals(data, mine.bytes(data.length));
      channels.remove(i).close();
      mine.expectEnd();
    }
  }
}
