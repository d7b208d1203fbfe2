package io.gatun.channel;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells of a loop whose round takes too long, while it does: which handler is under way, of which
 * channel, and where. It looks at the loop from outside now and then; the loop itself only counts
 * its rounds and notes the handler that it calls, in plain fields.
 */
final class StallWatch {
  private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(StallWatch.class);

  private static final ScheduledThreadPoolExecutor TIMER =
      new ScheduledThreadPoolExecutor(
          1, task -> Thread.ofPlatform().daemon().name("gatun-stalls").unstarted(task));

  static {
    TIMER.setRemoveOnCancelPolicy(true);
  }

  private final EventLoop loop;
  private final long limitNanos;
  private int round;
  private long since;
  private boolean told;

  StallWatch(EventLoop loop, long limitNanos) {
    this.loop = loop;
    this.limitNanos = limitNanos;
    this.since = loop.ticker().nanoTime();
    this.round = loop.rounds();
  }

  /** Looks twice within the limit, so that a stall is told of after 1 to 1.5 times of it. */
  Future<?> start() {
    long period = Math.max(1, limitNanos / 2);
    return TIMER.scheduleWithFixedDelay(this::tell, period, period, TimeUnit.NANOSECONDS);
  }

  private void tell() {
    try {
      String stall = look();
      if (stall != null) {
        LOGGER.warn(stall);
      }
    } catch (RuntimeException e) {
      LOGGER.warn("{} is not watched any more", loop, e);
      throw e;
    }
  }

  /** Returns what to tell of the loop, once a stall. One thread at a time. */
  synchronized @Nullable String look() {
    long now = loop.ticker().nanoTime();
    int round = loop.rounds();
    if (round != this.round || loop.isAsleep()) {
      this.round = round;
      since = now;
      told = false;
      return null;
    }
    if (told || now - since < limitNanos) {
      return null;
    }
    told = true;
    ChannelHandlerContext running = loop.running();
    String culprit =
        running == null ? "a task" : "handler " + running.name() + " of " + running.channel();
    Insight.stalled(loop, now - since, culprit);
    return loop
        + " has been busy for "
        + TimeUnit.NANOSECONDS.toMillis(now - since)
        + " ms with "
        + culprit
        + place(loop.thread());
  }

  /** The innermost frame that is not the JDK's. */
  private static String place(@Nullable Thread thread) {
    if (thread != null) {
      for (StackTraceElement frame : thread.getStackTrace()) {
        String name = frame.getClassName();
        if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("sun.")) {
          return ", at " + frame;
        }
      }
    }
    return "";
  }
}
