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
    and begins again.\
    """;
  }

  @Override
  String loads() {
    return "at a time";
  }

  @Override
  List<Metric> metrics() {
    return List.of(
        Metric.more("Connections a second", "", 0, 0.9),
        Metric.less("CPU time a connection", "ns", 0, 0));
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
        double[] counts = churn.run(server.port(), millis, server.pid());
        return new double[] {counts[0] * 1e9 / counts[1], counts[2] / counts[0]};
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }
}
