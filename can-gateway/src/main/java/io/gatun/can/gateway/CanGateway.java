package io.gatun.can.gateway;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./gatun can-gateway}: joins CAN buses and what speaks CAN over a network. */
@Command(
    name = "can-gateway",
    header = "Join CAN buses, and what speaks CAN over a network, as a file says.",
    description = {
      "",
      "The file is described in docs/can.md. A first one, which python-can's socketcand interface"
          + " connects to:",
      "",
      "  [bus.car]",
      "  interface = \"can0\"",
      "",
      "  [[endpoint]]",
      "  type = \"socketcand\"",
      "  listen = \"127.0.0.1:29536\"",
      "",
      "It prints \"listening on ADDRESS\" for each endpoint, and ends with SIGINT (Ctrl-C) or"
          + " SIGTERM.",
      ""
    },
    mixinStandardHelpOptions = true)
public final class CanGateway implements Callable<Integer> {
  @Parameters(paramLabel = "CONFIG", description = "The file.")
  Path file = Path.of("");

  @Option(names = "--check", description = "Only say whether the file is right.")
  boolean check;

  @Option(names = "--top", description = "Show what goes on, each second.")
  boolean top;

  @Spec CommandSpec spec;

  /** Called by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the field
  public CanGateway() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (check) {
      Gateway.check(file);
      out.println(file + " is right");
      out.flush();
      return CommandLine.ExitCode.OK;
    }
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              end.countDown();
              try {
                boolean inTime = ended.await(30, TimeUnit.SECONDS);
                assert inTime;
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "signals");
    Runtime.getRuntime().addShutdownHook(hook);
    try (Gateway gateway = Gateway.start(file)) {
      for (Map.Entry<String, String> place : gateway.listening().entrySet()) {
        out.println(place.getKey() + " listening on " + place.getValue());
      }
      out.println("ready");
      out.flush();
      Status before = gateway.snapshot();
      while (!end.await(1, TimeUnit.SECONDS)) {
        if (top) {
          Status now = gateway.snapshot();
          out.print(view(before, now));
          out.flush();
          before = now;
        }
      }
    } finally {
      ended.countDown();
    }
    return CommandLine.ExitCode.OK;
  }

  /** A screen: frames a second, and all that was dropped. */
  static String view(Status before, Status now) {
    StringBuilder out = new StringBuilder("\033[H\033[2J");
    out.append(String.format(Locale.ROOT, "%-40s %12s %12s%n", "BUS", "FRAMES/S", "FRAMES"));
    for (Status.BusLine bus : now.buses()) {
      long earlier =
          before.buses().stream()
              .filter(old -> old.name().equals(bus.name()))
              .mapToLong(Status.BusLine::frames)
              .findFirst()
              .orElse(0);
      out.append(
          String.format(
              Locale.ROOT,
              "%-40s %,12d %,12d%n",
              bus.name(),
              bus.frames() - earlier,
              bus.frames()));
    }
    lines(out, "ENDPOINT", now.endpoints());
    lines(out, "ROUTE", now.routes());
    return out.toString();
  }

  private static void lines(StringBuilder out, String title, List<Status.Line> lines) {
    if (lines.isEmpty()) {
      return;
    }
    out.append(
        String.format(
            Locale.ROOT,
            "%n%-40s %12s %12s %10s %8s  %s%n",
            title,
            "RECEIVED",
            "SENT",
            "DROPPED",
            "QUEUED",
            "STATE"));
    for (Status.Line line : lines) {
      out.append(
          String.format(
              Locale.ROOT,
              "%-40s %,12d %,12d %,10d %,8d  %s %s%n",
              line.bus().isEmpty() ? line.name() : line.name() + " on " + line.bus(),
              line.received(),
              line.sent(),
              line.dropped(),
              line.queued(),
              line.state(),
              line.reasons().isEmpty() ? "" : line.reasons()));
    }
  }
}
