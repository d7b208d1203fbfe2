package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.os.Abi;
import io.gatun.os.Os;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Something that runs on a thread of its own. */
final class Task<T extends @Nullable Object> {
  /** Longer than anything here takes on the slowest machine; only a failure waits for it. */
  static final long SECONDS = Abi.HOST.os() == Os.WINDOWS ? 30 : 10; // Wine takes its time

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Path THREADS = Path.of("/proc/self/task");

  /** Where the system tells of a thread, by its name. It may have ended since. */
  private static final Map<String, Path> DIRECTORIES = new ConcurrentHashMap<>();

  /** Under Wine the folder can be seen, too, but the threads have other names there. */
  private static final boolean TELLS_CALLS =
      Abi.HOST.os() == Os.LINUX && Files.isDirectory(THREADS);

  private final FutureTask<T> future;
  private final Thread thread;

  private Task(ThreadKind kind, Callable<T> body) {
    future = new FutureTask<>(body);
    // Linux shows the first 15 characters of a name.
    thread = kind.builder().name("task-" + COUNT.incrementAndGet()).unstarted(future);
  }

  static <T extends @Nullable Object> Task<T> start(ThreadKind kind, Callable<T> body) {
    Task<T> task = new Task<>(kind, body);
    task.thread.start();
    return task;
  }

  Thread thread() {
    return thread;
  }

  boolean isDone() {
    return future.isDone();
  }

  T result() throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  /** Returns what the body threw. */
  <X extends Throwable> X failure(Class<X> type) {
    ExecutionException e = assertThrows(ExecutionException.class, this::result);
    return assertThrows(
        type,
        () -> {
          throw e.getCause() == null ? e : e.getCause();
        });
  }

  /** Returns once the thread waits: a virtual thread is parked, another is inside the kernel. */
  Task<T> awaitWaiting() throws Exception {
    awaitWaiting(thread);
    assertFalse(future.isDone(), "it had nothing to wait for");
    return this;
  }

  /** Returns once a thread waits, or has ended. */
  static void awaitWaiting(Thread thread) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!isWaiting(thread)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(thread + " never came to wait");
      }
      Thread.onSpinWait();
    }
  }

  private static boolean isWaiting(Thread thread) throws IOException {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING, TERMINATED -> true;
      case RUNNABLE -> !thread.isVirtual() && isInsideKernel(thread);
      case NEW, BLOCKED -> false;
    };
  }

  /** To Java a thread inside a foreign call runs: the kernel knows better. */
  private static boolean isInsideKernel(Thread thread) throws IOException {
    if (!TELLS_CALLS) {
      return true; // nobody to ask: the test is then weaker, and still right
    }
    String name = thread.getName();
    Path directory = DIRECTORIES.get(name);
    if (directory == null || !name.equals(nameOf(directory))) {
      findDirectories(); // all at once: of a thousand threads each would look at a thousand
      directory = DIRECTORIES.get(name);
    }
    if (directory == null) {
      return false;
    }
    try {
      String call = Files.readString(directory.resolve("syscall"));
      // 202 and 98 are futex(2) of x86-64 and aarch64: the Java runtime itself waits.
      return !call.startsWith("running")
          && !call.startsWith("-1 ")
          && !call.startsWith("202 ")
          && !call.startsWith("98 ");
    } catch (IOException ended) {
      return false;
    }
  }

  private static void findDirectories() throws IOException {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path directory : threads) {
        DIRECTORIES.put(nameOf(directory), directory);
      }
    }
  }

  /** Returns an empty name when the thread has ended. */
  private static String nameOf(Path directory) {
    try {
      return Files.readString(directory.resolve("comm")).strip();
    } catch (IOException ended) {
      return "";
    }
  }
}
