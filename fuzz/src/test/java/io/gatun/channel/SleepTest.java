package io.gatun.channel;

import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/**
 * A loop's falling asleep against what wakes it, in many orders of their steps: the window that a
 * missing look leaves is a few nanoseconds wide, and no stress test meets it. Lincheck's agent
 * rewrites classes of its JVM, which is why this is no test of core's module.
 */
final class SleepTest {
  private static final int SCHEDULES = 1_000;

  /** A loop with nothing but its tasks, and an alarm like the descriptor of a driver. */
  private static final class Loop {
    private final Sleep sleep = new Sleep(() -> tasks() > 0, this::alarm);
    private int tasks;
    private boolean rings;
    private boolean closed;
    private boolean rangTooLate;

    private synchronized int tasks() {
      return tasks;
    }

    void give() {
      synchronized (this) {
        tasks++;
      }
      sleep.interrupt();
    }

    private synchronized void alarm() {
      rangTooLate |= closed;
      rings = true;
      notifyAll();
    }

    private synchronized void await(boolean mayWait) throws InterruptedException {
      while (mayWait && !rings) {
        wait();
      }
      rings = false;
    }

    private synchronized int takeTasks() {
      int taken = tasks;
      tasks = 0;
      return taken;
    }

    void run(int count) throws InterruptedException {
      while (count > 0) {
        await(sleep.begin());
        sleep.end();
        count -= takeTasks();
      }
      sleep.close();
      synchronized (this) {
        closed = true;
      }
    }
  }

  @Test
  void noScheduleLosesAWakeUpOrWakesALoopThatHasEnded() {
    Lincheck.runConcurrentTest(SCHEDULES, SleepTest::threeThreads);
  }

  private static void threeThreads() {
    Loop loop = new Loop();
    Thread one = new Thread(loop::give);
    Thread other = new Thread(loop::give);
    one.start();
    other.start();
    try {
      loop.run(2);
      one.join();
      other.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (loop.rangTooLate) {
      throw new AssertionError("an ended loop's descriptor is written to");
    }
  }
}
