package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.handler.TimerWheel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Very many timers, by the test's clock. */
@OnEachTransport
public final class TimerWheelTest extends ChannelLab {
  private static final Duration TICK = Duration.ofMillis(10);

  private final MockTicker ticker = Ticker.newMockTicker();
  private final EventLoopGroup clocked;
  private final EventLoop loop;
  private final List<Integer> ran = new ArrayList<>();

  TimerWheelTest(Lane lane) throws IOException {
    super(lane);
    ticker.advance(10, TimeUnit.SECONDS); // Netty's executor takes a start at 0 for none
    clocked = EventLoopGroup.builder().transport(transport).loops(1).ticker(ticker).build();
    loop = clocked.next();
  }

  @AfterEach
  void endClocked() throws InterruptedException {
    Future<?> ended = clocked.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    while (!ended.await(1)) {
      ticker.advance(1, TimeUnit.SECONDS);
    }
  }

  private <T> T on(Callable<T> body) throws Exception {
    return await(loop.submit(body));
  }

  private List<Integer> after(long millis) throws Exception {
    ticker.advance(millis, TimeUnit.MILLISECONDS);
    rounds(loop);
    return on(() -> {
      List<Integer> seen = List.copyOf(ran);
      ran.clear();
      return seen;
    });
  }

  @Test
  void timersRunWhenTheirTimeIsOverAndNeverBefore() throws Exception {
    on(() -> {
      TimerWheel wheel = new TimerWheel(loop, TICK);
      wheel.schedule(() -> ran.add(1), Duration.ofMillis(100));
      wheel.schedule(() -> ran.add(2), Duration.ofMillis(200));
      return wheel.schedule(() -> ran.add(3), Duration.ofHours(1)); // many turns of the wheel
    });
    assertEquals(List.of(), after(99));
    assertEquals(List.of(1), after(21));
    assertEquals(List.of(2), after(100));
    assertEquals(List.of(), after(3_599_779));
    assertEquals(List.of(3), after(21));
  }

  @Test
  void aTimerThatIsCancelledDoesNotRunAndOneThatRanIsNotCancelled() throws Exception {
    TimerWheel wheel = on(() -> new TimerWheel(loop, TICK));
    TimerWheel.Timer first = on(() -> wheel.schedule(() -> ran.add(1), Duration.ZERO));
    TimerWheel.Timer second = on(() -> wheel.schedule(() -> ran.add(2), Duration.ofMillis(10)));
    assertTrue(on(first::cancel));
    assertFalse(on(first::cancel));
    assertEquals(List.of(2), after(100));
    assertFalse(on(second::cancel));
    assertEquals(0, on(wheel::size));
  }

  @Test
  void aTimersTaskMaySetAndCancelOthersAndThrow() throws Exception {
    on(() -> {
      TimerWheel wheel = new TimerWheel(loop, TICK);
      TimerWheel.Timer[] other = new TimerWheel.Timer[1];
      wheel.schedule(
          () -> {
            ran.add(1);
            other[0].cancel();
            wheel.schedule(() -> ran.add(3), Duration.ZERO);
            throw new IllegalStateException("for the log");
          },
          Duration.ZERO);
      other[0] = wheel.schedule(() -> ran.add(2), Duration.ZERO);
      return wheel;
    });
    assertEquals(List.of(1), after(20));
    assertEquals(List.of(3), after(20));
  }

  @Test
  void allOfAHundredThousandTimersRunInTheirTicks() throws Exception {
    int count = 100_000;
    Random random = new Random(1);
    long[] due = new long[count];
    long[] ranAt = new long[count];
    on(() -> {
      TimerWheel wheel = new TimerWheel(loop, TICK);
      long start = ticker.nanoTime();
      for (int i = 0; i < count; i++) {
        int id = i;
        due[i] = random.nextInt(60_000);
        wheel.schedule(
            () -> ranAt[id] = (ticker.nanoTime() - start) / 1_000_000, Duration.ofMillis(due[i]));
      }
      return wheel;
    });
    for (int i = 0; i < 605; i++) {
      after(100);
    }
    for (int i = 0; i < count; i++) {
      long late = ranAt[i] - due[i];
      assertTrue(ranAt[i] > 0 && late >= 0 && late <= 20 + 100, "late by " + late);
    }
  }

  @Test
  void aWheelIsUsedOnItsLoopOnly() {
    TimerWheel wheel = new TimerWheel(loop, TICK);
    assertThrows(IllegalStateException.class, () -> wheel.schedule(() -> {}, TICK));
    assertThrows(IllegalArgumentException.class, () -> new TimerWheel(loop, Duration.ofNanos(1)));
  }
}
