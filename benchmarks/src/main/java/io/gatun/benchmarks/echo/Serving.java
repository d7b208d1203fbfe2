package io.gatun.benchmarks.echo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;

/** What a server process owes whoever started it. */
final class Serving {
  private Serving() {}

  /**
   * Prints the port; answers each line with the bytes of the heap that are in use after a full
   * collection; returns when standard input ends: the one who started it has gone.
   */
  static void on(int port) throws IOException {
    System.out.println(port);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (lines.readLine() != null) {
      MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
      memory
          .gc(); // twice: what the first has found to be finalized or cleaned goes with the second
      memory.gc();
      System.out.println(memory.getHeapMemoryUsage().getUsed());
    }
  }

  /** Says why this cannot serve here. */
  static void not(String why) {
    System.out.println("unavailable: " + why.lines().findFirst().orElse(""));
  }
}
