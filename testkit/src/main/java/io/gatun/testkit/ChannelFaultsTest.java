package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Channels on a system whose calls fail and fall short at random. The seed is in the message of a
 * failure; the property {@code gatun.test.seed} runs that one alone.
 */
@Tag(Faults.TAG)
@OnEachLane
public final class ChannelFaultsTest extends ChannelLab {
  private static final int SEEDS = 6;
  private static final int CONNECTIONS = 6;
  private static final int MESSAGES = 30;

  /** Bytes of which an array has a call of its own. */
  private static final int LARGE = 300_000;

  /** One call of so many has a fault. */
  private static final int ONE_IN = 6;

  private static final int EMFILE = Abi.HOST.errno("EMFILE");
  private static final int ENOMEM = Abi.HOST.errno("ENOMEM");
  private static final int ENOBUFS = Abi.HOST.errno("ENOBUFS");

  private final EventLoopGroup one =
      EventLoopGroup.builder().transport(transport).loops(1).daemon(true).build();
  private final EventLoop loop = one.next();

  ChannelFaultsTest(Lane lane) throws IOException {
    super(lane);
  }

  @AfterEach
  void closeLoop() {
    one.close();
  }

  @BeforeEach
  void assume() {
    Faults.assume();
  }

  /** Runs with some seeds, or the one that was asked for. */
  private void withSeeds(Body body) throws Exception {
    Long one = Long.getLong("gatun.test.seed");
    long first = one == null ? System.nanoTime() : one;
    for (long seed = first; seed < first + (one == null ? SEEDS : 1); seed++) {
      try {
        body.run(seed);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("-Dgatun.test.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private interface Body {
    void run(long seed) throws Exception;
  }

  /** Faults that a program must not notice, on the thread of the loop alone. */
  private class Harmless implements Faults.Plan {
    final Random random;
    private final Thread thread;

    /** kqueue cannot be made to tell a change that was none, so nothing may fall short there. */
    private final boolean fallsShort = !transport.name().equals("kqueue");

    Harmless(long seed) throws Exception {
      random = new Random(seed);
      thread = await(loop.submit(Thread::currentThread));
    }

    @Override
    public final int decide(String function, int fd) {
      return Thread.currentThread() == thread && random.nextInt(ONE_IN) == 0 ? fault(function) : GO;
    }

    int fault(String function) {
      return switch (function) {
        case "recv", "recvmsg", "send", "sendmsg" ->
            switch (random.nextInt(fallsShort ? 3 : 1)) {
              case 0 -> -Errno.EINTR;
              case 1 -> -Errno.EAGAIN;
              default -> 1 + random.nextInt(5000);
            };
        case "accept4", "accept" ->
            switch (random.nextInt(fallsShort ? 3 : 2)) {
              case 0 -> -Errno.EINTR;
              case 1 -> -Errno.ECONNABORTED;
              default -> -Errno.EAGAIN;
            };
        case "poll", "ppoll", "epoll_wait", "epoll_pwait2" -> -Errno.EINTR;
        default -> GO;
      };
    }
  }

  /** Those, and others that end a connection. */
  private final class Harmful extends Harmless {
    Harmful(long seed) throws Exception {
      super(seed);
    }

    @Override
    int fault(String function) {
      if (random.nextInt(10) != 0) {
        return super.fault(function);
      }
      return switch (function) {
        case "recv", "recvmsg", "send", "sendmsg" ->
            -pick(Errno.ECONNRESET, ENOMEM, ENOBUFS, Errno.EPIPE, Errno.ETIMEDOUT);
        case "accept4", "accept" -> -pick(EMFILE, ENOMEM, ENOBUFS);
        case "socket" -> -pick(EMFILE, ENOMEM, ENOBUFS);
        case "connect" -> -pick(Errno.ECONNREFUSED, ENOMEM, Errno.ECONNRESET);
        case "getsockopt", "setsockopt", "shutdown", "getsockname" -> -pick(ENOMEM, ENOBUFS);
        case "epoll_ctl" -> -ENOMEM;
        default -> super.fault(function);
      };
    }

    private int pick(int... errnos) {
      return errnos[random.nextInt(errnos.length)];
    }
  }

  /** Sends back what it gets, and keeps the promises. */
  private static final class Echo implements ChannelHandler {
    final List<Future<Void>> written = new ArrayList<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      written.add(ctx.write(message));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(null);
    }
  }

  /** Sends messages, ends its half, and notes what comes back. Loop's thread only. */
  private final class Client implements ChannelHandler {
    final Random random;
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    final List<Future<Void>> written = new ArrayList<>();
    final AtomicInteger told = new AtomicInteger();
    int ended;

    Client(long seed) {
      random = new Random(seed);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      for (int i = 0; i < MESSAGES; i++) {
        byte[] data = new byte[random.nextInt(random.nextInt(MESSAGES) == 0 ? LARGE : 10_000)];
        random.nextBytes(data);
        sent.writeBytes(data);
        Promise<Void> promise = ctx.channel().newPromise();
        promise.addListener(done -> told.incrementAndGet());
        written.add(promise);
        ByteBuf buffer = random.nextBoolean() ? buffer(data) : alloc.heapBuffer().writeBytes(data);
        ctx.write(buffer, promise);
        if (random.nextInt(4) == 0) {
          ctx.flush();
        }
      }
      ctx.channel()
          .shutdownOutput()
          .addListener(done -> {
            if (!done.isSuccess()) {
              ctx.close(null);
            }
          });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      received.writeBytes(ByteBufUtil.getBytes(buffer));
      buffer.release();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      ended++;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(null);
    }

    /** What came back is what was sent, or the beginning of it if something has failed. */
    void check(boolean complete) {
      byte[] all = sent.toByteArray();
      byte[] back = received.toByteArray();
      assertArrayEquals(complete ? all : Arrays.copyOf(all, back.length), back);
      for (Future<Void> future : written) {
        assertTrue(future.isDone(), "a promise was not kept");
        assertTrue(!complete || future.isSuccess(), () -> String.valueOf(future.cause()));
      }
      assertEquals(written.size(), told.get(), "each promise is told once");
      assertTrue(ended <= 1, "the end was told " + ended + " times");
    }
  }

  private void work(long seed, Faults.Plan plan, boolean complete) throws Exception {
    List<Echo> echoes = new ArrayList<>();
    List<Channel> children = new ArrayList<>();
    Channel listener =
        await(
            new ServerBootstrap(one)
                .childOption(ChannelOption.ALLOCATOR, alloc)
                .childHandler(child -> {
                  Echo echo = new Echo();
                  echoes.add(echo);
                  children.add(child);
                  child.pipeline().addLast(echo);
                })
                .bind(address()));
    List<Client> clients = new ArrayList<>();
    List<Future<Channel>> connecting = new ArrayList<>();
    try (Faults.Following _ = Faults.follow(plan)) {
      for (int i = 0; i < CONNECTIONS; i++) {
        Client client = new Client(seed * CONNECTIONS + i);
        clients.add(client);
        connecting.add(
            new Bootstrap(loop)
                .option(ChannelOption.ALLOCATOR, alloc)
                .handler(channel -> channel.pipeline().addLast(client))
                .connect(local(listener)));
      }
      for (Future<Channel> connected : connecting) {
        assertTrue(connected.await(Task.SECONDS, TimeUnit.SECONDS), "neither done nor failed");
        assertTrue(!complete || connected.isSuccess(), () -> String.valueOf(connected.cause()));
        if (connected.isSuccess()) {
          await(connected.getNow().closeFuture());
        }
      }
    }
    rounds(loop);
    Client last = new Client(seed); // the listener has survived
    Channel channel =
        await(
            new Bootstrap(loop)
                .option(ChannelOption.ALLOCATOR, alloc)
                .handler(made -> made.pipeline().addLast(last))
                .connect(local(listener)));
    await(channel.closeFuture());
    await(listener.close());
    for (Channel child : on(listener, () -> List.copyOf(children))) {
      await(child.closeFuture());
    }
    rounds(loop);
    on(
        listener,
        () -> {
          last.check(true);
          clients.forEach(client -> client.check(complete));
          for (Echo echo : echoes) {
            assertTrue(echo.written.stream().allMatch(Future::isDone), "a promise was not kept");
          }
          return null;
        });
    assertEquals(0, alloc.metric().usedDirectMemory(), "buffers were not released");
    assertEquals(0, alloc.metric().usedHeapMemory(), "arrays were not released");
  }

  @Test
  void callsThatAreInterruptedOrFallShortLoseNothing() throws Exception {
    withSeeds(seed -> work(seed, new Harmless(seed), true));
  }

  /** As on a completion port, whose driver says so itself. */
  @Test
  void whereNoArrayCanBeSentItIsCopied() throws Exception {
    Pair pair = pair();
    byte[] data = Data.of(LARGE);
    AtomicInteger refused = new AtomicInteger();
    Faults.Plan plan =
        (function, fd) ->
            function.equals("send") && refused.getAndIncrement() == 0
                ? -Errno.ENOSYS
                : Faults.Plan.GO;
    Future<Void> written;
    try (Faults.Following _ = Faults.follow(plan)) {
      written = pair.channel().writeAndFlush(alloc.heapBuffer().writeBytes(data));
      assertArrayEquals(data, receive(pair.peer(), data.length));
      await(written);
    }
    assertTrue(refused.get() > 1, "it was not sent by send");
  }

  /** As Windows says of one that is not bound. */
  @Test
  void aSocketThatTellsNoAddressIsAdoptedAsOneThatIsNotBound() throws Exception {
    Socket socket = own(Socket.open(address().family(), SocketType.DGRAM));
    Faults.Plan plan =
        (function, fd) -> function.equals("getsockname") ? -Errno.EINVAL : Faults.Plan.GO;
    try (Faults.Following _ = Faults.follow(plan)) {
      Channel channel = await(client().type(SocketType.DGRAM).adopt(socket.detach()));
      assertTrue(channel.isActive());
      assertNull(channel.localAddress());
      await(channel.close());
    }
  }

  @Test
  void callsThatFailEndTheirConnectionAndEverythingIsAccountedFor() throws Exception {
    withSeeds(seed -> work(seed, new Harmful(seed), false));
  }

  @Test
  void aListenerWithoutDescriptorsNeitherSpinsNorStopsForGood() throws Exception {
    Assumptions.assumeFalse(transport.name().equals("iocp"), "it accepts before anybody connects");
    MockTicker ticker = Ticker.newMockTicker();
    ticker.advance(1, TimeUnit.SECONDS);
    EventLoopGroup mocked =
        EventLoopGroup.builder().transport(transport).loops(1).ticker(ticker).build();
    Recorder recorder = new Recorder();
    Channel listener =
        await(
            new ServerBootstrap(mocked)
                .childHandler(child -> child.pipeline().addLast(recorder))
                .bind(address()));
    AtomicInteger accepts = new AtomicInteger();
    Faults.Plan plan =
        (function, fd) -> {
          if (function.startsWith("accept")) {
            accepts.incrementAndGet();
            return -EMFILE;
          }
          return Faults.Plan.GO;
        };
    try (Faults.Following _ = Faults.follow(plan)) {
      assertTrue(!connect(local(listener)).isClosed());
      while (accepts.get() == 0) {
        rounds(mocked.next());
      }
      rounds(mocked.next());
      assertEquals(1, accepts.get(), "it spins");
      for (int i = 2; i < 5; i++) {
        ticker.advance(100, TimeUnit.MILLISECONDS);
        rounds(mocked.next());
        assertEquals(i, accepts.get());
      }
    }
    recorder.expectNothing();
    ticker.advance(100, TimeUnit.MILLISECONDS);
    rounds(mocked.next());
    recorder.expect(Recorder.Event.ACTIVE);
    Future<?> ended = mocked.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    while (!ended.await(1, TimeUnit.MILLISECONDS)) {
      ticker.advance(1, TimeUnit.SECONDS);
    }
  }
}
