package io.gatun.benchmarks;

import io.gatun.benchmarks.client.CanProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares frames of CAN through a channel and through the gateway, on the kernel's own buses. */
final class Can extends Comparison {
  private static final int ID = 0x100;
  private static final String GATEWAY = "gateway";
  private static final String KERNEL = "cangw";

  private @Nullable Path program;
  private final List<String> devices = new ArrayList<>();

  Can() {
    super(
        Settings.of(
            "contenders",
            "c,c-single,gatun,gatun-frames,javacan,python-can,cangw",
            "loads",
            "receive,send," + GATEWAY,
            "rounds",
            "7",
            "millis",
            "1000",
            "warmup",
            "60000",
            "python",
            ""));
  }

  @Override
  String title() {
    return "CAN";
  }

  @Override
  String how() {
    return """
    Frames of 8 bytes on virtual buses, which each contender has to itself. What receives is flooded by a program in C on
    the other processor, what sends does so to a bus that nobody listens to, and the gateway passes the flood of one bus on
    to another. The CPU time is that of the contender's process. `c` makes calls of 16 frames (`recvmmsg`, `sendmmsg`),
    `c-single` one a frame, as the can-utils do. `gatun` is a channel with its messages and a view, and Gatun's gateway;
    `gatun-frames` the records of `CanFrameHandler`, sent through a `CanSendQueue`, and written on to another channel.
    `javacan` and `python-can` read and write frame by frame in threads. `cangw` is the kernel's own gateway, which works
    in the sender's process: its time is what sending takes longer with it.\
    """;
  }

  @Override
  String loads() {
    return "way";
  }

  @Override
  List<Metric> metrics() {
    return List.of(Metric.less("CPU time a frame", "ns", 0), Metric.more("Frames a second", "", 0));
  }

  @Override
  boolean does(String contender, String load) {
    return switch (contender) {
      case KERNEL -> load.equals(GATEWAY);
      case "c-single" -> !load.equals(GATEWAY);
      default -> true;
    };
  }

  /** Where Java runs emulated it takes a minute to be compiled; the others need no more than C. */
  @Override
  int warmUpMillis(String contender) {
    return isJava(contender) ? settings.number("warmup") : 1000;
  }

  private static boolean isJava(String contender) {
    return contender.startsWith("gatun") || contender.equals("javacan");
  }

  @Override
  void prepare() throws IOException, InterruptedException {
    program = CProgram.compile("can");
    if (Machine.describe().contains("QEMU TCG")) {
      notes.add(
          "The processor is emulated: times are several times longer than on a real one, and not by"
              + " the same factor for all code.");
    }
  }

  @Override
  void finish() throws IOException {
    for (String device : devices) {
      run("ip", "link", "delete", device);
    }
  }

  /** A bus of its own, which no other contender is given frames of. */
  private String bus() throws IOException {
    String device = "bench" + devices.size();
    run("ip", "link", "add", device, "type", "vcan");
    devices.add(device);
    run("ip", "link", "set", device, "up");
    return device;
  }

  private static void run(String... command) throws IOException {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      if (process.waitFor() != 0) {
        throw new CannotRunException("it failed: " + String.join(" ", command));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } catch (CannotRunException e) {
      throw e;
    } catch (IOException e) {
      throw new CannotRunException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  Contender start(String contender) throws IOException, InterruptedException {
    if (program == null) {
      throw new IllegalStateException("not prepared");
    }
    String from = bus();
    String route = bus();
    String to = bus();
    Generator blast = new Generator(program);
    ServerProcess sink =
        ServerProcess.start(Machine.onLast(List.of(program.toString(), "count", to, "" + ID)));
    if (contender.equals(KERNEL)) {
      run(KERNEL, "-A", "-s", route, "-d", to, "-e");
      return new InKernel(from, route, blast, sink);
    }
    ServerProcess server =
        ServerProcess.start(
            Machine.onFirst(command(contender, program.toString(), from, route, to)));
    return new InProcess(from, route, blast, server, sink);
  }

  private record InProcess(
      String from, String route, Generator blast, ServerProcess server, ServerProcess sink)
      implements Contender {
    @Override
    public double[] measure(String load, int millis) throws IOException, InterruptedException {
      if (load.equals("send")) {
        double[] sent = server.ask("send " + millis);
        return figures(sent[0], sent[1], sent[2]);
      }
      boolean routed = load.equals(GATEWAY);
      ServerProcess counter = routed ? sink : server;
      double before = counter.ask("count")[0];
      double[] took = blast.run("blast", routed ? route : from, ID, millis, server.pid());
      return figures(counter.ask("count")[0] - before, took[1], took[2]);
    }

    @Override
    public void close() throws IOException {
      server.close();
      sink.close();
    }
  }

  private record InKernel(String plain, String route, Generator blast, ServerProcess sink)
      implements Contender {
    @Override
    public double[] measure(String load, int millis) throws IOException, InterruptedException {
      double[] without = blast.run("blast", plain, ID, millis / 2, 0);
      double before = sink.ask("count")[0];
      double[] with = blast.run("blast", route, ID, millis, 0);
      double frames = sink.ask("count")[0] - before;
      double longer = with[1] / with[0] - without[1] / without[0];
      return figures(frames, with[1], longer * with[0]);
    }

    @Override
    public void close() throws IOException {
      sink.close();
    }
  }

  private static double[] figures(double frames, double nanos, double cpuNanos) throws IOException {
    if (frames < 1) {
      throw new IOException("no frame got through");
    }
    return new double[] {cpuNanos / frames, frames * 1e9 / nanos};
  }

  private List<String> command(String contender, String limit, String... buses)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            switch (contender) {
              case "c" -> List.of(limit, "serve", "16");
              case "c-single" -> List.of(limit, "serve", "1");
              case "python-can" -> {
                String python = settings.get("python");
                if (python.isEmpty()) {
                  throw new CannotRunException("python= names no Python that has python-can");
                }
                yield List.of(python, CProgram.copy(Scratch.folder(), "can.py").toString());
              }
              default -> ServerProcess.java(CanProgram.class, contender);
            });
    command.addAll(List.of(buses));
    command.add("" + ID);
    return command;
  }
}
