package io.gatun.benchmarks;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same load while more and more connections are open beside it, which do nothing. */
final class Growth extends EchoComparison {
  private static final int ACTIVE = 64;

  private @Nullable Generator idlers;

  Growth() {
    super(Settings.of("c,gatun-epoll,netty-epoll,nio", "64,1,1000,18000", 5, 500));
  }

  @Override
  String title() {
    return "Growth with the connections";
  }

  @Override
  String how() {
    return """
    The echo servers again, 64 bytes a request: at most 64 connections are active, one request each, and the rest are
    open and silent. Ratios are to the same server's first row, where all are active.
    One connection alone is never found ready together with another, and so is waited for each time, in C as well: what
    counts is that Gatun's server grows as C's does.\
    """;
  }

  @Override
  String loads() {
    return "connections";
  }

  @Override
  List<Metric> metrics() {
    return List.of(
        Metric.less("CPU time a request", "ns", 0, Target.of(1.2, EchoServers.LIMIT).ofGrowth()));
  }

  @Override
  boolean loadsWith(String load) {
    return load.matches(Settings.NUMBER);
  }

  @Override
  Baseline baseline() {
    return Baseline.FIRST_LOAD;
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    super.prepare();
    idlers = Generator.compile("idle");
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    ServerProcess server = ServerProcess.start(Machine.onFirst(EchoServers.command(contender)));
    Generator silent = idlers;
    if (silent == null) {
      throw new IllegalStateException("not prepared");
    }
    return new Contender() {
      @Override
      public double[] measure(String load, int millis) throws IOException, InterruptedException {
        int connections = Integer.parseInt(load);
        int active = Math.min(ACTIVE, connections);
        ServerProcess idle = silent.start(server.port(), connections - active, 0);
        try (idle) {
          return ask(server.port(), server.pid(), active + ":64:1", millis);
        }
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }
}
