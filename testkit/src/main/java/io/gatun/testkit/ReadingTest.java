package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.error.ConnectionResetException;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How a channel reads. */
@OnEachLane
public final class ReadingTest extends ChannelLab {
  private final Recorder recorder = new Recorder();

  ReadingTest(Lane lane) throws IOException {
    super(lane);
  }

  private static void autoReadOff(Bootstrap client) {
    client.option(ChannelOption.AUTO_READ, false);
  }

  private Pair pairThatReadsWhenAsked() throws Exception {
    Pair pair = pair(ReadingTest::autoReadOff, recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    return pair;
  }

  private byte[] readOneByOneToTheEnd(Channel channel) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      channel.read();
      Object event = recorder.next();
      if (event instanceof byte[] message) {
        all.writeBytes(message);
        rounds(channel.eventLoop());
        recorder.expectNothing();
      } else {
        assertEquals(Recorder.Event.INACTIVE, event);
        return all.toByteArray();
      }
    }
  }

  @Test
  void withAutoReadOffAllThatWasSentArrivesBeforeTheEnd() throws Exception {
    Pair pair = pairThatReadsWhenAsked();
    byte[] data = Data.of(300_000);
    Task<?> sender =
        Task.start(
            ThreadKind.PLATFORM,
            () -> {
              pair.peer().sendAll(data);
              pair.peer().close();
              return null;
            });
    assertArrayEquals(data, readOneByOneToTheEnd(pair.channel()));
    sender.result();
  }

  @Test
  void withAutoReadOffDataThatCameTogetherWithTheEndIsReadFirst() throws Exception {
    for (int size : new int[] {1, 2047, 2048, 2049, 10_000}) {
      Pair pair = pairThatReadsWhenAsked();
      byte[] data = Data.of(size);
      pair.peer().sendAll(data);
      pair.peer().close();
      rounds(pair.channel().eventLoop());
      recorder.expectNothing();
      assertTrue(pair.channel().isActive(), "nobody has read the end");
      assertArrayEquals(data, readOneByOneToTheEnd(pair.channel()));
      recorder.expect(Recorder.Event.REMOVED);
    }
  }

  @Test
  void withAutoReadOffAnEndThatComesAfterTheLastDataWasReadIsSeen() throws Exception {
    Pair pair = pairThatReadsWhenAsked();
    pair.peer().sendAll(Data.of(10));
    pair.channel().read();
    assertArrayEquals(Data.of(10), recorder.message());
    pair.channel().read();
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    pair.peer().close();
    recorder.expectEnd();
  }

  @Test
  void withAutoReadOffAnAcceptedChannelReadsAllBeforeItsEndToo() throws Exception {
    for (int size : new int[] {0, 1, 2048, 100_000}) {
      CompletableFuture<Channel> child = new CompletableFuture<>();
      Channel listener =
          bind(
              server()
                  .childOption(ChannelOption.AUTO_READ, false)
                  .childHandler(made -> {
                    made.pipeline().addLast(recorder);
                    child.complete(made);
                  }));
      Socket peer = connect(local(listener));
      peer.sendAll(Data.of(size));
      peer.close();
      recorder.expect(Recorder.Event.ACTIVE);
      Channel channel = child.get();
      rounds(channel.eventLoop());
      recorder.expectNothing();
      assertTrue(channel.isActive(), "nobody has read the end");
      assertArrayEquals(Data.of(size), readOneByOneToTheEnd(channel));
      recorder.expect(Recorder.Event.REMOVED);
      await(listener.close());
    }
  }

  @Test
  void withAutoReadOffTheEndOfAChannelThatWritesMeanwhileComesAfterTheData() throws Exception {
    Pair pair = pairThatReadsWhenAsked();
    byte[] data = Data.of(30_000);
    pair.peer().sendAll(data);
    pair.peer().shutdown(Shutdown.WR);
    await(pair.channel().writeAndFlush(buffer(Data.of(100_000))));
    assertArrayEquals(Data.of(100_000), receive(pair.peer(), 100_000));
    assertTrue(pair.channel().isActive(), "nobody has read the end");
    assertArrayEquals(data, readOneByOneToTheEnd(pair.channel()));
  }

  @Test
  void turningAutoReadOnAtTheEndReadsAllAndThenTheEnd() throws Exception {
    Pair pair = pairThatReadsWhenAsked();
    byte[] data = Data.of(200_000);
    Task<?> sender =
        Task.start(
            ThreadKind.PLATFORM,
            () -> {
              pair.peer().sendAll(data);
              pair.peer().close();
              return null;
            });
    pair.channel().read();
    byte[] first = recorder.message();
    pair.channel().setOption(ChannelOption.AUTO_READ, true);
    byte[] rest = recorder.bytes(data.length - first.length);
    assertArrayEquals(Arrays.copyOf(data, first.length), first);
    assertArrayEquals(Arrays.copyOfRange(data, first.length, data.length), rest);
    recorder.expectEnd();
    sender.result();
  }

  @Test
  void aFailedWriteThrowsNothingAwayThatThePeerSentBeforeItWent() throws Exception {
    // A peer that closes with everything read, so that nothing but its going is to be told.
    Recorder slow =
        new Recorder() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            super.channelRead(ctx, message);
            ctx.writeAndFlush(buffer(Data.of(1)), null); // fails: the peer is gone
          }
        };
    CompletableFuture<Channel> child = new CompletableFuture<>();
    Channel listener =
        bind(
            server()
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(made -> {
                  made.pipeline().addLast(slow);
                  child.complete(made);
                }));
    Socket peer = connect(local(listener));
    byte[] data = Data.of(60_000);
    peer.sendAll(data);
    peer.close();
    slow.expect(Recorder.Event.ACTIVE);
    child.get().setOption(ChannelOption.AUTO_READ, true);
    byte[] read = slow.message();
    Object event = slow.next();
    while (event instanceof byte[] more) {
      int before = read.length;
      read = Arrays.copyOf(read, before + more.length);
      System.arraycopy(more, 0, read, before, more.length);
      event = slow.next();
    }
    if (family.isUnix()) { // TCP answers the first byte by a reset, which takes the rest away
      assertArrayEquals(data, read);
      assertEquals(Recorder.Event.INACTIVE, event);
    } else {
      assertArrayEquals(Arrays.copyOf(data, read.length), read);
      awaitClosed(child.get());
    }
  }

  @Test
  void nothingIsReadBeforeItIsAskedForAndThenOneMessage() throws Exception {
    Pair pair = pairThatReadsWhenAsked();
    pair.peer().sendAll(Data.of(10_000));
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    pair.channel().read();
    assertTrue(recorder.message().length < 10_000, "a first message is small");
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
  }

  @Test
  void aReadThatWasAskedForBeforeDataCameGetsIt() throws Exception {
    Pair pair = pairThatReadsWhenAsked();
    pair.channel().read();
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    pair.peer().sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), recorder.message());
    pair.peer().sendAll(Data.of(4));
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
  }

  @Test
  void dataThatWaitsComesAtOnceWhenAutoReadIsTurnedOn() throws Exception {
    Pair pair = pairThatReadsWhenAsked();
    byte[] data = Data.of(50_000);
    pair.peer().sendAll(data);
    pair.channel().setOption(ChannelOption.AUTO_READ, true);
    assertArrayEquals(data, recorder.bytes(data.length));
  }

  @Test
  void dataThatCameBeforeTheChannelWasConnectedIsReadWithoutAsking() throws Exception {
    Channel listener = bind(server().childHandler(child -> child.pipeline().addLast(recorder)));
    Socket peer = connect(local(listener));
    peer.sendAll(Data.of(5));
    recorder.expect(Recorder.Event.ACTIVE);
    assertArrayEquals(Data.of(5), recorder.message());
  }

  @Test
  void turningAutoReadOffInsideChannelReadMakesThatTheLastMessage() throws Exception {
    Recorder stopping =
        new Recorder() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            ctx.channel().setOption(ChannelOption.AUTO_READ, false);
            super.channelRead(ctx, message);
          }
        };
    Pair pair = pair(stopping);
    stopping.expect(Recorder.Event.ACTIVE);
    byte[] data = Data.of(20_000);
    pair.peer().sendAll(data);
    byte[] first = stopping.message();
    rounds(pair.channel().eventLoop());
    stopping.expectNothing();
    pair.channel().setOption(ChannelOption.AUTO_READ, true);
    byte[] second = stopping.message();
    rounds(pair.channel().eventLoop());
    stopping.expectNothing();
    assertArrayEquals(Arrays.copyOf(data, first.length), first);
    assertArrayEquals(Arrays.copyOfRange(data, first.length, first.length + second.length), second);
  }

  @Test
  void togglingAutoReadInsideEachChannelReadLosesNothing() throws Exception {
    AtomicInteger count = new AtomicInteger();
    Recorder toggling =
        new Recorder() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            ctx.channel().setOption(ChannelOption.AUTO_READ, false);
            super.channelRead(ctx, message);
            if (count.incrementAndGet() % 2 == 0) {
              ctx.channel().setOption(ChannelOption.AUTO_READ, true);
            } else {
              ctx.eventLoop()
                  .execute(() -> {
                    try {
                      ctx.channel().setOption(ChannelOption.AUTO_READ, true);
                    } catch (IOException e) {
                      ctx.fireExceptionCaught(e);
                    }
                  });
            }
          }
        };
    Pair pair = pair(toggling);
    toggling.expect(Recorder.Event.ACTIVE);
    byte[] data = Data.of(500_000);
    Task<?> sender =
        Task.start(
            ThreadKind.PLATFORM,
            () -> {
              pair.peer().sendAll(data);
              pair.peer().close();
              return null;
            });
    assertArrayEquals(data, toggling.bytes(data.length));
    toggling.expectEnd();
    sender.result();
  }

  @Test
  void askingForMoreInsideChannelReadReadsOn() throws Exception {
    AtomicInteger left = new AtomicInteger(3);
    Recorder asking =
        new Recorder() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            super.channelRead(ctx, message);
            if (left.decrementAndGet() > 0) {
              ctx.read();
            }
          }
        };
    Pair pair = pair(ReadingTest::autoReadOff, asking);
    asking.expect(Recorder.Event.ACTIVE);
    pair.peer().sendAll(Data.of(100_000));
    pair.channel().read();
    for (int i = 0; i < 3; i++) {
      assertTrue(asking.message().length > 0);
    }
    rounds(pair.channel().eventLoop());
    asking.expectNothing();
  }

  @Test
  void readCompleteFollowsTheMessagesOfARound() throws Exception {
    AtomicInteger since = new AtomicInteger();
    Recorder counting =
        new Recorder() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            since.incrementAndGet();
            super.channelRead(ctx, message);
          }

          @Override
          public void channelReadComplete(ChannelHandlerContext ctx) {
            if (since.getAndSet(0) == 0) {
              ctx.fireExceptionCaught(new AssertionError("nothing was read"));
            }
          }
        };
    Pair pair = pair(counting);
    counting.expect(Recorder.Event.ACTIVE);
    pair.peer().sendAll(Data.of(100_000));
    assertArrayEquals(Data.of(100_000), counting.bytes(100_000));
    pair.peer().close();
    counting.expectEnd();
    assertEquals(0, since.get());
  }

  @Test
  void aConnectionThatThePeerResetsIsAnExceptionAndThenTheEnd() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeFalse(family.isUnix(), "a Unix peer cannot reset");
    Pair pair = pair(recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    // What the peer has not read yet makes its close a reset.
    await(pair.channel().writeAndFlush(buffer(Data.of(10))));
    pair.peer().close();
    ConnectionResetException reset = recorder.expectThrown(ConnectionResetException.class);
    assertMessage("recv ", reset);
    recorder.expectEnd();
  }

  @Test
  void aClosedChannelReadsNoMore() throws Exception {
    Recorder closing =
        new Recorder() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            super.channelRead(ctx, message);
            ctx.close(null);
          }
        };
    Pair pair = pair(closing);
    closing.expect(Recorder.Event.ACTIVE);
    pair.peer().sendAll(Data.of(50_000));
    assertTrue(closing.message().length < 50_000);
    closing.expectEnd();
    assertFalse(pair.channel().isOpen());
  }

  @Test
  void whatNoHandlerTakesIsReleased() throws Exception {
    Pair pair = pair();
    pair.peer().sendAll(Data.of(100_000));
    pair.peer().shutdown(io.gatun.socket.Shutdown.WR);
    awaitClosed(pair.channel()); // and the lab looks for what was not released
  }

  @Test
  void theBufferOfAMessageIsItsHandlersOwn() throws Exception {
    ByteBuf[] kept = new ByteBuf[1];
    Recorder keeping =
        new Recorder() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            if (kept[0] == null) {
              kept[0] = ((ByteBuf) message).retain();
            }
            super.channelRead(ctx, message);
          }
        };
    Pair pair = pair(keeping);
    keeping.expect(Recorder.Event.ACTIVE);
    pair.peer().sendAll(Data.of(100));
    assertArrayEquals(Data.of(100), keeping.message());
    pair.peer().sendAll(new byte[100]);
    assertArrayEquals(new byte[100], keeping.message());
    assertArrayEquals(Data.of(100), io.netty.buffer.ByteBufUtil.getBytes(kept[0]));
    assertTrue(kept[0].release());
  }
}
