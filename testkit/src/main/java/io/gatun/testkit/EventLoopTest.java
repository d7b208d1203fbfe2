package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.ServerBootstrap;
import io.gatun.error.TimedOutException;
import io.gatun.socket.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop as an executor and a timer, and its end. */
@OnEachTransport
public final class EventLoopTest extends ChannelLab {
  private final EventLoop loop = group.next();

  EventLoopTest(Lane lane) throws IOException {
    super(lane);
  }

  @Test
  void aTaskWakesALoopThatSleeps() throws Exception {
    Thread thread = await(loop.submit(Thread::currentThread));
    for (int i = 0; i < 20; i++) {
      Task.awaitWaiting(thread);
      await(loop.submit(() -> {}));
    }
  }

  /** Netty's executor says so of one whose end it has not seen coming. */
  @Test
  void aLoopThatEndsSaysNothingOfIt() throws Exception {
    try (Log log = new Log("io.netty.util.concurrent")) {
      for (long quietMillis : new long[] {0, 1}) {
        EventLoopGroup ending = EventLoopGroup.builder().transport(transport).loops(1).build();
        await(ending.next().submit(() -> {}));
        await(ending.shutdownGracefully(quietMillis, 1000, TimeUnit.MILLISECONDS));
      }
      log.expectNothing();
    }
  }

  @Test
  void noWakeUpIsLostWhenTasksComeAtAnyMoment() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    for (int i = 0; i < 40_000; i++) {
      for (int spin = i % 400; spin > 0; spin--) {
        Thread.onSpinWait(); // so that the task meets the loop at each step of its falling asleep
      }
      await(loop.submit(ran::incrementAndGet));
    }
    assertEquals(40_000, ran.get());
  }

  @Test
  void tasksOfEachThreadRunInTheirOrder() throws Exception {
    List<List<Integer>> seen = new ArrayList<>();
    List<Task<?>> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      List<Integer> mine = new ArrayList<>();
      seen.add(mine);
      threads.add(
          Task.start(
              ThreadKind.PLATFORM,
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  int number = i;
                  loop.execute(() -> mine.add(number));
                }
                return null;
              }));
    }
    for (Task<?> thread : threads) {
      thread.result();
    }
    rounds(loop);
    for (List<Integer> mine : seen) {
      assertEquals(20_000, mine.size());
      for (int i = 0; i < mine.size(); i++) {
        assertEquals(i, mine.get(i));
      }
    }
  }

  @Test
  void aTaskThatThrowsDoesNotEndTheLoop() throws Exception {
    loop.execute(() -> {
      throw new IllegalStateException("no");
    });
    rounds(loop);
    failure(
        IllegalStateException.class,
        loop.submit(() -> {
          throw new IllegalStateException("no");
        }));
    rounds(loop);
  }

  @Test
  void channelsHaveTheirTurnWhileTasksNeverEnd() throws Exception {
    Recorder recorder = new Recorder();
    Pair pair = pair(recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    EventLoop busy = pair.channel().eventLoop();
    AtomicInteger stop = new AtomicInteger();
    Runnable endless =
        new Runnable() {
          @Override
          public void run() {
            if (stop.get() == 0) {
              busy.execute(this);
            }
          }
        };
    busy.execute(endless);
    pair.peer().sendAll(Data.of(10));
    assertEquals(10, recorder.message().length);
    stop.set(1);
  }

  // Timers

  @Test
  void aGroupCannotBeClosedFromItsOwnLoop() throws Exception {
    EventLoop loop = group.next();
    Future<?> closed =
        loop.submit(() -> {
          group.close();
          return null;
        });
    failure(IllegalStateException.class, closed);
    assertFalse(loop.isShuttingDown());
  }

  private final MockTicker ticker = Ticker.newMockTicker();

  private EventLoopGroup mocked() {
    ticker.advance(1, TimeUnit.SECONDS); // Netty's executor takes a start at 0 for none
    return EventLoopGroup.builder().transport(transport).loops(1).ticker(ticker).build();
  }

  /** Ends a group whose clock would otherwise stand still. */
  private void end(EventLoopGroup mocked) throws InterruptedException {
    Future<?> ended = mocked.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    while (!ended.await(1, TimeUnit.MILLISECONDS)) {
      ticker.advance(1, TimeUnit.SECONDS);
    }
  }

  @Test
  void timersRunInTheOrderOfTheirTimesAndNotBefore() throws Exception {
    EventLoopGroup mocked = mocked();
    EventLoop clocked = mocked.next();
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    for (int seconds : new int[] {3000, 1000, 2000, 1000}) {
      clocked.schedule(() -> ran.add(seconds), seconds, TimeUnit.SECONDS);
    }
    ScheduledFuture<?> cancelled = clocked.schedule(() -> ran.add(0), 1500, TimeUnit.SECONDS);
    assertTrue(cancelled.cancel(false));
    rounds(clocked);
    assertEquals(List.of(), ran);
    ticker.advance(999, TimeUnit.SECONDS);
    rounds(clocked);
    assertEquals(List.of(), ran);
    ticker.advance(1, TimeUnit.SECONDS);
    rounds(clocked);
    assertEquals(List.of(1000, 1000), ran);
    ticker.advance(5000, TimeUnit.SECONDS);
    rounds(clocked);
    assertEquals(List.of(1000, 1000, 2000, 3000), ran);
    end(mocked);
  }

  @Test
  void aConnectTimeoutFollowsTheLoopsClock() throws Exception {
    EventLoopGroup mocked = mocked();
    Socket listener = listener(0);
    fillBacklog(listener);
    Future<Channel> connected = new Bootstrap(mocked).connect(listener.getSockName());
    rounds(mocked.next());
    ticker.advance(29, TimeUnit.SECONDS);
    rounds(mocked.next());
    assertFalse(connected.isDone());
    ticker.advance(1, TimeUnit.SECONDS);
    rounds(mocked.next());
    failure(TimedOutException.class, connected);
    end(mocked);
  }

  @Test
  void aGroupWhoseClockStandsStillCanBeClosed() throws Exception {
    EventLoopGroup mocked = mocked();
    rounds(mocked.next());
    Future<?> ended = mocked.shutdownGracefully(0, 15, TimeUnit.SECONDS); // as close() does
    boolean inTime = ended.await(2, TimeUnit.SECONDS);
    end(mocked);
    assertTrue(inTime);
  }

  @Test
  void tasksProlongTheQuietPeriodOfAShutdownWhichEndsWithoutThem() throws Exception {
    EventLoopGroup mocked = mocked();
    EventLoop clocked = mocked.next();
    await(clocked.submit(() -> {}));
    Future<?> ended = mocked.shutdownGracefully(3, 1_000_000, TimeUnit.SECONDS);
    for (int i = 0; i < 12; i++) { // never 3 seconds without a task
      ticker.advance(1, TimeUnit.SECONDS);
      assertTrue(runs(clocked));
    }
    secondsUntil(ended);
    assertFalse(runs(clocked));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aShutdownEndsInItsTimeThoughTasksNeverEnd(int quietSeconds) throws Exception {
    EventLoopGroup mocked = mocked();
    EventLoop clocked = mocked.next();
    Runnable endless =
        new Runnable() {
          @Override
          public void run() {
            ticker.advance(1, TimeUnit.MILLISECONDS); // no other time passes
            clocked.execute(this);
          }
        };
    clocked.execute(endless);
    await(clocked.submit(() -> {}));
    Future<?> ended = mocked.shutdownGracefully(quietSeconds, 10, TimeUnit.SECONDS);
    boolean inTime = ended.await(Task.SECONDS, TimeUnit.SECONDS);
    assertTrue(inTime, "it goes on without end");
    assertFalse(runs(clocked));
  }

  @Test
  void toAskForTheEndAgainPutsItOffByNothing() throws Exception {
    EventLoopGroup mocked = mocked();
    EventLoop clocked = mocked.next();
    Runnable endless =
        new Runnable() {
          @Override
          public void run() {
            ticker.advance(1, TimeUnit.MILLISECONDS); // no other time passes
            clocked.execute(this);
          }
        };
    clocked.execute(endless);
    long start = ticker.nanoTime();
    mocked.shutdownGracefully(1, 10, TimeUnit.SECONDS);
    Future<?> ended = mocked.shutdownGracefully(1, 1000, TimeUnit.SECONDS);
    assertTrue(ended.await(Task.SECONDS, TimeUnit.SECONDS), "it goes on without end");
    long seconds = TimeUnit.NANOSECONDS.toSeconds(ticker.nanoTime() - start);
    assertTrue(seconds >= 10 && seconds < 100, seconds + " s");
  }

  @Test
  void whoAsksForAQuietPeriodDoesNotKeepALoopThatWasToEndAtOnce() throws Exception {
    EventLoopGroup mocked = mocked();
    EventLoop clocked = mocked.next();
    await(
        clocked.submit(() -> {
          clocked.shutdownGracefully(0, 10, TimeUnit.SECONDS);
          clocked.shutdownGracefully(5, 10, TimeUnit.SECONDS);
        }));
    assertTrue(
        clocked.terminationFuture().await(Task.SECONDS, TimeUnit.SECONDS), "though no time passes");
  }

  @Test
  void aGroupClosesEachOfItsChannelsWhicheverClosedBefore() throws Exception {
    EventLoopGroup other = EventLoopGroup.builder().transport(transport).loops(1).build();
    List<Channel> channels = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      channels.add(await(new ServerBootstrap(other).bind(address())));
    }
    await(channels.get(0).close());
    await(channels.get(3).close());
    other.close();
    for (Channel channel : channels) {
      assertFalse(channel.isOpen());
    }
  }

  @Test
  void aChannelMayTakeOthersWithItAtTheEndOfItsLoop() throws Exception {
    try (Log log = new Log("io.netty.util.concurrent")) {
      EventLoopGroup other = EventLoopGroup.builder().transport(transport).loops(1).build();
      List<Channel> channels = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        channels.add(await(new ServerBootstrap(other).bind(address())));
      }
      for (Channel channel : channels) {
        channel.closeFuture().addListener(closed -> channels.forEach(Channel::close));
      }
      other.close();
      for (Channel channel : channels) {
        assertFalse(channel.isOpen());
      }
      log.expectNothing();
    }
  }

  @Test
  void closingAGroupEndsAQuietPeriodThatIsUnderWay() throws Exception {
    EventLoopGroup other = EventLoopGroup.builder().transport(transport).loops(2).build();
    await(other.next().submit(() -> {}));
    Future<?> ended = other.shutdownGracefully(1, 2, TimeUnit.HOURS);
    other.close();
    assertTrue(ended.isDone());
  }

  @Test
  void hooksRunAtTheEndOfALoopThoughTasksRunThere() throws Exception {
    EventLoopGroup other = EventLoopGroup.builder().transport(transport).loops(1).build();
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    EventLoop ending = other.next();
    await(ending.submit(() -> ending.addShutdownHook(() -> ran.add("hook"))));
    for (int i = 0; i < 1000; i++) {
      ending.execute(() -> ran.add("task"));
    }
    other.close();
    assertEquals(1001, ran.size());
    assertEquals("hook", ran.getLast());
  }

  /** Lets time pass, a second at a turn, as the loop looks at the clock when it likes. */
  private void secondsUntil(Future<?> ended) throws Exception {
    for (int i = 0; i < Task.SECONDS * 1000 && !ended.await(1, TimeUnit.MILLISECONDS); i++) {
      ticker.advance(1, TimeUnit.SECONDS);
    }
    await(ended);
  }

  private static boolean runs(EventLoop loop) throws Exception {
    try {
      await(loop.submit(() -> {}));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Test
  void aTimerWakesALoopThatSleepsAndNeverRunsEarly() throws Exception {
    for (int i = 0; i < 50; i++) {
      long nanos = 100_000 + i * 10_000L;
      long start = System.nanoTime();
      await(loop.schedule(() -> {}, nanos, TimeUnit.NANOSECONDS));
      assertTrue(System.nanoTime() - start >= nanos);
    }
  }

  @Test
  void aTimerThatComesWhileALoopSleepsForALaterOneRunsInTime() throws Exception {
    ScheduledFuture<?> late = loop.schedule(() -> {}, 1, TimeUnit.HOURS);
    Task.awaitWaiting(await(loop.submit(Thread::currentThread)));
    await(loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS));
    assertFalse(late.isDone());
    assertTrue(late.cancel(false));
  }

  @Test
  void aTimerForTheEndOfTimeDisturbsNobody() throws Exception {
    List<ScheduledFuture<?>> never = new ArrayList<>();
    never.add(loop.schedule(() -> {}, Long.MAX_VALUE, TimeUnit.NANOSECONDS));
    never.add(loop.schedule(() -> {}, Long.MAX_VALUE, TimeUnit.DAYS));
    Task.awaitWaiting(await(loop.submit(Thread::currentThread)));
    await(loop.submit(() -> {}));
    await(loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS));
    for (ScheduledFuture<?> timer : never) {
      assertFalse(timer.isDone());
    }
  }

  @Test
  void aTimerThatRepeatsDoesSoUntilItIsCancelled() throws Exception {
    AtomicInteger left = new AtomicInteger(5);
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    ScheduledFuture<?> timer =
        loop.scheduleAtFixedRate(
            () -> {
              if (left.decrementAndGet() == 0) {
                done.complete(true);
              }
            },
            1,
            1,
            TimeUnit.MILLISECONDS);
    assertTrue(done.get(Task.SECONDS, TimeUnit.SECONDS));
    assertTrue(timer.cancel(false));
  }

  // The end

  @Test
  void closingAGroupClosesItsChannelsAndGivesBackDescriptorsAndThreads() throws Exception {
    Assumptions.assumeTrue(Descriptors.areKnown(), "this system does not list descriptors");
    Set<String> before = Descriptors.open();
    EventLoopGroup other =
        EventLoopGroup.builder().transport(transport).loops(3).name("ending").build();
    Recorder recorder = new Recorder();
    Channel listener = await(new ServerBootstrap(other).bind(address()));
    Channel channel =
        await(
            new Bootstrap(other)
                .handler(made -> made.pipeline().addLast(recorder))
                .connect(local(listener)));
    recorder.expect(Recorder.Event.ACTIVE);
    Future<Void> stuck = channel.writeAndFlush(buffer(Data.of(20 << 20)));
    List<Thread> threads =
        List.of(
            await(listener.eventLoop().submit(Thread::currentThread)),
            await(channel.eventLoop().submit(Thread::currentThread)));
    other.close();
    recorder.expectEnd();
    assertTrue(stuck.isDone());
    assertFalse(channel.isOpen());
    assertFalse(listener.isOpen());
    assertTrue(channel.closeFuture().isDone());
    for (Thread thread : threads) {
      assertTrue(thread.join(java.time.Duration.ofSeconds(Task.SECONDS)));
    }
    assertEquals(before, Descriptors.open());
    other.close(); // again, which does nothing
  }

  @Test
  void closingAGroupThatNeverRanGivesBackItsDescriptors() throws Exception {
    Assumptions.assumeTrue(Descriptors.areKnown(), "this system does not list descriptors");
    Set<String> before = Descriptors.open();
    EventLoopGroup other = EventLoopGroup.builder().transport(transport).loops(3).build();
    assertTrue(Descriptors.open().size() > before.size(), "a loop owns descriptors");
    other.close();
    assertEquals(before, Descriptors.open());
  }

  @Test
  void aClosedGroupTakesNoTaskAndNoChannel() throws Exception {
    Recorder recorder = new Recorder();
    Bootstrap client = client(recorder);
    group.close();
    assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    failure(RejectedExecutionException.class, client.connect(listener().getSockName()));
    failure(RejectedExecutionException.class, server().bind(address()));
    recorder.expectNothing();
  }

  @Test
  void aTimerThatHasNotRunIsCancelledByTheEnd() throws Exception {
    ScheduledFuture<?> timer = loop.schedule(() -> {}, 1, TimeUnit.HOURS);
    rounds(loop);
    group.close();
    assertTrue(timer.isCancelled());
  }

  @Test
  void tasksThatCameBeforeTheEndRun() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    for (int i = 0; i < 10_000; i++) {
      loop.execute(ran::incrementAndGet);
    }
    group.close();
    assertEquals(10_000, ran.get());
  }

  @Test
  void aLoopKnowsItsGroupAndItsOwnThread() throws Exception {
    assertEquals(group, loop.parent());
    assertEquals(transport, group.transport());
    assertFalse(loop.inEventLoop());
    assertTrue(await(loop.submit(() -> loop.inEventLoop())));
  }
}
