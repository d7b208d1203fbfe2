package io.gatun.can.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Gateways on the kernel's virtual buses, with the can-utils at the other ends. */
final class VcanTest extends VcanLab {
  /** Sees a frame of its own first: so it listens. */
  private Process dump(String device, Path log) throws Exception {
    Process dump = start("/bin/sh", "-c", "exec stdbuf -oL candump -L " + device + " > " + log);
    while (!Files.exists(log) || Files.size(log) == 0) {
      run("cansend", device, "000#");
      run("sleep", "0.3"); // for candump to have written what it has seen
    }
    return dump;
  }

  /** How many filters sockets have on a bus: /proc/net/can. */
  private static long listeners(String bus) throws IOException {
    long found = 0;
    for (String list : List.of("all", "fil", "inv", "sff", "eff")) {
      found +=
          Files.readAllLines(Path.of("/proc/net/can/rcvlist_" + list)).stream()
              .filter(line -> line.strip().startsWith(bus + " "))
              .count();
    }
    return found;
  }

  /**
   * What the gateway's loop has done: proc(5).
   *
   * @param nanos on a processor; not utime and stime, which are samples of a clock that also wakes
   *     it
   * @param wakeups how often it has slept
   */
  private record Use(long nanos, long wakeups) {
    static Use now() throws IOException {
      long nanos = 0;
      long sleeps = 0;
      try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
        for (Path task : tasks) {
          if (Files.readString(task.resolve("comm")).startsWith("can-gateway")) {
            nanos += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", -1)[0]);
            for (String line : Files.readAllLines(task.resolve("status"))) {
              if (line.startsWith("voluntary_ctxt_switches:")) {
                sleeps += Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
              }
            }
          }
        }
      }
      return new Use(nanos, sleeps);
    }
  }

  /** What the loop does in a while. */
  private Use over(String seconds) throws Exception {
    Use before = Use.now();
    run("sleep", seconds);
    Use after = Use.now();
    return new Use(after.nanos - before.nanos, after.wakeups - before.wakeups);
  }

  /** The same of a program in C: frames, waits, and nanoseconds on a processor. */
  private long[] inC(String device, int millis) throws Exception {
    Path source = folder.resolve("full.c");
    Path program = folder.resolve("full");
    try (InputStream in = VcanTest.class.getResourceAsStream("/full.c")) {
      Files.write(source, Objects.requireNonNull(in).readAllBytes());
    }
    try {
      run("cc", "-O2", "-o", program.toString(), source.toString());
    } catch (IOException e) {
      return new long[3]; // there is no compiler
    }
    Process process = start(program.toString(), device, "" + millis);
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return Stream.of(said.strip().split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  @Test
  void framesGoBetweenABusAndItsClients() throws Exception {
    Gateway gateway = gateway(server("car", "vcan0", ""));
    Client client = raw(gateway, "car");
    run("cansend", "vcan0", "123#1122");
    assertEquals("123#1122", client.frame());
    run("cansend", "vcan0", "18DAF110#");
    assertEquals("18DAF110#", client.frame());
    Process dump = start("candump", "-L", "-n", "1", "vcan0,456:7FF");
    String line = "";
    try (BufferedReader out = dump.inputReader(UTF_8)) {
      while (dump.isAlive() && !out.ready()) {
        client.say("< send 456 2 ca fe >");
        Thread.onSpinWait();
      }
      line = String.valueOf(out.readLine());
    }
    assertTrue(line.endsWith("vcan0 456#CAFE"), line);
  }

  /** Two gateways with cannelloni between them. */
  @Test
  void aSequenceOverTwoHopsLosesAndReordersNothing() throws Exception {
    run(
        "tc", "qdisc", "add", "dev", "vcan0", "root", "tbf", "rate", "256kbit", "burst", "2kb",
        "limit", "2kb");
    try {
      Gateway one =
          gateway(
              """
              [bus.a]
              interface = "vcan0"
              [[endpoint]]
              type = "cannelloni-tcp"
              bus = "a"
              listen = "127.0.0.1:0"
              """);
      Gateway two =
          gateway(
              """
              [bus.b]
              interface = "vcan1"
              [[endpoint]]
              type = "cannelloni-tcp"
              bus = "b"
              connect = "127.0.0.1:%d"
              """
                  .formatted(port(one, "cannelloni-tcp")));
      await(one, "cannelloni-tcp client", line -> true);
      Process receiver = start("cansequence", "-r", "--quit=1", "vcan1");
      while (listeners("vcan1") < 2) { // the gateway, and cansequence: nothing else tells
        assertTrue(receiver.isAlive(), "cansequence has ended");
        run("sleep", "0.1");
      }
      int count = 10_000;
      run("cansequence", "-p", "--loop=" + count, "vcan0");
      Status.Line line = await(two, "interface vcan1", l -> l.sent() == count);
      assertEquals(0, line.dropped());
      assertTrue(receiver.isAlive(), "cansequence has found a frame that was not the next");
      String lost = String.valueOf(line(one, "interface vcan0"));
      assertTrue(lost.contains("received=" + count), lost);
    } finally {
      run("tc", "qdisc", "del", "dev", "vcan0", "root");
    }
  }

  /** Frames of identifier 555 that count up. */
  private static String counting(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "< send 555 2 %x %x >".formatted(i >> 8, i & 0xff))
        .collect(Collectors.joining());
  }

  /** An interface that takes 100 frames a second, and says ENOBUFS to the others. */
  @Test
  void aFullInterfaceIsNoReasonToSpinAndOldFramesAreDropped() throws Exception {
    Path log = folder.resolve("dump.log");
    dump("vcan1", log);
    Gateway gateway = gateway(server("car", "vcan1", "queue = 400\nttl = \"3s\""));
    Client client = raw(gateway, "car");
    int warm = 500; // for the compiler, which would keep the processor
    client.say(counting(0, warm));
    Status.Line free =
        await(gateway, "interface vcan1", l -> l.offered() == warm && l.queued() == 0);
    run(
        "tc",
        "qdisc",
        "add",
        "dev",
        "vcan1",
        "root",
        "tbf",
        "rate",
        "12800bit",
        "burst",
        "32",
        "limit",
        "160");
    try {
      int count = 1500;
      client.say(counting(warm, count));
      await(gateway, "interface vcan1", l -> l.offered() == count);
      long sentBefore = await(gateway, "interface vcan1", l -> true).sent();
      long began = System.nanoTime();
      Use full = over("1.5");
      double seconds = (System.nanoTime() - began) / 1e9;
      long sentMeanwhile = await(gateway, "interface vcan1", l -> true).sent() - sentBefore;
      double wakeups = full.wakeups / seconds;
      Status.Line line = await(gateway, "interface vcan1", l -> l.queued() == 0);
      Use idle = over("1.5");
      long[] c = inC("vcan1", 1500);
      System.out.printf(
          "while the interface was full: %.0f frames and %.0f wake-ups a second; on a processor for"
              + " %.2f ms a frame, idle for %.2f ms in all; in C %d frames, %d waits, %.2f ms a"
              + " frame; %s%n",
          sentMeanwhile / seconds,
          wakeups,
          full.nanos / 1e6 / sentMeanwhile,
          idle.nanos / 1e6,
          c[0],
          c[1],
          c[2] / 1e6 / Math.max(1, c[0]),
          line);
      assertEquals(count, line.sent() + line.dropped());
      assertTrue(line.reasons().getOrDefault("expired", 0L) > 0, line::toString);
      assertTrue(line.reasons().getOrDefault("queue-full", 0L) > 0, line::toString);
      assertTrue(line.sent() > free.sent(), line::toString);
      // Of the processor there is no measure here: an emulated one counts its own delays.
      assertTrue(wakeups < 300, wakeups + " wake-ups a second, for 100 frames");
      List<String> seen = frames(log, 555, line.sent());
      assertEquals(line.sent(), seen.size(), "what was taken was on the bus, and nothing else");
      assertEquals(seen.stream().sorted().toList(), seen, "in order");
    } finally {
      run("tc", "qdisc", "del", "dev", "vcan1", "root");
    }
  }

  @Test
  void anInterfaceMayComeLateGoDownBeRemovedAndComeBack() throws Exception {
    Gateway gateway = gateway(server("late", "vcan7", ""));
    Client client = raw(gateway, "late");
    client.say("< send 100 0 >"); // it waits
    run("ip", "link", "add", "vcan7", "type", "vcan");
    run("ip", "link", "set", "vcan7", "up");
    await(gateway, "interface vcan7", l -> l.sent() == 1);
    run("cansend", "vcan7", "123#01");
    assertEquals("123#01", client.frame());

    run("ip", "link", "set", "vcan7", "down");
    await(gateway, "interface vcan7", l -> l.state().endsWith("down"));
    client.say("< send 101 0 >< echo >");
    assertEquals("< echo >", client.next());
    await(gateway, "interface vcan7", l -> l.queued() == 1);
    run("ip", "link", "set", "vcan7", "up");
    await(gateway, "interface vcan7", l -> l.sent() == 2);
    run("cansend", "vcan7", "123#02");
    assertEquals("123#02", client.frame());

    run("ip", "link", "delete", "vcan7");
    await(gateway, "interface vcan7", l -> l.state().endsWith("removed"));
    run("ip", "link", "add", "vcan7", "type", "vcan");
    run("ip", "link", "set", "vcan7", "up");
    await(gateway, "interface vcan7", l -> l.state().endsWith("up"));
    run("cansend", "vcan7", "123#03");
    assertEquals("123#03", client.frame());
    client.say("< send 102 0 >");
    await(gateway, "interface vcan7", l -> l.sent() == 3);
    run("ip", "link", "delete", "vcan7");
  }

  /** What cangen makes goes over a route and into a log, which canplayer plays back. */
  @Test
  void generatedFramesAreRoutedRecordedAndPlayedBack() throws Exception {
    Path log = folder.resolve("route.log");
    Gateway gateway =
        gateway(
            """
            [bus.one]
            interface = "vcan0"
            [bus.two]
            interface = "vcan1"
            [[route]]
            from = "one"
            to = "two"
            [[endpoint]]
            type = "record"
            bus = "one"
            file = "route.log"
            """);
    Path seen = folder.resolve("seen.log");
    dump("vcan1", seen);
    int dumps = frames(seen).size(); // which dump() itself has sent
    run("cangen", "vcan0", "-g", "1", "-I", "i", "-L", "r", "-D", "r", "-m", "-n", "1000");
    run("cangen", "vcan0", "-g", "1", "-f", "-b", "-e", "-n", "200");
    await(gateway, "interface vcan1", l -> l.sent() == 1200);
    await(gateway, "record", l -> l.sent() == 1200);
    gateway.close();
    List<String> recorded = frames(log);
    assertEquals(1200, recorded.size());
    List<String> dumped = frames(seen);
    while (dumped.size() < 1200 + dumps) {
      run("sleep", "0.1");
      dumped = frames(seen);
    }
    assertEquals(recorded, dumped.subList(dumps, dumped.size()));

    Gateway other = gateway(server("one", "vcan0", ""));
    run("canplayer", "-t", "-I", log.toString(), "vcan0=one");
    await(other, "interface vcan0", l -> l.received() == 1200);
  }

  /** Of an identifier, when there are so many of them. */
  private List<String> frames(Path log, int id, long count) throws Exception {
    String begin = "%03d#".formatted(id);
    while (true) {
      List<String> found = frames(log).stream().filter(frame -> frame.startsWith(begin)).toList();
      if (found.size() >= count) {
        return found;
      }
      run("sleep", "0.1");
    }
  }

  /** The whole lines of a log, less times and names; of FD's flags without the one that says FD. */
  private static List<String> frames(Path log) throws IOException {
    String text = Files.readString(log);
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .map(line -> line.replace("##4", "##0").replace("##5", "##1"))
        .map(line -> line.replace("##6", "##2").replace("##7", "##3"))
        .toList();
  }
}
