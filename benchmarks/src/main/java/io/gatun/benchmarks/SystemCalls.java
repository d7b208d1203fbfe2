package io.gatun.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Counts the system calls that servers make for a message, and sockets for a call. */
final class SystemCalls extends Comparison {
  private static final Predicate<String> ACCEPTED =
      Pattern.compile("^accept4?\\(.* = [0-9]").asPredicate();
  private static final int WARM_UP_MESSAGES = 50;
  private static final int BYTES = 64;

  /** Those that move bytes. */
  private static final Set<String> MOVES =
      Set.of("recvfrom", "sendto", "recvmsg", "sendmsg", "read", "write", "readv", "writev");

  /** How the loops of those who are compared wait. */
  private static final Set<String> WAITS =
      Set.of("epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll");

  SystemCalls() {
    super(
        Settings.of(
            "contenders", "c,gatun-epoll,gatun-poll,netty-epoll,netty-nio,nio",
            "loads", "16",
            "rounds", "1",
            "millis", "0",
            "messages", "500"));
  }

  @Override
  String title() {
    return "System calls";
  }

  @Override
  String how() {
    return """
    Counted by strace, which slows everything down: so it shows what a loop does when it finds several connections
    ready, each with one message at a time. Calls that set connections up and take them down are counted too.
    What io_uring does in the kernel no call shows.\
    """;
  }

  @Override
  String loads() {
    return "connections";
  }

  @Override
  List<Metric> metrics() {
    return List.of(
        Metric.less("Calls that move bytes, a message", "", 2, Target.of(1, "c")),
        Metric.less("Calls that wait, a message", "", 2),
        Metric.less("All calls of the loop's thread, a message", "", 2));
  }

  @Override
  List<String> programs() {
    return List.of("cc");
  }

  @Override
  boolean knows(String contender) {
    return EchoServers.knows(contender);
  }

  @Override
  boolean loadsWith(String load) {
    return load.matches(Settings.NUMBER);
  }

  @Override
  int warmUpMillis() {
    return 0;
  }

  @Override
  void prepare() throws IOException {
    String why = Trace.unavailability();
    if (why != null) {
      throw new IOException(why);
    }
    notes.add("The sockets' calls, for %d messages there and back:".formatted(messages()));
    StringBuilder block = new StringBuilder("```\n");
    ofSocket(messages()).forEach((phase, counts) -> block.append(line(phase.toString(), counts)));
    notes.add(block.append("```").toString());
    notes.add("The servers':");
  }

  private int messages() {
    return settings.number("messages");
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    List<String> command = EchoServers.command(contender);
    ServerProcess.start(command).close(); // whether it can run
    return (load, millis) -> {
      int connections = Integer.parseInt(load);
      Map<String, Long> counts = ofServer(command, connections, messages());
      notes.add("```\n" + line(contender, counts) + "```");
      double all = connections * messages();
      return new double[] {
        sum(counts, MOVES) / all, sum(counts, WAITS) / all, sum(counts, counts.keySet()) / all
      };
    };
  }

  private static long sum(Map<String, Long> counts, Set<String> calls) {
    return calls.stream().mapToLong(call -> counts.getOrDefault(call, 0L)).sum();
  }

  private static String line(String name, Map<String, Long> counts) {
    StringBuilder line = new StringBuilder(String.format("%-36s", name));
    counts.forEach(
        (call, count) -> line.append(' ').append(call).append(' ').append(count).append(' '));
    return line.toString().stripTrailing() + "\n";
  }

  /**
   * The calls of an echo server's loop from the first of the connections to the end of the last.
   * Each connection asks once while the others do, so the loop finds several to serve at a time.
   */
  static Map<String, Long> ofServer(List<String> command, int connections, int messages)
      throws IOException {
    Trace trace = new Trace();
    try (ServerProcess server = ServerProcess.start(trace.of(command))) {
      converse(server.port(), connections, WARM_UP_MESSAGES);
      converse(server.port(), connections, messages);
    }
    List<String> lines = trace.threadThat(ACCEPTED);
    int accepted = 0;
    int from = lines.size();
    while (accepted < connections) {
      if (ACCEPTED.test(lines.get(--from))) {
        accepted++;
      }
    }
    return Trace.count(lines.subList(from, lines.size()));
  }

  private static void converse(int port, int connections, int messages) throws IOException {
    byte[] message = new byte[BYTES];
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        sockets.add(socket);
      }
      for (int i = 0; i < messages; i++) {
        for (Socket socket : sockets) {
          socket.getOutputStream().write(message);
        }
        for (Socket socket : sockets) {
          socket.getInputStream().readNBytes(message, 0, BYTES);
        }
      }
      for (Socket socket : sockets) {
        socket.shutdownOutput();
      }
      for (Socket socket : sockets) {
        socket.getInputStream().readAllBytes(); // the server has closed it
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  /** The calls of a thread that uses a socket, by what it does: see {@link TracedSocket}. */
  static Map<TracedSocket.Phase, Map<String, Long>> ofSocket(int messages) throws IOException {
    Trace trace = new Trace();
    // It does all it does before it says a word.
    ServerProcess.start(trace.of(ServerProcess.java(TracedSocket.class, "" + messages))).close();
    List<String> lines = trace.threadThat(line -> line.startsWith(TracedSocket.MARK));
    List<Integer> marks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(TracedSocket.MARK)) {
        marks.add(i);
      }
    }
    Map<TracedSocket.Phase, Map<String, Long>> counts = new LinkedHashMap<>();
    int mark = marks.size() / 2; // those of the second round
    for (TracedSocket.Phase phase : TracedSocket.phases()) {
      int from = marks.get(mark++) + 1;
      counts.put(phase, Trace.count(lines.subList(from, marks.get(mark++))));
    }
    return counts;
  }
}
