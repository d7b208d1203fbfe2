package io.gatun.codec.can.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.Message;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameView;
import io.gatun.error.SocketError;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class VirtualBusTest extends BusLab {
  private static final int MEGABIT = 1_000_000;

  private final Recorder one = new Recorder();
  private final Recorder two = new Recorder();

  @Test
  void aFrameGoesToAllOtherNodes() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    Recorder sender = new Recorder();
    Channel channel = attach(bus.node(), new CanFrameHandler(), sender);
    attach(bus.node(), new CanFrameHandler(), one);
    attach(bus.node(), new CanFrameHandler(), two);
    await(channel.writeAndFlush(frame("123#1122")));
    assertEquals(List.of("123#1122"), one.frames(1));
    assertEquals(List.of("123#1122"), two.frames(1));
    settle();
    assertTrue(sender.events.isEmpty(), "a node receives its own frame");
  }

  @Test
  void everyKindOfFrameArrivesAsItWasSent() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).xl().build();
    Channel channel = attach(bus.node(), new CanFrameHandler());
    attach(bus.node(), new CanFrameHandler(), one);
    List<String> frames =
        List.of(
            "123#",
            "123#R4",
            "1ABCDEF0#1122334455667788_E",
            "123##3" + "AB".repeat(48),
            "00123#81:07:00112233#" + "EE".repeat(2048));
    for (String frame : frames) {
      channel.write(frame(frame), null);
    }
    channel.flush();
    assertEquals(frames, one.frames(frames.size()));
  }

  @Test
  void theFrameThatWinsArbitrationGoesFirst() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    attach(bus.node(), new CanFrameHandler(), one);
    Channel first = attach(bus.node(), new CanFrameHandler());
    Channel second = attach(bus.node(), new CanFrameHandler());
    on(() -> {
      first.write(frame("700#01"), null);
      first.write(frame("001#02"), null); // stands in line behind its node's first
      first.flush();
      second.write(frame("0FF#03"), null);
      second.write(frame("1FC00000#04"), null); // the same 11 bits as 7F0, and recessive ones
      second.flush();
      return null;
    });
    assertEquals(List.of("0FF#03", "700#01", "001#02", "1FC00000#04"), one.frames(4));
  }

  @Test
  void nothingIsLostWhereSendersWait() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).queues(3, 5).build();
    Channel receiver = attach(bus.node(), new CanFrameHandler(), one);
    receiver.setOption(ChannelOption.AUTO_READ, false);
    settle();
    Channel sender = attach(bus.node(), new CanFrameHandler());
    int count = 10_000;
    for (int i = 0; i < count - 1; i++) {
      sender.write(frame("%08X#".formatted(i)), null);
    }
    Future<Void> last = sender.write(frame("%08X#".formatted(count - 1)));
    sender.flush();
    settle();
    assertFalse(last.isDone(), "more is sent than there is room for");
    receiver.setOption(ChannelOption.AUTO_READ, true);
    assertEquals(
        IntStream.range(0, count).mapToObj("%08X#"::formatted).toList(), one.frames(count));
    await(last);
  }

  @Test
  void aFullQueueFailsAsTheKernelsDoes() throws Exception {
    VirtualBus bus =
        VirtualBus.on(loop).bitRate(MEGABIT).queues(3, 5).full(VirtualBus.Full.FAIL).build();
    Channel sender = attach(bus.node(), new CanFrameHandler());
    List<Future<Void>> sent =
        on(() -> {
          List<Future<Void>> futures =
              IntStream.range(0, 6).mapToObj(i -> sender.write(frame("123#"))).toList();
          sender.flush();
          return futures;
        });
    for (int i = 0; i < 6; i++) {
      Future<Void> future = sent.get(i);
      if (i < 3) {
        await(future);
      } else {
        ExecutionException failure = assertThrows(ExecutionException.class, () -> await(future));
        assertEquals("ENOBUFS", errno(failure));
      }
    }
  }

  private static String errno(ExecutionException failure) {
    return assertInstanceOf(SocketError.class, failure.getCause()).errnoName();
  }

  @Test
  void framesThatAReceiverHasNoRoomForAreCounted() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).queues(20, 5).full(VirtualBus.Full.FAIL).build();
    Channel receiver = attach(bus.node(), new CanFrameHandler(), one);
    receiver.setOption(ChannelOption.AUTO_READ, false);
    settle();
    Channel sender = attach(bus.node(), new CanFrameHandler());
    for (int i = 0; i < 12; i++) {
      sender.write(frame("123#0" + Integer.toHexString(i)), null);
    }
    sender.flush();
    settle();
    receiver.setOption(ChannelOption.AUTO_READ, true);
    assertEquals(new CanEvent.Lost(7), one.next());
    assertEquals(List.of("123#00", "123#01", "123#02", "123#03", "123#04"), one.frames(5));
  }

  @Test
  void whatIsNoFrameIsRefused() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    Channel sender = attach(bus.node());
    ExecutionException failure =
        assertThrows(
            ExecutionException.class,
            () -> await(sender.writeAndFlush(alloc.directBuffer().writeZero(15))));
    assertEquals("EINVAL", errno(failure));
    assertTrue(sender.isOpen());
  }

  @Test
  void aNodeSeesItsOwnFramesIfItAsks() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    Channel sender = attach(bus.node(true), new CanFrameHandler(), one);
    attach(bus.node(), new CanFrameHandler(), two);
    sender.writeAndFlush(frame("123#"));
    assertEquals(CanReceived.Origin.OWN, assertInstanceOf(CanReceived.class, one.next()).origin());
    assertEquals(CanReceived.Origin.BUS, assertInstanceOf(CanReceived.class, two.next()).origin());
  }

  @Test
  void withRealTimeAFrameTakesItsTime() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).bitRate(MEGABIT).build();
    attach(bus.node(), new CanFrameHandler(), one);
    Channel sender = attach(bus.node(), new CanFrameHandler());
    sender.write(frame("555#"), null); // the first is on the bus at once, the next behind it
    sender.write(frame("555#"), null);
    sender.flush();
    settle();
    one.frames(1);
    long nanos = 1000L * CanBitTimingBits.of("555#");
    pass(nanos - 1);
    assertTrue(one.events.isEmpty(), "too early");
    pass(1);
    one.frames(1);
  }

  /** The bits of a frame, by its text. */
  private static final class CanBitTimingBits {
    static int of(String text) {
      ByteBuf buf = io.netty.buffer.Unpooled.buffer();
      io.gatun.codec.can.CanFrameCodec.encode(CanFrame.parse(text), buf);
      return io.gatun.codec.can.CanBitTiming.bits(
          new CanFrameView().wrap(buf, 0, buf.readableBytes()));
    }
  }

  @Test
  void destroyedFramesAreRepeatedAndNoneIsLost() throws Exception {
    VirtualBus bus =
        VirtualBus.on(loop)
            .bitRate(MEGABIT)
            .pace(VirtualBus.Pace.INJECTED)
            .errors(0.05, 42)
            .build();
    attach(bus.node(), new CanFrameHandler(), one);
    Channel sender = attach(bus.node(), new CanFrameHandler());
    int count = 2000;
    for (int i = 0; i < count; i++) {
      sender.write(frame("%08X#".formatted(i)), null);
    }
    sender.flush();
    assertEquals(
        IntStream.range(0, count).mapToObj("%08X#"::formatted).toList(), one.frames(count));
    long errors = on(bus::errors);
    assertTrue(errors > 50 && errors < 200, () -> errors + " errors");
    assertEquals(count, on(bus::frames));
  }

  @Test
  void aNodeWithTooManyErrorsLeavesTheBusAndComesBack() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).bitRate(MEGABIT).build();
    attach(bus.node(), new CanFrameHandler(), one);
    Channel sender = attach(bus.node(), new CanFrameHandler(), two);
    on(() -> {
      bus.injectErrors(32);
      return null;
    });
    sender.writeAndFlush(frame("123#"));
    for (int i = 0; i < 40 && two.events.isEmpty(); i++) {
      pass(200_000);
    }
    assertEquals(CanEvent.Bus.OFF, two.next());
    assertTrue(one.events.isEmpty(), "it is off the bus and sends");
    pass(128 * 11 * 1000);
    assertEquals(CanEvent.Bus.ACTIVE, two.next());
    pass(1_000_000);
    assertEquals(List.of("123#"), one.frames(1));
  }

  /** Checks and counts, and makes no garbage of its own. */
  private static final class Checker implements ChannelHandler {
    private final CanFrameView view = new CanFrameView();
    private final Promise<Void> done;
    private final long until;
    long frames;
    long wrong;

    Checker(long until, Promise<Void> done) {
      this.until = until;
      this.done = done;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      Message m = (Message) message;
      ByteBuf bytes = m.content();
      view.wrap(bytes, bytes.readerIndex(), bytes.readableBytes());
      if (view.rawId() != (int) (frames * 7 % 0x800) || bytes.getLong(view.dataIndex()) != frames) {
        wrong++;
      }
      frames++;
      m.release();
      if (frames == until) {
        done.trySuccess(null);
      }
    }
  }

  /** Writes as long as the channel takes it. */
  private static final class Source implements ChannelHandler {
    private final CanFrameView view = new CanFrameView();
    private final long until;
    private long frames;

    Source(long until) {
      this.until = until;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      write(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      write(ctx);
    }

    private void write(ChannelHandlerContext ctx) {
      while (frames < until && ctx.channel().isWritable()) {
        ByteBuf bytes = ctx.alloc().directBuffer(16);
        bytes.writerIndex(view.putClassic(bytes, 0, (int) (frames * 7 % 0x800), 8));
        bytes.setLong(view.dataIndex(), frames++);
        ctx.write(bytes, null);
      }
      ctx.flush();
    }
  }

  /**
   * A bus without a gap between frames for a while of its time, each frame checked. The property
   * gatun.can.seconds tells for how long: 86400 is a day.
   */
  @Test
  void aBusUnderFullLoadIsReplayedExactly() throws Exception {
    int seconds = Integer.getInteger("gatun.can.seconds", 30);
    VirtualBus bus =
        VirtualBus.on(loop).bitRate(MEGABIT).pace(VirtualBus.Pace.INJECTED).queues(64, 256).build();
    // The frames of so many seconds, by their bits.
    long nanos = 0;
    long frames = 0;
    ByteBuf bytes = alloc.directBuffer(16);
    CanFrameView view = new CanFrameView();
    while (nanos < seconds * 1_000_000_000L) {
      view.putClassic(bytes, 0, (int) (frames * 7 % 0x800), 8);
      bytes.setLong(view.dataIndex(), frames++);
      nanos += 1000L * io.gatun.codec.can.CanBitTiming.bits(view);
    }
    bytes.release();
    Promise<Void> done = loop.newPromise();
    Checker checker = new Checker(frames, done);
    long began = System.nanoTime();
    attachPooled(bus, checker);
    attachPooled(bus, new Source(frames));
    done.get(2, java.util.concurrent.TimeUnit.HOURS);
    double took = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        "%,d frames, %,d s of bus time, in %.1f s: %,.0f frames/s%n",
        frames, seconds, took, frames / took);
    assertEquals(frames, on(() -> checker.frames));
    assertEquals(0, on(() -> checker.wrong));
    assertEquals(frames, on(bus::frames));
    assertEquals(nanos, on(bus::nanos));
    assertEquals(nanos, on(bus::busyNanos));
  }

  private void attachPooled(VirtualBus bus, ChannelHandler handler) throws Exception {
    await(
        new io.gatun.channel.Bootstrap(loop)
            .handler(channel -> channel.pipeline().addLast(handler))
            .attach(bus.node()));
  }
}
