package io.gatun.examples;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Lets a program end in order when SIGINT, SIGTERM or SIGHUP comes: it is told to, and its main
 * thread then decides the exit status.
 */
public final class Signals implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;
  private static final CompletableFuture<Integer> STATUS = new CompletableFuture<>();

  private final Thread hook;
  private volatile boolean came;

  private Signals(Runnable stop) {
    // With the runtime's own handling alone the status would always be 128 plus the signal.
    hook = new Thread(() -> end(stop), "signals");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Runs something when a signal comes, until the result is closed.
   *
   * @param stop makes the main thread come to its end; runs on a thread of its own
   */
  public static Signals onEnd(Runnable stop) {
    return new Signals(stop);
  }

  private void end(Runnable stop) {
    came = true;
    stop.run();
    int status = 1;
    try {
      status = STATUS.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      // Whatever still hangs is ended with the program.
    }
    Runtime.getRuntime().halt(status);
  }

  /** Returns whether a signal came. */
  public boolean came() {
    return came;
  }

  /** Ends the program. */
  static void exit(int status) {
    STATUS.complete(status);
    System.exit(status);
  }

  /** From now on a signal ends the program at once. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // A signal came, and the hook waits for the status.
    }
  }
}
