package io.gatun.benchmarks;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares how fast servers take connections and let them go. */
final class Accepting extends Comparison {
  private @Nullable Generator generator;

  Accepting() {
    super(Settings.of("c,gatun-epoll,netty-epoll,netty-nio,nio", "64", 7, 500));
  }

  @Override
  String title() {
    return "Accepting and closing";
  }

  @Override
  String how() {
    return """
    The same servers; a program in C opens 64 connections, ends its half of each, waits until the server has closed,
    and begins again. That takes it longer than the server in C, which has time to idle: so the target is one of CPU
    time, and how many connections a second there were is for information.\
    """;
  }

  @Override
  String loads() {
    return "at a time";
  }

  @Override
  List<Metric> metrics() {
    return List.of(
        Metric.less("CPU time a connection", "ns", 0, Target.of(1.11, EchoServers.LIMIT)),
        Metric.more("Connections a second", "", 0));
  }

  @Override
  int warmUpMillis() {
    return 10_000; // what accepts runs seldom, so it is long until it is compiled
  }

  @Override
  boolean knows(String contender) {
    return EchoServers.knows(contender);
  }

  /** As many as a process may have open on most machines, at most. */
  @Override
  boolean loadsWith(String load) {
    return load.matches("[1-9][0-9]{0,2}");
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    generator = Generator.compile("churn");
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    ServerProcess server = ServerProcess.start(Machine.onFirst(EchoServers.command(contender)));
    Generator churn = generator;
    if (churn == null) {
      throw new IllegalStateException("not prepared");
    }
    return new Contender() {
      @Override
      public double[] measure(String load, int millis) throws IOException, InterruptedException {
        double[] counts = churn.run(server.port(), load, millis, server.pid());
        return new double[] {counts[2] / counts[0], counts[0] * 1e9 / counts[1]};
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }
}
