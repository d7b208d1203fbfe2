package io.gatun.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares echo servers on one event loop, under load from a program in C. */
class EchoComparison extends Comparison {
  /** What else one would take in Java. */
  private static final String[] JAVA = {
    "netty-epoll", "netty-io_uring", "netty-nio", "nio", "virtual"
  };

  private @Nullable Generator generator;

  EchoComparison() {
    this(
        Settings.of(
            "c,gatun-epoll,netty-epoll,netty-io_uring,netty-nio,nio,virtual",
            "1:64:1,64:64:1,512:256:1,64:64:16,64:16384:1",
            7,
            500));
  }

  EchoComparison(Settings settings) {
    super(settings);
  }

  @Override
  String title() {
    return "Echo servers";
  }

  @Override
  String how() {
    return """
    Each server is a process with one event loop (`virtual`: a virtual thread of one carrier for each
    `java.net.Socket`) on the first processor; a program in C loads it from the last. `c` is a server in C with
    epoll, edge-triggered, one `recv` and one `send` a message. All run as they are set up by default, leak
    detection of Netty's buffers included.\
    """;
  }

  @Override
  String loads() {
    return "connections:bytes:in flight";
  }

  @Override
  List<Metric> metrics() {
    return List.of(
        Metric.less(
            "CPU time a request",
            "ns",
            0,
            Target.of(1.05, EchoServers.LIMIT),
            Target.of(1, JAVA),
            Target.of(0.8, "netty-epoll").with("512:256:1")),
        Metric.more("Requests a second", "", 0));
  }

  @Override
  boolean knows(String contender) {
    return EchoServers.knows(contender);
  }

  @Override
  boolean loadsWith(String load) {
    return load.matches(String.join(":", Collections.nCopies(3, Settings.NUMBER)));
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    generator = Generator.compile("load");
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    ServerProcess server = ServerProcess.start(Machine.onFirst(EchoServers.command(contender)));
    return new Contender() {
      @Override
      public double[] measure(String load, int millis) throws IOException, InterruptedException {
        return ask(server.port(), server.pid(), load, millis);
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }

  /** Loads a server. Returns the CPU time of a request and the requests a second. */
  final double[] ask(int port, long pid, String load, int millis)
      throws IOException, InterruptedException {
    if (generator == null) {
      throw new IllegalStateException("not prepared");
    }
    List<Object> arguments = new ArrayList<>(List.of(port));
    arguments.addAll(Arrays.asList(load.split(":", 3)));
    arguments.addAll(List.of(millis, pid));
    double[] counts = generator.run(arguments.toArray());
    return new double[] {counts[2] / counts[0], counts[0] * 1e9 / counts[1]};
  }
}
