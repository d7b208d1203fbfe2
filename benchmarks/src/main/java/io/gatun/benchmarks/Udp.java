package io.gatun.benchmarks;

import io.gatun.benchmarks.client.UdpProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares datagrams of 64 bytes, many of them in a call. */
final class Udp extends Comparison {
  private @Nullable Path program;
  private @Nullable ServerProcess sink;

  Udp() {
    super(Settings.of("c,gatun,netty-epoll,nio", "receive,send", 7, 500));
  }

  @Override
  String title() {
    return "Datagrams";
  }

  @Override
  String how() {
    return """
    64 bytes each, `recvmmsg` (with the senders' addresses, which all ask for) and `sendmmsg` of 16 in C. What receives
    is flooded by a program in C on the other processor, which has the kernel cut what it sends into datagrams: so there
    always are some, and what is received is counted by the CPU time that it takes. What sends does so from an event
    loop to a program in C that receives; each datagram is a buffer of its own but in C and with `nio`, which is a
    `DatagramChannel` with one call a datagram. Of Gatun's time about four fifths are the kernel's in receiving and nine
    tenths in sending (async-profiler): what is left is a message, a buffer and an address for each datagram, and its way
    through a pipeline, which the program in C does without.\
    """;
  }

  @Override
  String loads() {
    return "direction";
  }

  @Override
  List<Metric> metrics() {
    return List.of(
        Metric.more("Datagrams a second of CPU time", "", 0, Target.of(0.95, EchoServers.LIMIT)));
  }

  @Override
  int warmUpMillis() {
    return 10_000; // a process for each direction, whose compiler takes so long
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    program = CProgram.compile("udp");
    sink = ServerProcess.start(Machine.onLast(List.of(program.toString(), "receive")));
  }

  @Override
  void finish() throws IOException {
    if (sink != null) {
      sink.close();
    }
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    if (program == null || sink == null) {
      throw new IllegalStateException("not prepared");
    }
    int port = sink.port();
    Generator blast = new Generator(program);
    ServerProcess receiver = ServerProcess.start(command(contender, "receive"));
    ServerProcess sender = ServerProcess.start(command(contender, "send"));
    return new Contender() {
      @Override
      public double[] measure(String load, int millis) throws IOException, InterruptedException {
        if (load.equals("send")) {
          double[] sent = sender.ask(port + " " + millis);
          return new double[] {sent[0] * 1e9 / sent[1]};
        }
        double before = receiver.ask("count")[0];
        double cpu = blast.run("blast", receiver.port(), millis, receiver.pid())[0];
        return new double[] {(receiver.ask("count")[0] - before) * 1e9 / cpu};
      }

      @Override
      public void close() throws IOException {
        receiver.close();
        sender.close();
      }
    };
  }

  private List<String> command(String contender, String what) {
    List<String> command =
        contender.equals(EchoServers.LIMIT)
            ? new ArrayList<>(List.of(String.valueOf(program), what))
            : ServerProcess.java(UdpProgram.class, contender, what);
    return Machine.onFirst(command);
  }
}
