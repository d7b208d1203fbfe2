package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Message;
import io.gatun.channel.ServerBootstrap;
import io.gatun.handler.Tls;
import io.gatun.handler.TlsHandshake;
import io.gatun.os.Abi;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many system calls a loop makes, counted on its thread: no more than a C program would. */
@Tag(Faults.TAG)
@OnEachTransport
public final class CallCountsTest extends ChannelLab {
  private static final int BURSTS = 20;

  /** As often, before anything is counted: a call's room for messages follows what came. */
  private static final int WARM_UP = 5;

  /** The most messages that a call takes. */
  private static final int MOST = 16;

  private final EventLoopGroup one =
      EventLoopGroup.builder().transport(transport).loops(1).daemon(true).build();
  private final EventLoop loop = one.next();

  CallCountsTest(Lane lane) throws IOException {
    super(lane);
  }

  @BeforeEach
  void assume() {
    Faults.assume();
  }

  @AfterEach
  void closeLoop() {
    one.close();
  }

  /** The calls that a thread makes, by function. */
  private record Counts(Thread thread, Map<String, Integer> made) implements Faults.Plan {
    @Override
    public int decide(String function, int fd) {
      if (Thread.currentThread() == thread) {
        made.merge(function, 1, Integer::sum);
      }
      return GO;
    }

    int take(String function) {
      Integer count = made.remove(function);
      return count == null ? 0 : count;
    }
  }

  private interface Body {
    void run() throws Exception;
  }

  private Counts count(int times, Body body) throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      body.run();
    }
    Counts counts = new Counts(await(loop.submit(Thread::currentThread)), new TreeMap<>());
    try (Faults.Following _ = Faults.follow(counts)) {
      for (int i = 0; i < times; i++) {
        body.run();
      }
      await(loop.submit(() -> {})); // what was counted is seen by this thread
    }
    return counts;
  }

  /**
   * Sees to it that no call was made but those that were taken out, and the loop's waits: so many
   * at most, and a few at the beginning and the end. Where a wake-up has to be emptied, it is read.
   */
  private static void assertRest(int waits, Counts counts) {
    String told = counts.toString();
    int few = 4;
    int waited = counts.take("epoll_wait") + counts.take("ppoll") + counts.take("kevent");
    assertTrue(waited <= waits + few, told);
    int emptied = counts.take("read");
    assertTrue(emptied <= Math.max(0, waits - BURSTS) + few, told);
    assertEquals(Map.of(), counts.made(), told);
  }

  /** Keeps the loop busy with this while something is prepared. */
  private void whileBusy(Body body) throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    loop.execute(() -> {
      busy.countDown();
      try {
        done.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    busy.await();
    try {
      body.run();
    } finally {
      done.countDown();
    }
  }

  private static class Echo implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write(message, null);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }

  /** Where urgent data stand a read ends early, and kqueue tells of none: it asks once more. */
  private void assumeShortReadsAreBelieved() {
    Assumptions.assumeTrue(
        !transport.name().equals("kqueue"), "on kqueue a short read is not taken for the last");
  }

  private Channel messages(ChannelHandler handler) throws Exception {
    Assumptions.assumeTrue(
        Abi.HOST.prototypes().containsKey("recvmmsg"), "a message a call on this system");
    return await(
        new Bootstrap(one)
            .type(SocketType.DGRAM)
            .handler(channel -> channel.pipeline().addLast(handler))
            .bind(address()));
  }

  private Socket peerOf(Channel channel) throws IOException {
    Socket peer = own(Socket.open(local(channel).family(), SocketType.DGRAM));
    peer.setTimeout(LONG);
    peer.connect(local(channel));
    return peer;
  }

  @Test
  void messagesThatCameTogetherTakeOneCallToReceiveAndOneToSend() throws Exception {
    assumeShortReadsAreBelieved();
    Socket peer = peerOf(messages(new Echo()));
    byte[] message = Data.of(64);
    Counts counts =
        count(
            BURSTS,
            () -> {
              whileBusy(() -> {
                for (int i = 0; i < MOST - 1; i++) {
                  peer.sendAll(message);
                }
              });
              for (int i = 0; i < MOST - 1; i++) {
                assertEquals(message.length, peer.recv(100).length);
              }
            });
    assertEquals(BURSTS, counts.take("recvmmsg"), counts::toString);
    assertEquals(BURSTS, counts.take("sendmmsg"), counts::toString);
    assertRest(2 * BURSTS, counts);
  }

  @Test
  void aMessageAtATimeTakesOneCallToReceiveAndOneToSend() throws Exception {
    assumeShortReadsAreBelieved();
    Socket peer = peerOf(messages(new Echo()));
    byte[] message = Data.of(64);
    Counts counts =
        count(
            BURSTS,
            () -> {
              peer.sendAll(message);
              peer.recv(100);
            });
    assertEquals(BURSTS, counts.take("recvmmsg"), counts::toString);
    assertEquals(BURSTS, counts.take("sendmmsg"), counts::toString);
    assertRest(BURSTS, counts);
  }

  @Test
  void messagesOfAnotherThreadWakeTheLoopOnceAndGoManyACall() throws Exception {
    Channel channel = messages(new Recorder());
    Socket peer = peerOf(channel);
    Address address = peer.getSockName();
    int calls = 4;
    Counts counts =
        count(
            BURSTS,
            () -> {
              whileBusy(() -> {
                for (int i = 0; i < calls * MOST; i++) {
                  channel.write(Message.to(address, buffer(Data.of(64))), null);
                }
                channel.flush();
              });
              for (int i = 0; i < calls * MOST; i++) {
                peer.recv(100);
              }
            });
    assertEquals(calls * BURSTS, counts.take("sendmmsg"), counts::toString);
    assertRest(2 * BURSTS, counts);
  }

  /** A connection whose channel has no memory but arrays, to send from; what it writes is read. */
  private Pair arraysOnly() throws Exception {
    return pairOn(new NoMemory());
  }

  private Pair pairOn(ByteBufAllocator allocator) throws Exception {
    try (Socket listener = listener()) {
      Channel channel =
          await(
              new Bootstrap(one)
                  .option(ChannelOption.ALLOCATOR, allocator)
                  .handler(made -> {})
                  .connect(listener.getSockName()));
      return new Pair(channel, accept(listener));
    }
  }

  @Test
  void anArrayIsSentByOneCallAndNotCopied() throws Exception {
    Pair pair = arraysOnly();
    byte[] data = Data.of(10_000);
    Counts counts =
        count(
            BURSTS,
            () -> {
              pair.channel().writeAndFlush(Unpooled.wrappedBuffer(data), null);
              receive(pair.peer(), data.length);
            });
    assertEquals(BURSTS, counts.take("send"), counts::toString);
    assertRest(2 * BURSTS, counts);
  }

  @Test
  void smallArraysThatAreFlushedTogetherGoOutByOneCall() throws Exception {
    Pair pair = pairOn(alloc);
    int arrays = 20;
    Counts counts =
        count(
            BURSTS,
            () -> {
              whileBusy(() -> {
                for (int i = 0; i < arrays; i++) {
                  pair.channel().write(Unpooled.wrappedBuffer(Data.of(100)), null);
                }
                pair.channel().flush();
              });
              receive(pair.peer(), arrays * 100);
            });
    assertEquals(BURSTS, counts.take("sendmsg"), counts::toString);
    assertRest(2 * BURSTS, counts);
  }

  @Test
  void aLargeArrayBehindItsHeaderHasACallOfItsOwnAndIsNotCopied() throws Exception {
    Pair pair = arraysOnly();
    byte[] data = Data.of(100_000);
    Counts counts =
        count(
            BURSTS,
            () -> {
              CompositeByteBuf whole = alloc.compositeBuffer();
              whole.addComponent(true, buffer(Data.of(20)));
              whole.addComponent(true, Unpooled.wrappedBuffer(data));
              whileBusy(() -> pair.channel().writeAndFlush(whole, null));
              receive(pair.peer(), 20 + data.length);
            });
    int whole = counts.take("send");
    assertTrue(whole >= BURSTS, counts::toString); // a part is sent when there is room again
    assertEquals(BURSTS, counts.take("sendmsg"), counts::toString);
    counts.take("epoll_ctl");
    assertRest(whole + BURSTS, counts);
  }

  @Test
  void aTlsRecordTakesTheCallsOfPlainBytes() throws Exception {
    assumeShortReadsAreBelieved();
    Certificates host = Certificates.of("localhost");
    SSLContext context = host.trusting(host);
    Channel listener =
        await(
            new ServerBootstrap(one)
                .childHandler(channel ->
                    channel.pipeline().addLast(Tls.server(context).handler(), new Echo()))
                .bind(address()));
    Recorder recorder = new Recorder();
    Channel client =
        await(
            client(Tls.client(context, "localhost", 443).handler(), recorder)
                .connect(local(listener)));
    recorder.expect(Recorder.Event.ACTIVE);
    assertTrue(recorder.next() instanceof TlsHandshake);
    Counts counts =
        count(
            BURSTS,
            () -> {
              client.writeAndFlush(buffer(Data.of(100)));
              recorder.bytes(100);
            });
    assertEquals(BURSTS, counts.take("recv"), counts::toString);
    assertEquals(BURSTS, counts.take("send"), counts::toString);
    assertRest(BURSTS, counts);
  }
}
