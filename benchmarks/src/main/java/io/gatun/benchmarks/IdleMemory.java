package io.gatun.benchmarks;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares the memory of connections on which nothing happens. */
final class IdleMemory extends EchoComparison {
  private static final int BYTES = 64;
  private static final int WARM_UP_CONNECTIONS = 5000;
  private static final int WARM_UP_MILLIS = 2000;

  private @Nullable Generator idlers;

  IdleMemory() {
    super(
        Settings.of(
            "contenders", "netty-epoll,gatun-epoll,nio",
            "loads", "silent,answered",
            "rounds", "3",
            "millis", "0",
            "connections", "18000"));
  }

  @Override
  String title() {
    return "Idle connections";
  }

  @Override
  String how() {
    return """
    What a process holds with %s connections less what it held without them, a connection. The heap is what is in use
    after a full collection; native is the rest of the resident memory, the heap being resident from the start.
    `silent` connections have only been accepted; on `answered` ones 64 bytes have been echoed. The kernel's own
    memory is not counted.\
    """
        .formatted(settings.get("connections"));
  }

  @Override
  String loads() {
    return "connections are";
  }

  @Override
  List<Metric> metrics() {
    return List.of(
        Metric.less("Heap and native memory a connection", "B", 0, Target.of(0.333, "netty-epoll")),
        Metric.less("Heap a connection", "B", 0),
        Metric.less("Native memory a connection", "B", 0));
  }

  /** What tells the size of its heap. */
  @Override
  boolean knows(String contender) {
    return super.knows(contender) && !contender.equals(EchoServers.LIMIT);
  }

  @Override
  boolean loadsWith(String load) {
    return settings.standard("loads").contains(load);
  }

  @Override
  int warmUpMillis() {
    return 0;
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    super.prepare();
    idlers = Generator.compile("idle");
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    List<String> command = EchoServers.command(contender);
    // All of the heap's pages are there from the start, so that what is added is not the heap's;
    // the first compiler alone is soon done, and takes little memory of its own.
    command.addAll(
        1,
        List.of(
            "-Xms192m",
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch",
            "-XX:TieredStopAtLevel=1"));
    return (load, millis) -> measure(command, load.equals("answered") ? BYTES : 0);
  }

  private double[] measure(List<String> command, int bytes)
      throws IOException, InterruptedException {
    Generator idle = idlers;
    if (idle == null) {
      throw new IllegalStateException("not prepared");
    }
    int connections = settings.number("connections");
    try (ServerProcess server = ServerProcess.start(Machine.onFirst(command))) {
      // What is compiled and grown once is no connection's.
      idle.start(server.port(), WARM_UP_CONNECTIONS, BYTES).close();
      double[] ignored = ask(server.port(), server.pid(), "64:64:1", WARM_UP_MILLIS);
      double heap = server.ask("memory")[0];
      double resident = Machine.resident(server.pid());
      try (ServerProcess clients = idle.start(server.port(), connections, bytes)) {
        heap = (server.ask("memory")[0] - heap) / connections;
        resident = (Machine.resident(server.pid()) - resident) / connections;
        if (clients.port() != 0) {
          throw new IOException("unexpected answer");
        }
      }
      return new double[] {heap + resident, heap, resident};
    }
  }
}
