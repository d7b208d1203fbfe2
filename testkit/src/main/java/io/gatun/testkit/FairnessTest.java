package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.channel.RoundLimit;
import io.gatun.socket.Socket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The share that a channel has of its loop, told by counts. */
@OnEachTransport
public final class FairnessTest extends ChannelLab {
  private static final int CALLS = 4;
  private final EventLoop loop = group.next();

  FairnessTest(Lane lane) throws IOException {
    super(lane);
  }

  private Pair pairOnTheLoop(RoundLimit limit, Recorder recorder) throws Exception {
    try (Socket listener = listener()) {
      Channel channel =
          await(
              new Bootstrap(loop)
                  .option(ChannelOption.ALLOCATOR, alloc)
                  .option(ChannelOption.ROUND_LIMIT, limit)
                  .handler(made -> made.pipeline().addLast(recorder))
                  .connect(listener.getSockName()));
      recorder.expect(Recorder.Event.ACTIVE);
      return new Pair(channel, accept(listener));
    }
  }

  /** Counts messages between two ends of a round. */
  private static final class Rounds extends Recorder {
    int now;
    int most;
    long bytes;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      most = Math.max(most, ++now);
      bytes += ((io.netty.buffer.ByteBuf) message).readableBytes();
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      now = 0;
    }
  }

  @Test
  void aRoundReadsNoMoreOftenThanItsLimitAndNothingIsLost() throws Exception {
    Rounds rounds = new Rounds();
    Pair pair = pairOnTheLoop(new RoundLimit(CALLS, Integer.MAX_VALUE), rounds);
    pair.peer().sendAll(Data.of(4 << 20));
    pair.peer().close();
    rounds.expectEnd();
    assertEquals(4 << 20, rounds.bytes);
    assertTrue(rounds.most <= CALLS, () -> rounds.most + " messages in a round");
  }

  @Test
  void aRoundReadsNoMoreBytesThanItsLimitAndOneCall() throws Exception {
    Rounds rounds = new Rounds();
    Pair pair = pairOnTheLoop(new RoundLimit(1000, 1), rounds);
    pair.peer().sendAll(Data.of(1 << 20));
    pair.peer().close();
    rounds.expectEnd();
    assertEquals(1 << 20, rounds.bytes);
    assertEquals(1, rounds.most, "the first call has used it up");
  }

  @Test
  void aRoundSendsNoMoreBytesThanItsLimitOfBuffersThatAreGathered() throws Exception {
    Recorder recorder = new Recorder();
    Pair pair = pairOnTheLoop(new RoundLimit(CALLS, 1000), recorder);
    Channel channel = pair.channel();
    long sent =
        on(
            channel,
            () -> {
              channel.write(buffer(Data.of(800)), null);
              channel.write(buffer(Data.of(800)), null);
              channel.flush();
              return channel.bytesWritten();
            });
    assertTrue(sent <= 1000, () -> sent + " bytes in a round"); // what is under way is not counted
    assertEquals(1600, receive(pair.peer(), 1600).length);
  }

  @Test
  void aChannelThatIsFloodedKeepsAnotherWaitingForARoundAtMost() throws Exception {
    Recorder quiet = new Recorder();
    AtomicBoolean waiting = new AtomicBoolean();
    List<Integer> waits = new ArrayList<>();
    Pair slow =
        pairOnTheLoop(
            RoundLimit.DEFAULT,
            new Recorder() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ReferenceCountUtil.release(message);
                waiting.set(false);
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                quiet.channelInactive(ctx);
              }
            });
    Recorder flooded =
        new Recorder() {
          private int since;

          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            ReferenceCountUtil.release(message);
            if (waiting.get()) {
              since++;
            } else {
              waits.add(since);
              since = 0;
              waiting.set(true);
              slow.peer().sendAll(new byte[1]); // is there at once, on loopback
            }
          }
        };
    Pair fast = pairOnTheLoop(new RoundLimit(CALLS, Integer.MAX_VALUE), flooded);
    byte[] flood = Data.of(1 << 20);
    for (int i = 0; i < 32; i++) {
      fast.peer().sendAll(flood);
    }
    fast.peer().close();
    flooded.expectEnd();
    assertTrue(waits.size() > 10, waits::toString);
    // What is left of the round in which the byte came, the next one, and the kernel's delay.
    int most = waits.stream().mapToInt(Integer::intValue).max().orElseThrow();
    assertTrue(most <= 4 * CALLS, waits::toString);
  }

  @Test
  void aChannelThatFloodsItsPeerKeepsAnotherWaitingForARoundAtMost() throws Exception {
    RoundLimit limit = new RoundLimit(CALLS, 10_000);
    Recorder sender = new Recorder();
    Pair fast = pairOnTheLoop(limit, sender);
    Task<byte[]> reading = Task.start(ThreadKind.PLATFORM, () -> receiveAll(fast.peer()));
    Promise<Void> done = loop.newPromise();
    List<Long> sentPerRound = new ArrayList<>();
    on(
        fast.channel(),
        () -> {
          fast.channel()
              .writeAndFlush(buffer(Data.of(2 << 20)))
              .addListener(all -> {
                fast.channel().shutdownOutput();
                done.setSuccess(null);
              });
          note(sentPerRound, loop.counters().bytesWritten(), done);
          return null;
        });
    assertArrayEquals(Data.of(2 << 20), reading.result());
    await(done);
    long most = sentPerRound.stream().mapToLong(Long::longValue).max().orElseThrow();
    // A turn by a task, and another by an event, lie between two tasks of this test.
    assertTrue(most <= 2 * (CALLS + 1) * 10_000L, sentPerRound::toString);
    assertTrue(sentPerRound.size() > 20, sentPerRound::toString);
  }

  /** Notes at each turn of a task what was sent since the last. */
  private void note(List<Long> sentPerRound, long before, Promise<Void> done) {
    long now = loop.counters().bytesWritten();
    sentPerRound.add(now - before);
    if (!done.isDone()) {
      loop.execute(() -> note(sentPerRound, now, done));
    }
  }

  @Test
  void aListenerAcceptsNoMoreThanItsLimitInARound() throws Exception {
    List<Integer> perRound = new ArrayList<>();
    Recorder counting =
        new Recorder() {
          private int now;

          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            now++;
            ctx.fireChannelRead(message);
          }

          @Override
          public void channelReadComplete(ChannelHandlerContext ctx) {
            perRound.add(now);
            now = 0;
          }
        };
    Channel listener =
        bind(
            server()
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ROUND_LIMIT, new RoundLimit(3, 1))
                .handler(channel -> channel.pipeline().addLast(counting)));
    List<Socket> peers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      peers.add(connect(local(listener)));
    }
    listener.setOption(ChannelOption.AUTO_READ, true);
    for (Socket peer : peers) {
      assertFalse(peer.isClosed());
    }
    while (on(listener, () -> perRound.stream().mapToInt(Integer::intValue).sum()) < 10) {
      rounds(listener.eventLoop());
    }
    assertTrue(perRound.stream().allMatch(count -> count <= 3), perRound::toString);
  }

  @Test
  void aLimitOfNothingIsAMistake() {
    assertThrows(IllegalArgumentException.class, () -> new RoundLimit(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new RoundLimit(1, 0));
  }
}
