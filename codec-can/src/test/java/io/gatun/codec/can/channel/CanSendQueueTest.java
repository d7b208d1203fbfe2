package io.gatun.codec.can.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanFrameView;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.channel.FrameDroppedException.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over a bus that answers ENOBUFS when its queue of three frames is full, as an interface does. */
final class CanSendQueueTest extends BusLab {
  private static final int MEGABIT = 1_000_000;
  private static final int QUEUE = 3;

  /** More than a frame takes. */
  private static final long FRAME = 140_000;

  private final Recorder recorder = new Recorder();
  private final VirtualBus bus =
      VirtualBus.on(loop).bitRate(MEGABIT).queues(QUEUE, 4096).full(VirtualBus.Full.FAIL).build();

  /** Counts what reaches the channel: each flush of something is a system call. */
  private static final class Calls implements ChannelHandler {
    int flushes;
    private boolean written;

    @Override
    public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
      written = true;
      ctx.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      flushes += written ? 1 : 0;
      written = false;
      ctx.flush();
    }
  }

  private final Calls calls = new Calls();

  private Channel sender(CanSendQueue queue) throws Exception {
    attach(bus.node(), new CanFrameHandler(), recorder);
    return attach(bus.node(), calls, new CanFrameHandler(), queue);
  }

  private static Future<Void> write(Channel channel, Object frame) {
    return channel.write(frame);
  }

  private static Reason reason(Future<Void> future) throws Exception {
    assertTrue(future.await(SECONDS * 1000L), "neither sent nor dropped");
    return assertInstanceOf(FrameDroppedException.class, future.cause()).reason();
  }

  /** Moves the time on until nothing waits. */
  private void drain(CanSendQueue queue) throws Exception {
    settle(); // a frame that is yet to begin would begin later
    for (int i = 0; i < 100_000 && on(queue::queued) > 0; i++) {
      pass(500_000);
    }
    settle();
    pass(5 * FRAME);
  }

  @Test
  void withinItsBoundNothingIsLostOrReordered() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().capacity(300).build();
    Channel channel = sender(queue);
    List<Future<Void>> sent = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sent.add(write(channel, frame("123#%04X".formatted(i))));
    }
    channel.flush();
    drain(queue);
    assertEquals(
        IntStream.range(0, 300).mapToObj("123#%04X"::formatted).toList(), recorder.frames(300));
    for (Future<Void> future : sent) {
      await(future);
    }
    assertEquals(300L, on(queue::sent));
  }

  @Test
  void afterTheInterfaceWasFullFramesGoManyAtATimeAgain() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().build();
    VirtualBus slow =
        VirtualBus.on(loop).bitRate(500_000).queues(1, 64).full(VirtualBus.Full.FAIL).build();
    Channel channel = attach(slow.node(), calls, new CanFrameHandler(), queue);
    for (int i = 0; i < 3; i++) {
      write(channel, frame("123#"));
    }
    channel.flush();
    drain(queue);
    // Each goes as soon as it is written, and the bus has room for one.
    for (int i = 0; i < 5; i++) {
      write(channel, frame("123#"));
      channel.flush();
      drain(queue);
    }
    int before = on(() -> calls.flushes);
    on(() -> {
      for (int i = 0; i < 15; i++) {
        write(channel, frame("123#"));
      }
      return calls.flushes;
    });
    assertEquals(before, on(() -> calls.flushes), "as many as go with one call wait for a flush");
  }

  @Test
  void aFullInterfaceIsAskedAgainSeldom() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().build();
    VirtualBus slow =
        VirtualBus.on(loop).bitRate(10).queues(QUEUE, 64).full(VirtualBus.Full.FAIL).build();
    Channel channel = attach(slow.node(), calls, new CanFrameHandler(), queue);
    for (int i = 0; i < 100; i++) {
      write(channel, frame("123#"));
    }
    channel.flush();
    settle();
    int before = on(() -> calls.flushes);
    for (int i = 0; i < 1000; i++) { // a second
      pass(1_000_000);
    }
    int more = on(() -> calls.flushes) - before;
    assertTrue(more >= 40 && more <= 60, () -> more + " calls in a second");
  }

  /**
   * A frame takes 10 ms, or 50 µs. The bus has one all the time, and for each there are two calls
   * at most: the one that takes it, and one that finds no room for more.
   */
  @ParameterizedTest(name = "{0} bit/s, a queue of {1}")
  @CsvSource({"5000, 1", "5000, 3", "5000, 10", "1000000, 10"})
  void whileABusIsBusyNearlyEachTryFindsRoom(int bitRate, int length) throws Exception {
    CanSendQueue queue = CanSendQueue.builder().capacity(40_000).build();
    VirtualBus busy =
        VirtualBus.on(loop).bitRate(bitRate).queues(length, 64).full(VirtualBus.Full.FAIL).build();
    Channel channel = attach(busy.node(), calls, new CanFrameHandler(), queue);
    on(() -> {
      for (int i = 0; i < 40_000; i++) {
        channel.write(frame("555#"), null);
      }
      return null;
    });
    channel.flush();
    settle();
    seconds(1); // to learn how long a frame takes
    int calledBefore = on(() -> calls.flushes);
    long sentBefore = on(queue::sent);
    seconds(1);
    int called = on(() -> calls.flushes) - calledBefore;
    long sent = on(queue::sent) - sentBefore;
    long most = bitRate / 50; // a frame's bits, with those stuffed and the pause after it
    assertTrue(sent >= most * 0.95, () -> sent + " frames a second, of " + most);
    assertTrue(called <= sent * 2.5, () -> called + " calls for " + sent + " frames");
  }

  private void seconds(int seconds) throws Exception {
    for (int i = 0; i < seconds * 2000; i++) {
      pass(500_000);
    }
  }

  /** Straight to the channel, which sends as many with one call. */
  @Test
  void sixteenFramesGoWithEachCallWhereThereIsRoom() throws Exception {
    VirtualBus free = VirtualBus.on(loop).queues(128, 4096).full(VirtualBus.Full.FAIL).build();
    attach(free.node(), new CanFrameHandler(), recorder);
    CanSendQueue queue = CanSendQueue.builder().build();
    Channel channel = attach(free.node(), calls, new CanFrameHandler(), queue);
    on(() -> {
      for (int i = 0; i < 64; i++) {
        channel.write(frame("555#%02X".formatted(i)), null);
      }
      channel.flush();
      return null;
    });
    settle();
    assertEquals(64, on(queue::sent));
    assertEquals(4, on(() -> calls.flushes));
    assertEquals(
        IntStream.range(0, 64).mapToObj("555#%02X"::formatted).toList(), recorder.frames(64));
  }

  @Test
  void theFrameThatWouldWinArbitrationGoesFirst() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().order(CanSendQueue.Order.PRIORITY).build();
    Channel channel = sender(queue);
    Random random = new Random(3);
    List<Integer> ids = random.ints(50, 0, 0x7ff).boxed().toList();
    List<String> expected =
        IntStream.range(0, 50)
            .boxed()
            .sorted(java.util.Comparator.comparingInt(ids::get))
            .map(i -> "%03X#%02X".formatted(ids.get(i), i))
            .toList();
    on(() -> {
      for (int i = 0; i < 50; i++) {
        write(channel, frame("%03X#%02X".formatted(ids.get(i), i)));
      }
      return null;
    });
    channel.flush();
    drain(queue);
    assertEquals(expected, recorder.frames(50));
  }

  @Test
  void oldFramesAreDropped() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().timeToLive(Duration.ofMillis(500)).build();
    VirtualBus slow =
        VirtualBus.on(loop).bitRate(100).queues(1, 64).full(VirtualBus.Full.FAIL).build();
    Channel channel = attach(slow.node(), new CanFrameHandler(), queue);
    attach(slow.node(), new CanFrameHandler(), recorder);
    write(channel, frame("555#")); // each takes half a second
    write(channel, frame("555#01"));
    Future<Void> stale = write(channel, new TimedFrame(frame("555#02"), Duration.ofMillis(100)));
    Future<Void> staleToo = write(channel, frame("555#03"));
    Future<Void> fresh = write(channel, new TimedFrame(frame("555#04"), Duration.ofSeconds(60)));
    channel.flush();
    settle();
    pass(101_000_000);
    pass(21_000_000);
    assertEquals(Reason.EXPIRED, reason(stale));
    assertTrue(!staleToo.isDone(), "before its time");
    for (int i = 0; i < 200; i++) {
      pass(50_000_000);
    }
    await(fresh);
    assertEquals(Reason.EXPIRED, reason(staleToo));
    assertEquals(List.of("555#", "555#01", "555#04"), recorder.frames(3));
    assertTrue(on(() -> queue.dropped(Reason.EXPIRED)) >= 2);
  }

  @Test
  void onlyTheLatestOfAStateIsSent() throws Exception {
    CanSendQueue queue =
        CanSendQueue.builder().latestOnly(List.of(CanFilter.exact(CanId.standard(0x200)))).build();
    Channel channel = sender(queue);
    List<Future<Void>> states = new ArrayList<>();
    on(() -> {
      for (int i = 0; i < 20; i++) {
        states.add(write(channel, frame("200#%02X".formatted(i))));
        write(channel, frame("100#%02X".formatted(i)));
      }
      return null;
    });
    channel.flush();
    drain(queue);
    List<String> expected = new ArrayList<>(List.of("200#13")); // in the place of the first
    IntStream.range(0, 20).mapToObj("100#%02X"::formatted).forEach(expected::add);
    assertEquals(expected, recorder.frames(21));
    assertEquals(Reason.SUPERSEDED, reason(states.get(0)));
    await(states.get(19));
    assertEquals(19L, on(() -> queue.dropped(Reason.SUPERSEDED)));
  }

  @Test
  void aBurstThatTheInterfaceHasRoomForIsNotTooMuch() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().capacity(5).build();
    VirtualBus fast = VirtualBus.on(loop).queues(2000, 2000).full(VirtualBus.Full.FAIL).build();
    attach(fast.node(), new CanFrameHandler(), recorder);
    Channel channel = attach(fast.node(), new CanFrameHandler(), queue);
    on(() -> {
      for (int i = 0; i < 1000; i++) {
        write(channel, frame("123#%04X".formatted(i)));
      }
      channel.flush();
      return null;
    });
    assertEquals(
        IntStream.range(0, 1000).mapToObj("123#%04X"::formatted).toList(), recorder.frames(1000));
    assertEquals(1000L, on(queue::sent));
  }

  /** Sends until the interface has no room and one frame waits. Returns how many there were. */
  private int block(Channel channel, CanSendQueue queue) throws Exception {
    return on(() -> {
      int frames = 0;
      while (queue.queued() == 0) {
        channel.writeAndFlush(frame("000#"));
        frames++;
      }
      return frames;
    });
  }

  @Test
  void aFullQueueDropsTheLastOrTheFirst() throws Exception {
    CanSendQueue last = CanSendQueue.builder().capacity(6).build();
    Channel one = sender(last);
    CanSendQueue first =
        CanSendQueue.builder().capacity(5).overflow(CanSendQueue.Overflow.FIRST).build();
    Channel two = attach(bus.node(), new CanFrameHandler(), first);
    int others = block(one, last) + block(two, first) - 1; // which is the first of its queue
    on(() -> {
      for (int i = 0; i < 8; i++) {
        write(one, frame("100#%02X".formatted(i)));
        write(two, frame("200#%02X".formatted(i)));
      }
      return null;
    });
    one.flush();
    two.flush();
    drain(last);
    drain(first);
    List<String> frames = recorder.frames(10 + others);
    assertEquals(
        List.of("100#00", "100#01", "100#02", "100#03", "100#04"),
        frames.stream().filter(frame -> frame.startsWith("1")).toList());
    assertEquals(
        List.of("200#03", "200#04", "200#05", "200#06", "200#07"),
        frames.stream().filter(frame -> frame.startsWith("2")).toList());
    assertEquals(3L, on(() -> last.dropped(Reason.QUEUE_FULL)));
    assertEquals(4L, on(() -> first.dropped(Reason.QUEUE_FULL)));
  }

  @Test
  void withPriorityAFullQueueDropsTheLeastImportant() throws Exception {
    CanSendQueue queue =
        CanSendQueue.builder().capacity(3).order(CanSendQueue.Order.PRIORITY).build();
    Channel channel = sender(queue);
    int others = block(channel, queue);
    Future<Void> dropped =
        on(() -> {
          write(channel, frame("100#"));
          Future<Void> least = write(channel, frame("300#"));
          write(channel, frame("200#"));
          return least;
        });
    channel.flush();
    assertEquals(Reason.QUEUE_FULL, reason(dropped));
    drain(queue);
    assertEquals(List.of("100#", "200#"), recorder.frames(others + 2).subList(others, others + 2));
  }

  @Test
  void nothingIsSentWhileTheControllerIsOffTheBus() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().build();
    attach(bus.node(), new CanFrameHandler(), recorder);
    Recorder own = new Recorder();
    Channel channel = attach(bus.node(), calls, new CanFrameHandler(), queue, own);
    on(() -> {
      bus.injectErrors(32);
      return null;
    });
    write(channel, frame("100#"));
    channel.flush();
    for (int i = 0; i < 100 && own.events.isEmpty(); i++) {
      pass(FRAME);
    }
    assertEquals(CanEvent.Bus.OFF, own.next());
    int before = on(() -> calls.flushes);
    Future<Void> waits = write(channel, frame("101#"));
    Future<Void> old = write(channel, new TimedFrame(frame("102#"), Duration.ofNanos(1)));
    channel.flush();
    settle();
    assertTrue(!waits.isDone());
    assertEquals(before, on(() -> calls.flushes), "it asks the kernel while nothing can go");
    pass(128 * 11 * 1000);
    assertEquals(CanEvent.Bus.ACTIVE, own.next());
    drain(queue);
    await(waits);
    assertEquals(Reason.EXPIRED, reason(old));
    assertEquals(List.of("100#", "101#"), recorder.frames(2));
  }

  /** As a link that is lost between a write and its flush: what comes later is sent later. */
  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"OFF, ACTIVE", "DOWN, UP"})
  void whatWasWrittenButNotFlushedWaitsForTheBusToo(String off, String on) throws Exception {
    CanSendQueue queue = CanSendQueue.builder().build();
    Channel channel = sender(queue);
    Future<Void> first =
        on(() -> {
          Future<Void> written = write(channel, frame("100#"));
          tell(channel, off);
          write(channel, frame("101#"));
          channel.flush();
          return written;
        });
    settle();
    assertEquals(0, on(() -> calls.flushes), "it asks the kernel while nothing can go");
    assertTrue(!first.isDone());
    on(() -> {
      write(channel, frame("102#"));
      tell(channel, on);
      return null;
    });
    drain(queue);
    await(first);
    assertEquals(List.of("100#", "101#", "102#"), recorder.frames(3));
  }

  private void tell(Channel channel, String state) {
    CanEvent event =
        switch (state) {
          case "OFF" -> CanEvent.Bus.OFF;
          case "ACTIVE" -> CanEvent.Bus.ACTIVE;
          case "DOWN" -> CanEvent.Link.DOWN;
          default -> CanEvent.Link.UP;
        };
    ChannelHandlerContext ctx = channel.pipeline().context(calls);
    if (ctx != null) {
      ctx.fireUserEvent(event);
    }
  }

  @Test
  void aHandlerBelowThatFlushesByItselfReordersNothing() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().build();
    attach(bus.node(), new CanFrameHandler(), recorder);
    ChannelHandler flusher =
        new ChannelHandler() {
          private int writes;

          @Override
          public void write(
              ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
            ctx.write(message, promise);
            if (++writes % 5 == 0) {
              ctx.flush();
            }
          }
        };
    Channel channel = attach(bus.node(), new CanFrameHandler(), flusher, queue);
    for (int i = 0; i < 100; i++) {
      write(channel, frame("123#%04X".formatted(i)));
      if (i % 7 == 0) {
        channel.flush();
        pass(FRAME);
      }
    }
    channel.flush();
    drain(queue);
    assertEquals(
        IntStream.range(0, 100).mapToObj("123#%04X"::formatted).toList(), recorder.frames(100));
  }

  /** Whoever goes on to write and to flush does not make it ask more often. */
  @Test
  void aFullInterfaceIsAskedAFewHundredTimesASecond() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().capacity(100).build();
    VirtualBus slow =
        VirtualBus.on(loop).bitRate(10).queues(QUEUE, 64).full(VirtualBus.Full.FAIL).build();
    Channel channel = attach(slow.node(), calls, new CanFrameHandler(), queue);
    for (int i = 0; i < 10_000; i++) { // a second
      on(() -> {
        channel.write(frame("123#"), null);
        channel.flush();
        return null;
      });
      ticker.advance(100_000, java.util.concurrent.TimeUnit.NANOSECONDS);
    }
    settle();
    int asked = on(() -> calls.flushes);
    assertTrue(asked >= 20 && asked <= 300, () -> asked + " calls in a second");
    assertTrue(on(() -> queue.dropped(Reason.QUEUE_FULL)) > 9000);
  }

  /** What a gateway or a program without garbage writes. */
  @Test
  void aViewIsCopiedBeforeItsWriteReturns() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().build();
    Channel channel = sender(queue);
    ByteBuf bytes = Unpooled.buffer(CanFrameCodec.MAX_SIZE);
    List<String> texts =
        List.of("123#1122", "12345678#", "123#R4", "123##3112233", "123#1122334455667788_E");
    VirtualBus wide = VirtualBus.on(loop).build();
    Recorder there = new Recorder();
    attach(wide.node(), new CanFrameHandler(), there);
    Channel plain = attach(wide.node(), new CanFrameHandler());
    on(() -> {
      CanFrameView view = new CanFrameView();
      for (String text : texts) {
        CanFrameCodec.encode(frame(text), bytes.clear());
        channel.write(view.wrap(bytes, 0, bytes.writerIndex()), null);
        plain.write(view, null);
      }
      bytes.setZero(0, bytes.capacity());
      channel.flush();
      plain.flush();
      return null;
    });
    drain(queue);
    assertEquals(texts, recorder.frames(texts.size()));
    assertEquals(texts, there.frames(texts.size()));
  }

  @Test
  void closingDropsWhatWaits() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().build();
    Channel channel = sender(queue);
    List<Future<Void>> futures = new ArrayList<>();
    on(() -> {
      for (int i = 0; i < 10; i++) {
        futures.add(write(channel, frame("100#")));
      }
      channel.flush();
      return null;
    });
    settle();
    await(channel.close());
    settle();
    assertEquals(Reason.CLOSED, reason(futures.get(9)));
    assertEquals(10 - on(queue::sent), on(() -> queue.dropped(Reason.CLOSED)));
  }

  @Test
  void underRandomLoadEachFrameIsSentOrCounted() throws Exception {
    Random random = new Random(20);
    CanSendQueue queue =
        CanSendQueue.builder()
            .capacity(20)
            .order(CanSendQueue.Order.PRIORITY)
            .timeToLive(Duration.ofMillis(3))
            .latestOnly(List.of(new CanFilter(0x400, 0x400, false)))
            .build();
    Channel channel = sender(queue);
    List<Future<Void>> futures = new ArrayList<>();
    int count = 3000;
    for (int i = 0; i < count; i++) {
      CanFrame frame = frame("%03X#%04X".formatted(random.nextInt(0x7ff), i));
      futures.add(
          write(
              channel,
              random.nextInt(4) == 0
                  ? new TimedFrame(frame, Duration.ofNanos(1 + random.nextInt(2_000_000)))
                  : frame));
      if (random.nextInt(3) == 0) {
        channel.flush();
      }
      if (random.nextInt(5) == 0) {
        pass(random.nextInt(3_000_000));
      }
    }
    channel.flush();
    drain(queue);
    long failed = 0;
    for (Future<Void> future : futures) {
      assertTrue(future.isDone(), "neither sent nor dropped");
      failed += future.isSuccess() ? 0 : 1;
    }
    long dropped = 0;
    for (Reason reason : Reason.values()) {
      dropped += on(() -> queue.dropped(reason));
    }
    long sent = on(queue::sent);
    assertEquals(count, sent + dropped);
    assertEquals(count, on(queue::written));
    assertEquals(failed, dropped);
    assertEquals(sent, recorder.events.stream().filter(CanReceived.class::isInstance).count());
    for (Reason reason : List.of(Reason.EXPIRED, Reason.SUPERSEDED, Reason.QUEUE_FULL)) {
      assertTrue(on(() -> queue.dropped(reason)) > 0, () -> "none was dropped as " + reason);
    }
  }

  @Test
  void aFrameThatTheKernelRefusesFailsAlone() throws Exception {
    CanSendQueue queue = CanSendQueue.builder().build();
    Channel channel = sender(queue);
    Future<Void> refused = write(channel, frame("00123#81:07:00112233#" + "EE".repeat(100)));
    write(channel, frame("123#"));
    channel.flush();
    drain(queue);
    assertTrue(refused.await(1000));
    assertTrue(refused.cause() instanceof java.io.IOException);
    assertEquals(List.of("123#"), recorder.frames(1));
    assertEquals(1L, on(() -> queue.dropped(Reason.REFUSED)));
  }
}
