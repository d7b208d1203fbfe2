package io.gatun.benchmarks;

import io.gatun.benchmarks.client.FirstByte;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares the time from a process's start to the first byte that comes back to it. */
final class StartUp extends Comparison {
  private static final String AOT = "-aot";

  private @Nullable ServerProcess peer;

  StartUp() {
    super(
        Settings.of(
            "net,net-aot,ffm,ffm-aot,gatun,gatun-aot,gatun-channel,gatun-channel-aot,python",
            "first byte",
            15,
            0));
  }

  @Override
  String title() {
    return "Start-up";
  }

  @Override
  String how() {
    return """
    The time from the start of a process to the line that it prints when it has connected, sent a byte and received
    it. `net` is a program with nothing but a `java.net.Socket`, `ffm` one that links five functions of C and calls
    them: what five calls take that each have their own shape, four in all. Linking with fewer shapes is a way down.
    Those with `-aot` have the JDK's ahead-of-time cache of a run of themselves (`-XX:AOTCache`), as `./gatun` has one.\
    """;
  }

  @Override
  String loads() {
    return "until";
  }

  @Override
  List<Metric> metrics() {
    return List.of(Metric.less("Time to the first byte", "ms", 0, Target.of(1.2, "net")));
  }

  @Override
  int warmUpMillis() {
    return 1; // one start, so that files are in memory
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    peer =
        ServerProcess.start(Machine.onLast(List.of(CProgram.compile("peer").toString(), "echo")));
  }

  @Override
  void finish() throws IOException {
    if (peer != null) {
      peer.close();
    }
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    List<String> command = command(contender, List.of());
    if (contender.endsWith(AOT)) {
      Path cache = Scratch.file(Scratch.folder().resolve(contender));
      List<String> training =
          command(contender, List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:disable"));
      int ignored =
          new ProcessBuilder(training)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (!cache.toFile().exists()) {
        throw new CannotRunException("this JDK made no ahead-of-time cache");
      }
      command = command(contender, List.of("-XX:AOTCache=" + cache));
    }
    List<String> started = command;
    return (load, millis) -> new double[] {run(started)};
  }

  private List<String> command(String contender, List<String> options)
      throws IOException, InterruptedException {
    if (peer == null) {
      throw new IllegalStateException("not prepared");
    }
    String port = "" + peer.port();
    List<String> command =
        switch (contender.replace(AOT, "")) {
          case "net" -> ServerProcess.java(options, FirstByte.Net.class, port);
          case "ffm" -> ServerProcess.java(options, FirstByte.Ffm.class, port);
          case "gatun" -> ServerProcess.java(options, FirstByte.Gatun.class, port);
          case "gatun-channel" -> ServerProcess.java(options, FirstByte.Channels.class, port);
          case "python" -> new ArrayList<>(Python.command("first", port));
          default -> throw new IllegalArgumentException("there is no " + contender);
        };
    return Machine.onFirst(command);
  }

  /** Returns the milliseconds to the line that a program prints, and waits for its end. */
  private static double run(List<String> command) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      if (output.readLine() == null) {
        throw new IOException("ended before its first byte: " + String.join(" ", command));
      }
      double millis = (System.nanoTime() - start) / 1e6;
      if (process.waitFor() != 0) {
        throw new IOException("failed: " + String.join(" ", command));
      }
      return millis;
    }
  }
}
