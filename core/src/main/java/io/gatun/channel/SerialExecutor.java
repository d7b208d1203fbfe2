package io.gatun.channel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one at a time and in order on an executor that may have many threads. */
final class SerialExecutor implements Runnable {
  /** Tasks in a row, before others of the executor have their turn. */
  private static final int MAX_TASKS = 64;

  /** Either of the two is called, once, and never at the same time as another task's. */
  interface Task {
    void run();

    /** The executor takes nothing more. Runs on the thread that it refused. */
    void reject(RejectedExecutionException cause);
  }

  private final Executor executor;
  private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();

  /** Tasks that are not finished; who makes it 1 sees to it that they run. */
  private final AtomicInteger count = new AtomicInteger();

  SerialExecutor(Executor executor) {
    this.executor = executor;
  }

  void execute(Task task) {
    tasks.add(task);
    if (count.getAndIncrement() == 0) {
      start();
    }
  }

  private void start() {
    try {
      executor.execute(this);
    } catch (RejectedExecutionException e) {
      do {
        next().reject(e);
      } while (count.decrementAndGet() > 0);
    }
  }

  @Override
  public void run() {
    for (int i = 0; i < MAX_TASKS; i++) {
      next().run();
      if (count.decrementAndGet() == 0) {
        return;
      }
    }
    start();
  }

  private Task next() {
    Task task = tasks.poll();
    if (task == null) {
      throw new IllegalStateException("fewer tasks than were counted");
    }
    return task;
  }
}
