package io.gatun.benchmarks;

import java.util.concurrent.TimeUnit;

/** Says what goes on, on standard error: a line that is written over, on a terminal. */
final class Progress {
  private final long start = System.nanoTime();

  @SuppressWarnings(
      "SystemConsoleNull") // JDK 25 returns null all the same where there is no terminal
  private final boolean terminal = System.console() != null && System.console().isTerminal();

  private String name = "";

  /** A comparison begins. */
  void begin(String comparison) {
    name = comparison;
    if (!terminal) {
      System.err.println(elapsed() + " " + name);
    }
  }

  void tell(String what) {
    if (terminal) {
      System.err.printf("\r\033[K%s %s: %s", elapsed(), name, what);
    }
  }

  /** Makes room for results. */
  void clear() {
    if (terminal) {
      System.err.print("\r\033[K");
    }
  }

  String elapsed() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    return String.format("%2d:%02d", seconds / 60, seconds % 60);
  }
}
