package io.gatun.benchmarks;

import java.io.IOException;
import java.util.List;

/** Compares how many bytes a second go through a socket in one direction. */
final class Streaming extends Blocking {
  Streaming() {
    super(
        Settings.of(
            "c,gatun-array,gatun-segment,net,channel,junixsocket,python",
            "tcp:send:4096,tcp:send:65536,tcp:receive:4096,tcp:receive:65536,"
                + "unix:send:4096,unix:send:65536,unix:receive:4096,unix:receive:65536",
            7,
            300),
        "blocking");
  }

  @Override
  String title() {
    return "Streaming";
  }

  @Override
  String how() {
    return """
    `sendAll` to a peer in C that receives without end, or `recvInto` of one that sends. Client and peer share one
    processor: on two of a virtual machine what is measured is how long an idle one takes to wake up. A call that may
    block cannot be given an array, which the garbage collector may move: all copy those, but for Gatun where a call
    need not wait. `net` (`java.net.Socket`) has
    no Unix sockets, `junixsocket` nothing else.\
    """;
  }

  @Override
  String loads() {
    return "family:direction:bytes a call";
  }

  @Override
  List<Metric> metrics() {
    return List.of(
        Metric.more(
            "Throughput",
            "GB/s",
            2,
            Target.of(0.97, "c"),
            Target.of(1, "net", "channel", "junixsocket")));
  }

  @Override
  boolean knows(String contender) {
    return super.knows(contender) || List.of("gatun-buffer", "gatun-bytebuf").contains(contender);
  }

  @Override
  boolean loadsWith(String load) {
    return load.matches("(tcp|unix):(send|receive):" + Settings.NUMBER);
  }

  @Override
  int warmUpMillis() {
    return 700; // eight times
  }

  @Override
  boolean does(String contender, String load) {
    boolean unix = load.startsWith("unix");
    return unix ? !contender.equals("net") : !contender.equals("junixsocket");
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    for (String family : List.of("tcp", "unix")) {
      peer("sink", family);
      peer("source", family);
    }
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    ServerProcess client = client(contender);
    return new Contender() {
      @Override
      public double[] measure(String load, int millis) throws IOException {
        String[] parts = load.split(":", 3);
        String peer = parts[1].equals("send") ? "sink" : "source";
        double nanos = ask(client, parts[1], peer, parts[0], parts[2], millis);
        return new double[] {Double.parseDouble(parts[2]) / nanos};
      }

      @Override
      public void close() throws IOException {
        client.close();
      }
    };
  }
}
