package io.gatun.can.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Message;
import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrameView;
import io.gatun.codec.can.channel.CanSendQueue;
import io.gatun.testkit.Allocation;
import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a frame costs on its way from one interface to another: over UDP, whose channel is that of
 * an interface too.
 */
final class GatewayCostTest {
  private static final int ID = 0x7a5;

  /** As many as one call takes. */
  private static final int BURST = 16;

  private static final int BURSTS = 200;

  /** Until the compiler is done. */
  private static final int MOST_ROUNDS = 400;

  private final EventLoopGroup group = EventLoopGroup.builder().loops(1).daemon(true).build();
  private final EventLoop loop = group.next();
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

  private record Cost(double bytes, double sends, double receives) {}

  /** At the far end: sends a burst into the gateway whenever the one before has come through. */
  private static final class Bursts implements ChannelHandler {
    private final CanFrameView view = new CanFrameView();
    private @Nullable Channel sender;
    private @Nullable Promise<Cost> done;
    private int left;
    private int data;
    private long bytes;
    private long sends;
    private long receives;

    Future<Cost> begin(Channel sender) {
      this.sender = sender;
      Promise<Cost> promise = sender.eventLoop().newPromise();
      done = promise;
      left = BURST * BURSTS;
      bytes = Allocation.allocated();
      sends = sender.eventLoop().counters().writes();
      receives = sender.eventLoop().counters().reads();
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
      view.wrap(bytes, bytes.readerIndex(), bytes.readableBytes());
      boolean own = view.id() == ID && view.getByte(0) == left(BURST);
      data = view.getByte(1);
      frame.release();
      if (!own || done == null || sender == null) {
        return;
      }
      if (--left == 0) {
        finish(done, sender.eventLoop());
      } else if (left % BURST == 0) {
        send(sender);
      }
    }

    /** The number of the next frame in its burst. */
    private int left(int burst) {
      return (burst - left % burst) % burst;
    }

    private void finish(Promise<Cost> promise, EventLoop loop) {
      double frames = BURST * BURSTS;
      Cost cost =
          new Cost(
              (Allocation.allocated() - bytes) / frames,
              (loop.counters().writes() - sends) / (double) BURSTS,
              (loop.counters().reads() - receives) / (double) BURSTS);
      done = null;
      promise.setSuccess(cost);
    }
  }

  private Bootstrap bootstrap(Consumer<Channel> handler) {
    return new Bootstrap(loop).type(SocketType.DGRAM).handler(handler::accept);
  }

  private static <T extends @Nullable Object> T done(Future<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private final Bursts bursts = new Bursts();

  private Cost cost(Rewrite rewrite) throws Exception {
    Bus from = new Bus("from", 0, loop, 0);
    Bus to = new Bus("to", 1, loop, 0);
    Route route = new Route(from, to, new Route.Rules(List.of(), rewrite, 1, 0, 0), loop);
    done(loop.submit(() -> from.join(route)));
    InterfaceEndpoint in = endpoint(from);
    InterfaceEndpoint out = endpoint(to);
    Channel sink = done(bootstrap(c -> c.pipeline().addLast(bursts)).bind(Ipv4Address.loopback(0)));
    done(bootstrap(out::equip).connect(Objects.requireNonNull(sink.localAddress())));
    Channel entry = done(bootstrap(in::equip).bind(Ipv4Address.loopback(0)));
    Channel sender = done(bootstrap(c -> {}).connect(Objects.requireNonNull(entry.localAddress())));
    Cost least = done(done(loop.submit(() -> bursts.begin(sender))));
    for (int round = 0; round < MOST_ROUNDS && least.bytes() >= 1; round++) {
      least = done(done(loop.submit(() -> bursts.begin(sender))));
    }
    return least;
  }

  /** The name is that of an interface that is up. */
  private InterfaceEndpoint endpoint(Bus bus) {
    return new InterfaceEndpoint(bus.name, loop, "lo", true, CanSendQueue.builder(), bus);
  }

  /** Whatever is allocated for each call, be it for 16 frames, is a byte a frame and more. */
  @Test
  void aFrameThroughTheGatewayAllocatesNothing() throws Exception {
    assertEquals(0, (int) cost(Rewrite.NOTHING).bytes(), "bytes a frame");
  }

  @Test
  void aFrameThatIsRewrittenAllocatesNothing() throws Exception {
    Rewrite rewrite =
        new Rewrite(
            List.of(
                new Rewrite.Step(Rewrite.Operation.SET, null, null, CanData.ofInts(0).slice(0, 0))),
            List.of(new Rewrite.Checksum(null, 0, -2, 1, 0x55)));
    assertEquals(0, (int) cost(rewrite).bytes(), "bytes a frame");
    assertTrue(bursts.data != 0, "the checksum was not put in");
  }

  /** Of each burst the test sends and receives once, and the gateway does. */
  @Test
  void aBurstThroughTheGatewayIsOneReceiveAndOneSend() throws Exception {
    Cost cost = cost(Rewrite.NOTHING);
    assertEquals(2, cost.sends(), 0.1, "calls that send");
    assertEquals(2, cost.receives(), 0.2, "calls that receive");
  }
}
