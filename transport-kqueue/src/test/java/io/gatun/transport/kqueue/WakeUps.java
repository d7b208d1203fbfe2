package io.gatun.transport.kqueue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What threads that add tasks and the one that waits for them share. */
final class WakeUps {
  private static final long LONG = TimeUnit.SECONDS.toNanos(30);

  private final KqueuePoller poller;
  private final AtomicInteger tasks = new AtomicInteger();

  WakeUps() {
    try {
      poller = new KqueuePoller(Boolean.parseBoolean(System.getProperty("gatun.test.userEvent")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void addAndWake() {
    tasks.incrementAndGet();
    poller.wakeup();
  }

  /** Waits until there are so many tasks and returns their number, or −1 if a wait went on. */
  int awaitTasks(int count) {
    while (tasks.get() < count) {
      long start = System.nanoTime();
      int ignored = poller.await(LONG);
      if (System.nanoTime() - start >= LONG) {
        return -1;
      }
    }
    return tasks.get();
  }

  void close() {
    poller.close();
  }
}
