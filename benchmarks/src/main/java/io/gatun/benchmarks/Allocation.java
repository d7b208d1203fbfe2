package io.gatun.benchmarks;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What JMH counts as allocated by a message there and back. */
final class Allocation extends Comparison {
  Allocation() {
    super(
        Settings.of(
            "blocking,timeout,virtual",
            "ARRAY,HEAP_BUFFER,DIRECT_BUFFER,HEAP_SEGMENT,NATIVE_SEGMENT,DIRECT_BYTEBUF,HEAP_BYTEBUF",
            1,
            500));
  }

  @Override
  String title() {
    return "Allocation";
  }

  @Override
  String how() {
    return """
    JMH's `gc.alloc.rate.norm` of one `sendAll` and the `recvInto` that answers it. JMH itself allocates a little,
    which is spread over all round trips. On a virtual thread, parking allocates in the JDK.\
    """;
  }

  @Override
  String loads() {
    return "buffer";
  }

  @Override
  List<Metric> metrics() {
    return List.of(Metric.less("Allocated a round trip", "B", 2, 0));
  }

  @Override
  Baseline baseline() {
    return Baseline.NONE;
  }

  @Override
  int warmUpMillis() {
    return 0; // JMH does
  }

  @Override
  Contender start(String contender) {
    return (load, millis) -> new double[] {measure(contender, load, millis)};
  }

  private static double measure(String mode, String kind, int millis) throws IOException {
    Class<?> benchmark =
        mode.equals("virtual") ? SocketPingPong.Virtual.class : SocketPingPong.class;
    Options options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(benchmark.getName().replace('$', '.')) + "\\.roundTrip$")
            .param("kind", kind)
            .param("mode", mode.equals("timeout") ? "TIMEOUT" : "BLOCKING")
            .addProfiler(GCProfiler.class)
            .warmupIterations(4)
            .warmupTime(TimeValue.milliseconds(millis))
            .measurementIterations(2)
            .measurementTime(TimeValue.milliseconds(millis))
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results;
    try {
      results = new Runner(options).run();
    } catch (RunnerException e) {
      throw new IOException("JMH failed", e);
    }
    for (RunResult result : results) {
      for (String name : result.getSecondaryResults().keySet()) {
        if (name.endsWith("gc.alloc.rate.norm")) {
          return result.getSecondaryResults().get(name).getScore();
        }
      }
    }
    throw new IOException("JMH counted no allocations");
  }
}
