package io.gatun.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Counts the system calls that servers make for a message, and sockets for a call. */
final class SystemCalls {
  private static final Predicate<String> ACCEPTED =
      Pattern.compile("^accept4?\\(.* = [0-9]").asPredicate();
  private static final int WARM_UP_MESSAGES = 50;
  private static final int BYTES = 64;

  private SystemCalls() {}

  static Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("connections", "16");
    settings.put("messages", "500");
    return settings;
  }

  static void run(Map<String, String> settings) throws IOException, InterruptedException {
    String why = Trace.unavailability();
    if (why != null) {
      throw new IOException(why);
    }
    int connections = Integer.parseInt(settings.getOrDefault("connections", ""));
    int messages = Integer.parseInt(settings.getOrDefault("messages", ""));
    Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
    for (String name : EchoServers.names()) {
      if (!name.equals(EchoServers.BLOCKING)) {
        counts.put(name, ofServer(EchoServers.command(name), connections, messages));
      }
    }
    System.out.printf(
        "Echo servers: %d connections, %d messages on each = %d%n",
        connections, messages, connections * messages);
    print(counts);
    System.out.printf("%nSockets: %d messages there and back%n", messages);
    print(ofSocket(messages));
  }

  private static void print(Map<?, Map<String, Long>> counts) {
    for (Map.Entry<?, Map<String, Long>> entry : counts.entrySet()) {
      System.out.printf("  %-30s", entry.getKey());
      entry.getValue().forEach((call, count) -> System.out.printf(" %s %d ", call, count));
      System.out.println();
    }
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
