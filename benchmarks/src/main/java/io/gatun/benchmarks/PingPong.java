package io.gatun.benchmarks;

import java.io.IOException;
import java.util.List;

/** Compares a message there and back. */
final class PingPong extends Blocking {
  private static final String GATUN = "gatun-array,gatun-buffer,gatun-segment,gatun-bytebuf";

  private final String title;
  private final String how;
  private final List<Target> targets;
  private final int warmUpMillis;

  private PingPong(
      String contenders,
      String mode,
      String title,
      String how,
      int warmUpMillis,
      Target... targets) {
    super(Settings.of(contenders, "64", 7, 500), mode);
    this.title = title;
    this.how = how;
    this.warmUpMillis = warmUpMillis;
    this.targets = List.of(targets);
  }

  static PingPong blocking() {
    return new PingPong(
        "c," + GATUN + ",net,channel,python",
        "blocking",
        "Ping-pong",
        "`sendAll` and `recvInto` of 64 bytes with each kind of buffer (`byte[]`, direct"
            + " `ByteBuffer`, native `MemorySegment`, direct `ByteBuf`), no timeout, on a platform"
            + " thread, beside `send` and `recv` in C, `java.net.Socket`, `SocketChannel` and"
            + " CPython. Client and peer share one processor.",
        2500,
        Target.of(1.05, "c"),
        Target.of(1, "net", "channel"));
  }

  static PingPong timeout() {
    return new PingPong(
        "c," + GATUN + ",net,python",
        "timeout",
        "Ping-pong with a timeout",
        "The same with a timeout of a minute; in C `poll` before each `recv`.",
        2500,
        Target.of(1.05, "c"),
        Target.of(1, "net"));
  }

  static PingPong virtual() {
    return new PingPong(
        "net," + GATUN + ",channel",
        "virtual",
        "Ping-pong on a virtual thread",
        """
        The same on a virtual thread, beside `java.net.Socket` on one. Both hand over twice a round trip, from the thread
        that waits in epoll to the virtual thread's carrier and back: 1.7 to 2.0 context switches were counted of each.
        A program that waits on the carrier itself keeps it from all other virtual threads.\
        """,
        10_000, // no less than what datagrams take to be compiled
        Target.of(0.9, "net"),
        Target.of(1, "channel"));
  }

  @Override
  String title() {
    return title;
  }

  @Override
  String how() {
    return how;
  }

  @Override
  String loads() {
    return "bytes";
  }

  @Override
  List<Metric> metrics() {
    return List.of(Metric.less("Time of a round trip", "ns", 0, targets.toArray(Target[]::new)));
  }

  @Override
  int warmUpMillis() {
    return warmUpMillis;
  }

  @Override
  boolean loadsWith(String load) {
    return load.matches(Settings.NUMBER);
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    peer("echo", "tcp");
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    ServerProcess client = client(contender);
    return new Contender() {
      @Override
      public double[] measure(String load, int millis) throws IOException {
        return new double[] {ask(client, "pingpong", "echo", "tcp", load, millis)};
      }

      @Override
      public void close() throws IOException {
        client.close();
      }
    };
  }
}
