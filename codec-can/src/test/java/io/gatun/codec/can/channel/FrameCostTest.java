package io.gatun.codec.can.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Message;
import io.gatun.codec.can.CanFrameView;
import io.gatun.testkit.Allocation;
import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a frame costs that is looked at by a view: over UDP, whose channel is that of a bus too. How
 * many system calls a burst takes, the testkit has.
 */
final class FrameCostTest {
  private static final int ID = 0x7a5;

  /**
   * Buffers that are in use at the same time: beyond 32, Netty's recycler makes arrays for them.
   */
  private static final int BURST = 16;

  private static final int BURSTS = 200;

  /** Until the compiler is done, which on an emulated processor takes its time. */
  private static final int MOST_ROUNDS = 400;

  private final EventLoopGroup group = EventLoopGroup.builder().loops(1).daemon(true).build();

  private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

  /** It makes something of buffers, all or some. */
  @BeforeEach
  void lookForNoLeaks() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void end() {
    ResourceLeakDetector.setLevel(level);
    group.close();
  }

  /** Sends a burst whenever the one before has arrived. */
  private static final class Bursts implements ChannelHandler {
    private final CanFrameView view = new CanFrameView();
    private @Nullable Channel sender;
    private @Nullable Promise<Long> done;
    private int left;
    private long before;

    /** Returns what the bytes are that the loop's thread allocates meanwhile. On the loop. */
    Future<Long> begin(Channel sender) {
      this.sender = sender;
      Promise<Long> promise = sender.eventLoop().newPromise();
      done = promise;
      left = BURST * BURSTS;
      before = Allocation.allocated();
      send(sender);
      return promise;
    }

    private void send(Channel sender) {
      for (int i = 0; i < BURST; i++) {
        ByteBuf buf = sender.alloc().directBuffer(16);
        buf.writerIndex(view.putClassic(buf, 0, ID, 8));
        view.setByte(0, i);
        sender.write(buf, null);
      }
      sender.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      Message frame = (Message) message;
      ByteBuf bytes = frame.content();
      boolean own = view.wrap(bytes, bytes.readerIndex(), bytes.readableBytes()).id() == ID;
      frame.release();
      Promise<Long> promise = done;
      if (!own || promise == null || sender == null) {
        return;
      }
      if (--left == 0) {
        long allocated = Allocation.allocated() - before;
        done = null;
        promise.setSuccess(allocated);
      } else if (left % BURST == 0) {
        send(sender);
      }
    }
  }

  private Bootstrap bootstrap(ChannelHandler... handlers) {
    return new Bootstrap(group)
        .type(SocketType.DGRAM)
        .handler(channel -> channel.pipeline().addLast(handlers));
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  /** Whatever is allocated for each call, be it for 16 frames, is a byte a frame and more. */
  @Test
  void aViewOfEachFrameAllocatesNothing() throws Exception {
    Bursts bursts = new Bursts();
    Channel receiver = done(bootstrap(bursts).bind(Ipv4Address.loopback(0)));
    Channel sender = done(bootstrap().connect(Objects.requireNonNull(receiver.localAddress())));
    long least = Long.MAX_VALUE;
    for (int round = 0; round < MOST_ROUNDS && least >= BURST * BURSTS; round++) {
      least = Math.min(least, done(done(group.next().submit(() -> bursts.begin(sender)))));
    }
    assertEquals(0, least / (BURST * BURSTS), "bytes a frame");
  }
}
