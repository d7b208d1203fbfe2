package io.gatun.handler;

import io.gatun.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Very many timers of one loop, most of which are cancelled: setting and cancelling one costs the
 * same however many there are, where the loop's own {@code schedule} keeps them sorted. The price
 * is their grain: a timer runs up to two ticks late, never early.
 *
 * <p>A wheel of slots, each a list; the hand goes on by one slot a tick, and a timer whose turn is
 * a later one is passed over (Varghese and Lauck, 1987, scheme 6). A tick that has no timer to wait
 * for costs nothing: the loop is not woken. Loop's thread only.
 */
public final class TimerWheel {
  private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(TimerWheel.class);
  private static final int SLOTS = 4096;

  private final EventLoop loop;
  private final long tickNanos;
  private final Timer[] slots = new Timer[SLOTS];
  private final long start;

  /** Ticks that are done. */
  private long hand;

  private int size;
  private @Nullable Future<?> next;

  /**
   * Makes a wheel.
   *
   * @param loop whose clock and thread it uses
   * @param tick a millisecond at least; a hundredth of the usual timeout is fine enough
   */
  public TimerWheel(EventLoop loop, Duration tick) {
    if (tick.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("tick: " + tick + " (expected: at least 1 ms)");
    }
    this.loop = loop;
    this.tickNanos = TimeUnit.NANOSECONDS.convert(tick);
    this.start = loop.ticker().nanoTime();
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Timer(this, () -> {}, 0); // the list's own end
    }
  }

  /** A task that waits for its time. Loop's thread only. */
  public static final class Timer {
    private final TimerWheel wheel;
    private final Runnable task;
    private final long tick;
    private Timer previous = this;
    private Timer next = this;

    private Timer(TimerWheel wheel, Runnable task, long tick) {
      this.wheel = wheel;
      this.task = task;
      this.tick = tick;
    }

    /** Keeps the task from running. Returns false when it has run, or was cancelled before. */
    public boolean cancel() {
      if (next == this) {
        return false;
      }
      unlink();
      wheel.size--;
      return true;
    }

    private void unlink() {
      previous.next = next;
      next.previous = previous;
      previous = this;
      next = this;
    }

    private void linkBefore(Timer end) {
      previous = end.previous;
      next = end;
      previous.next = this;
      end.previous = this;
    }
  }

  /** Runs a task on the loop once a time is over. */
  public Timer schedule(Runnable task, Duration delay) {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("a wheel is used on its loop only");
    }
    long now = ticks();
    if (size == 0) {
      hand = now; // nothing was waited for
    }
    long nanos = Math.max(0, TimeUnit.NANOSECONDS.convert(delay));
    Timer timer = new Timer(this, task, now + nanos / tickNanos + 2);
    timer.linkBefore(slots[(int) (timer.tick % SLOTS)]);
    size++;
    if (next == null) {
      waitForTick();
    }
    return timer;
  }

  /** Returns how many timers wait. */
  public int size() {
    return size;
  }

  private long ticks() {
    return (loop.ticker().nanoTime() - start) / tickNanos;
  }

  private void waitForTick() {
    long nanos = start + (hand + 1) * tickNanos - loop.ticker().nanoTime();
    next = loop.schedule(this::tick, Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  private void tick() {
    next = null;
    long now = ticks();
    // One turn looks at each slot: more of them would look at the same.
    for (long last = Math.min(now, hand + SLOTS); hand < last && size > 0; ) {
      hand++;
      expire(slots[(int) (hand % SLOTS)], now);
    }
    hand = now;
    if (size > 0 && next == null) {
      waitForTick();
    }
  }

  /** Runs what is due of a slot. A task may set and cancel any timer, also of this slot. */
  private void expire(Timer end, long now) {
    Timer due = new Timer(this, () -> {}, 0);
    for (Timer timer = end.next; timer != end; ) {
      Timer following = timer.next;
      if (timer.tick <= now) {
        timer.unlink();
        timer.linkBefore(due);
      }
      timer = following;
    }
    for (Timer timer; (timer = due.next) != due; ) {
      timer.cancel();
      try {
        timer.task.run();
      } catch (RuntimeException e) {
        LOGGER.warn("{}: a timer's task threw", loop, e);
      }
    }
  }
}
