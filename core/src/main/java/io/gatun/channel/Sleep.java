package io.gatun.channel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Whether a loop sleeps, and who wakes it: nobody's work waits for a loop that sleeps, one of those
 * who have given it work sounds the alarm, and none does once the loop has ended and the alarm's
 * descriptor is another's.
 *
 * <p>An alarm may come when the loop has woken by itself, and end its next wait at once. That is
 * cheaper than to let the loop wait until it has come: whoever sounds it may have lost its
 * processor to the loop.
 */
final class Sleep {
  private final AtomicBoolean asleep = new AtomicBoolean();

  /** Those who are about to sound the alarm, or have just done so. */
  private final AtomicInteger wakers = new AtomicInteger();

  private final BooleanSupplier hasWork;
  private final Runnable alarm;

  /** For a loop that has work or none, and an alarm that ends its wait: this one or the next. */
  Sleep(BooleanSupplier hasWork, Runnable alarm) {
    this.hasWork = hasWork;
    this.alarm = alarm;
  }

  /** By the loop, which may wait if this is true. In either case {@link #end} comes next. */
  boolean begin() {
    if (hasWork.getAsBoolean()) {
      return false;
    }
    asleep.set(true);
    // Work that came before it could be seen that the loop sleeps is seen here.
    return !hasWork.getAsBoolean();
  }

  /** By the loop, which has waited. */
  void end() {
    asleep.set(false);
  }

  /** By another thread, which has given the loop work. */
  void interrupt() {
    if (asleep.get()) {
      wakers.incrementAndGet(); // first: close() has to see whoever takes the loop out of its sleep
      if (asleep.compareAndSet(true, false)) {
        alarm.run();
      }
      wakers.decrementAndGet();
    }
  }

  /** By the loop, which does not sleep again: the alarm is not sounded after this. */
  void close() {
    while (wakers.get() != 0) {
      Thread.onSpinWait();
    }
  }

  /** By any thread. */
  boolean isNow() {
    return asleep.get();
  }
}
