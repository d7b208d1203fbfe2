package io.gatun.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many threads give tasks, many run them, and an executor ends amid of it. */
final class SerialExecutorTest {
  private static final int THREADS = 4;
  private static final int TASKS = 20_000;

  private final CountDownLatch done = new CountDownLatch(THREADS * TASKS);

  /** By one task at a time, with what one wrote seen by the next: no lock. */
  private final int[] last = new int[THREADS];

  private int inside;
  private int rejected;
  private boolean broken;

  private final class Numbered implements SerialExecutor.Task {
    final int thread;
    final int number;

    Numbered(int thread, int number) {
      this.thread = thread;
      this.number = number;
    }

    @Override
    public void run() {
      broken |= inside++ != 0 || last[thread] != number - 1;
      last[thread] = number;
      inside--;
      done.countDown();
    }

    @Override
    public void reject(RejectedExecutionException cause) {
      rejected++;
      run();
    }
  }

  private void give(SerialExecutor serial, Runnable meanwhile) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int number = 1; number <= TASKS; number++) {
                  serial.execute(new Numbered(thread, number));
                }
              }));
    }
    meanwhile.run();
    assertTrue(done.await(60, TimeUnit.SECONDS), "tasks were lost");
    for (Thread thread : threads) {
      thread.join();
    }
    // The last task ran under the executor's order: a task more sees what it wrote.
    CountDownLatch seen = new CountDownLatch(1);
    boolean[] result = new boolean[1];
    serial.execute(
        new SerialExecutor.Task() {
          @Override
          public void run() {
            result[0] = broken;
            seen.countDown();
          }

          @Override
          public void reject(RejectedExecutionException cause) {
            run();
          }
        });
    assertTrue(seen.await(60, TimeUnit.SECONDS));
    assertEquals(false, result[0], "two at a time, or out of order");
  }

  @Test
  void eachThreadsTasksRunInOrderAndOneAtATime() throws InterruptedException {
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      give(new SerialExecutor(executor), () -> {});
    }
    assertEquals(0, rejected);
  }

  @Test
  void noneIsLostWhenTheExecutorEndsMeanwhile() throws InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(3);
    give(new SerialExecutor(executor), executor::shutdown);
    assertTrue(executor.awaitTermination(60, TimeUnit.SECONDS));
  }
}
