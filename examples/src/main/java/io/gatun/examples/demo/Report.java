package io.gatun.examples.demo;

import io.gatun.address.Address;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What the demo prints: a line while it runs, the table and the verdict at its end. */
final class Report implements Demo.Progress {
  private static final double MEGA = 1e6;
  private static final int DIGITS = 3;
  private static final long TERMINAL_TICK_MILLIS = 250;
  private static final long TICK_MILLIS = 1000;
  private static final String ROW = "%-18s %6s %12s %15s %9s %8s %8s %8s %8s %6s%n";

  private final Load load;
  private final PrintWriter out;
  private final boolean terminal;
  private long lastMessages;
  private long lastBytes;
  private double lastSeconds;

  Report(Load load, PrintWriter out, boolean terminal) {
    this.load = load;
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void started(Address server, int loops) {
    Settings settings = load.settings();
    out.printf(
        "Echo server on %s: %s, %d event loops.%n", server, settings.transport().name(), loops);
    out.printf(
        "%d clients: %s.%n",
        settings.connections(),
        Stream.of(Kind.values())
            .map(kind -> kind.share(settings.connections()) + " " + kind.description)
            .collect(Collectors.joining(", ")));
    out.printf(
        Locale.ROOT,
        "%d bytes a message, %d in flight, %s s.%n%n",
        settings.messageSize(),
        settings.inFlight(),
        settings.seconds());
    out.flush();
  }

  @Override
  public long millis() {
    return terminal ? TERMINAL_TICK_MILLIS : TICK_MILLIS;
  }

  /** Prints what has happened since the last call: over the last line, where that can be. */
  @Override
  public void tick() {
    long messages = 0;
    long bytes = 0;
    long connected = 0;
    Histogram latency = new Histogram(DIGITS);
    for (Kind kind : Kind.values()) {
      Tally tally = load.tally(kind);
      messages += tally.messages.sum();
      bytes += tally.verified.sum();
      connected += tally.connected.sum();
      tally.drain(latency);
    }
    double seconds = load.seconds();
    double since = Math.max(seconds - lastSeconds, 1e-3);
    String line =
        String.format(
            Locale.ROOT,
            "%5.1f s %6d conns %9s msg/s %8.2f MB/s  p50 %s p99 %s max %s ms",
            seconds,
            connected,
            String.format(Locale.ROOT, "%,.0f", (messages - lastMessages) / since),
            (bytes - lastBytes) / since / MEGA,
            millis(latency.getValueAtPercentile(50)),
            millis(latency.getValueAtPercentile(99)),
            millis(latency.getMaxValue()));
    lastMessages = messages;
    lastBytes = bytes;
    lastSeconds = seconds;
    if (terminal) {
      out.print("\r" + line + "\033[K");
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Prints the table, and the verdict if it is a good one. */
  void end(@Nullable String loss) {
    if (terminal) {
      out.println();
    }
    table();
    if (loss == null) {
      out.println(
          String.format(
              Locale.ROOT,
              "Nothing was lost: %,d bytes sent, received and verified; connections closed in"
                  + " order: %d; no buffer leaked; %s.",
              sum(tally -> tally.verified),
              load.settings().connections(),
              Descriptors.canBeSeen() ? "no descriptor left open" : "descriptors cannot be seen"));
    }
    out.flush();
  }

  private void table() {
    out.println();
    out.printf(
        Locale.ROOT,
        ROW,
        "client",
        "conns",
        "messages",
        "bytes",
        "msg/s",
        "MB/s",
        "p50 ms",
        "p99 ms",
        "max ms",
        "errors");
    long[] sums = new long[4];
    Histogram latency = new Histogram(DIGITS);
    for (Kind kind : Kind.values()) {
      Tally tally = load.tally(kind);
      tally.drain(new Histogram(DIGITS));
      latency.add(tally.latency);
      long[] counts = {
        tally.connected.sum(), tally.messages.sum(), tally.verified.sum(), tally.errors.sum()
      };
      row(kind.label, counts, tally.latency);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += counts[i];
      }
    }
    row("total", sums, latency);
    out.println();
  }

  private void row(String label, long[] counts, Histogram latency) {
    double seconds = Math.max(load.seconds(), 1e-3);
    out.printf(
        Locale.ROOT,
        ROW,
        label,
        String.format(Locale.ROOT, "%,d", counts[0]),
        String.format(Locale.ROOT, "%,d", counts[1]),
        String.format(Locale.ROOT, "%,d", counts[2]),
        String.format(Locale.ROOT, "%,.0f", counts[1] / seconds),
        String.format(Locale.ROOT, "%.2f", counts[2] / seconds / MEGA),
        millis(latency.getValueAtPercentile(50)),
        millis(latency.getValueAtPercentile(99)),
        millis(latency.getMaxValue()),
        String.format(Locale.ROOT, "%,d", counts[3]));
  }

  /**
   * Returns what was lost, in one sentence, or null if nothing was.
   *
   * @param leftOpen descriptors that were not open before
   */
  @Nullable String loss(SortedMap<Integer, String> leftOpen) {
    List<String> errors = load.errors();
    if (!errors.isEmpty()) {
      String more = errors.size() == 1 ? "" : " (the first of " + errors.size() + " errors)";
      return errors.getFirst() + more;
    }
    long sent = sum(tally -> tally.sent);
    long verified = sum(tally -> tally.verified);
    if (sent != verified || sent != sum(tally -> tally.received)) {
      return String.format(
          Locale.ROOT, "of %,d bytes sent only %,d came back unchanged", sent, verified);
    }
    long closed = sum(tally -> tally.closedInOrder);
    if (closed != load.settings().connections()) {
      return "of %d connections only %d closed in order"
          .formatted(load.settings().connections(), closed);
    }
    if (!leftOpen.isEmpty()) {
      return leftOpen.size() + " descriptors were left open: " + leftOpen;
    }
    return null;
  }

  private long sum(Function<Tally, LongAdder> counter) {
    return Stream.of(Kind.values()).mapToLong(kind -> counter.apply(load.tally(kind)).sum()).sum();
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / MEGA);
  }
}
