package io.gatun.benchmarks.echo;

import java.io.IOException;
import java.io.OutputStream;

/** What a server process owes whoever started it. */
final class Serving {
  private Serving() {}

  /** Prints the port, and returns when standard input ends: the one who started it has gone. */
  static void on(int port) throws IOException {
    System.out.println(port);
    System.in.transferTo(OutputStream.nullOutputStream());
  }
}
