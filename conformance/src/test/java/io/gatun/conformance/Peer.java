package io.gatun.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Somebody else's program in a process of its own. Its output and its errors are one. */
final class Peer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Process process;
  private final BufferedReader out;

  Peer(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    out = process.inputReader(UTF_8);
  }

  /** Ends a test that needs a program which is not there. */
  static void assumeInstalled(String name) {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    assumeTrue(installed, name + " is not installed");
  }

  /** Runs a program to its end, which must be a good one. */
  static void run(String... command) throws IOException, InterruptedException {
    try (Peer peer = new Peer(List.of(command))) {
      String text = peer.rest();
      assertTrue(peer.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), command[0] + " hangs");
      assertTrue(peer.process.exitValue() == 0, command[0] + ": " + text);
    }
  }

  /** Returns the first line that has a text in it. */
  String awaitLine(String text) throws IOException {
    StringBuilder before = new StringBuilder();
    for (String line; (line = out.readLine()) != null; before.append(line).append('\n')) {
      if (line.contains(text)) {
        return line;
      }
    }
    throw new IOException("no line has \"" + text + "\": " + before);
  }

  /** Reads on and forgets it, so that the program never waits for a reader. */
  void drain() {
    CompletableFuture.runAsync(
        () -> {
          try {
            String _ = rest();
          } catch (IOException ended) {
            // It was closed.
          }
        },
        reading -> Thread.ofPlatform().daemon().start(reading));
  }

  /** Gives the program some input. */
  void write(String text) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(text.getBytes(UTF_8));
    in.flush();
  }

  /** Returns what it writes until its end. */
  String rest() throws IOException {
    StringBuilder text = new StringBuilder();
    char[] some = new char[4096];
    for (int count; (count = out.read(some)) >= 0; ) {
      text.append(some, 0, count);
    }
    return text.toString();
  }

  /** Sends a signal by its name, and waits for the end. */
  void end(String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start();
    assertTrue(kill.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it does not end");
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    out.close();
  }
}
