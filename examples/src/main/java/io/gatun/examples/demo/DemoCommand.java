package io.gatun.examples.demo;

import io.gatun.channel.ChannelHandler;
import io.gatun.examples.Signals;
import io.gatun.examples.TransportOption;
import io.gatun.examples.echo.EchoHandler;
import java.io.Console;
import java.io.IOException;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./gatun demo}. */
@Command(
    name = "demo",
    description = {
      "Load an echo server with channels and blocking sockets at once, and check every byte.",
      "",
      "Each connection sends a pseudo-random stream of its own and verifies what comes back, byte"
          + " by byte. Half of the clients are channels on event loops, a quarter blocking sockets"
          + " on platform threads, a quarter blocking sockets on virtual threads.",
      "",
      "A message's latency runs from just before its bytes are made until the last of them is"
          + " back and checked. A client sends the next message when one is back, so a stall"
          + " delays what follows rather than counting against it. Server and clients share this"
          + " machine's processors: part of each latency is the wait for one. MB/s counts each"
          + " byte once, in 10^6 bytes, although it travels both ways. At most 64 KiB of a"
          + " connection are under way.",
      "",
    },
    footer = {
      "",
      "Ctrl-C ends it early, with the table.",
      "",
      "Exit status: 0 when every byte came back unchanged, every connection closed in order and"
          + " nothing was left open; 1 when not, and a line says what was lost; 2 for wrong usage;"
          + " 130 when Ctrl-C or another signal ended it and nothing was lost.",
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class DemoCommand implements Callable<Integer> {
  private static final int LARGEST_MESSAGE = 1 << 24;
  private static final int MOST_IN_FLIGHT = 1024;
  private static final double LONGEST_SECONDS = 86_400;
  private static final int INTERRUPTED = 130;

  /** Both ends of each connection; loops, and what the runtime itself opens. */
  private static final int DESCRIPTORS_PER_CONNECTION = 2;

  private static final int SPARE_DESCRIPTORS = 64;

  @Option(names = "--seconds", paramLabel = "S", description = "How long to run.")
  double seconds = 10;

  @Option(names = "--connections", paramLabel = "N", description = "How many clients in all.")
  int connections = 100;

  @Option(names = "--message-size", paramLabel = "BYTES", description = "The size of a message.")
  int messageSize = 1024;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      description = "How many messages a client sends before it waits for the first.")
  int inFlight = 1;

  @Option(names = "--unix", description = "Use a Unix socket, not TCP.")
  boolean unix;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Where the pseudo-random streams begin.")
  long seed = 1;

  @Mixin TransportOption transport;

  @Spec CommandSpec spec;

  /** Makes the handlers of the server. */
  Supplier<ChannelHandler> echo = EchoHandler::new;

  /** Called by picocli. */
  public DemoCommand() {}

  private void check(String option, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s %s (expected: %s to %s)"
              .formatted(option, number(value), number(least), number(most)));
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private void checkDescriptors() throws IOException {
    long left = Descriptors.left() - SPARE_DESCRIPTORS;
    long needed = (long) DESCRIPTORS_PER_CONNECTION * connections;
    if (needed > left) {
      throw new ParameterException(
          spec.commandLine(),
          "--connections %d needs %d descriptors, and %d are left to this process: at most %d, or"
                  .formatted(connections, needed, left, left / DESCRIPTORS_PER_CONNECTION)
              + " raise the limit (ulimit -n)");
    }
  }

  @SuppressWarnings("SystemConsoleNull") // it is null again since JDK 25
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    check("--seconds", seconds, 0.1, LONGEST_SECONDS);
    check("--connections", connections, 1, Integer.MAX_VALUE);
    check("--message-size", messageSize, 1, LARGEST_MESSAGE);
    check("--in-flight", inFlight, 1, MOST_IN_FLIGHT);
    checkDescriptors();
    Settings settings =
        new Settings(
            connections, messageSize, inFlight, seconds, transport.transport(), unix, seed);
    Load load = new Load(settings);
    Report report = new Report(load, spec.commandLine().getOut(), isTerminal());
    Descriptors.openLasting();
    SortedMap<Integer, String> before = Descriptors.open();
    Leaks.report(load);
    try (Signals signals = Signals.onEnd(load::end)) {
      new Demo(load).run(echo, report);
      Leaks.look();
      SortedMap<Integer, String> leftOpen = Descriptors.open();
      leftOpen.keySet().removeAll(before.keySet());
      String loss = report.loss(leftOpen);
      report.end(loss);
      if (loss != null) {
        throw new IOException("demo: " + loss);
      }
      return signals.came() ? INTERRUPTED : CommandLine.ExitCode.OK;
    }
  }
}
