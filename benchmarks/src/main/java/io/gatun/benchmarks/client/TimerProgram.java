package io.gatun.benchmarks.client;

import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.handler.TimerWheel;
import io.netty.util.HashedWheelTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Sets timers and cancels them, beside others that wait; the argument names what keeps them. A line
 * is the number of the others and the milliseconds; the answer is the nanoseconds for one.
 */
public final class TimerProgram {
  private static final int LEAST_MILLIS = 60_000;
  private static final int BATCH = 64;

  private TimerProgram() {}

  /** What keeps timers. */
  interface Timers {
    /** Sets one, and returns what cancels it. */
    Runnable set(long millis);
  }

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    try (EventLoopGroup group = group()) {
      EventLoop loop = group.next();
      Timers timers = loop.submit(() -> timers(args[0], loop)).get();
      // On the loop's thread, where alone its own timers may be set.
      Work.serve(
          0,
          words ->
              loop.submit(
                      () -> measure(timers, Integer.parseInt(words[0]), Long.parseLong(words[1])))
                  .get());
    }
    System.exit(0); // the others' threads are none that end
  }

  private static EventLoopGroup group() {
    // A million timers take longer to set than a loop is to be kept from its channels.
    return EventLoopGroup.builder().loops(1).daemon(true).stallLimit(Duration.ZERO).build();
  }

  private static Timers timers(String name, EventLoop loop) {
    Runnable task = () -> {};
    return switch (name) {
      case "gatun-wheel" -> {
        TimerWheel wheel = new TimerWheel(loop, Duration.ofMillis(100));
        yield millis -> wheel.schedule(task, Duration.ofMillis(millis))::cancel;
      }
      case "gatun-loop" ->
          millis -> {
            var future = loop.schedule(task, millis, TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
          };
      case "netty-wheel" -> {
        HashedWheelTimer wheel = new HashedWheelTimer(100, TimeUnit.MILLISECONDS);
        yield millis ->
            wheel.newTimeout(timeout -> task.run(), millis, TimeUnit.MILLISECONDS)::cancel;
      }
      case "jdk" -> {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
        executor.setRemoveOnCancelPolicy(true);
        yield millis -> {
          var future = executor.schedule(task, millis, TimeUnit.MILLISECONDS);
          return () -> future.cancel(false);
        };
      }
      default -> throw new IllegalArgumentException("there is no " + name);
    };
  }

  private static double[] measure(Timers timers, int waiting, long millis) throws Exception {
    Random random = new Random(1);
    List<Runnable> others = new ArrayList<>(waiting);
    for (int i = 0; i < waiting; i++) {
      others.add(timers.set(LEAST_MILLIS + random.nextInt(LEAST_MILLIS)));
    }
    // Else the collector moves them all in the midst of what is timed, as it does once in their
    // life.
    System.gc();
    try {
      return new double[] {
        Work.timed(
            millis, BATCH, () -> timers.set(LEAST_MILLIS + random.nextInt(LEAST_MILLIS)).run())
      };
    } finally {
      others.forEach(Runnable::run);
    }
  }
}
