package io.gatun.benchmarks;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
            1000));
  }

  /** What JMH allocates in a second, by mode: half a megabyte, most of it an iteration's own. */
  private final Map<String, Double> jmh = new HashMap<>();

  @Override
  String title() {
    return "Allocation";
  }

  @Override
  String how() {
    return """
    JMH's `gc.alloc.rate.norm` of one `sendAll` and the `recvInto` that answers it, less what JMH's own rate
    is in a benchmark that does nothing. JMH's rate varies, so less than a byte counts as none. On a virtual thread,
    parking allocates in the JDK.\
    """;
  }

  @Override
  String loads() {
    return "buffer";
  }

  @Override
  List<Metric> metrics() {
    return List.of(
        Metric.less("Allocated a round trip", "B", 0, Target.of(1).by("blocking", "timeout")));
  }

  @Override
  Baseline baseline() {
    return Baseline.NONE;
  }

  @Override
  List<String> programs() {
    return List.of("cc");
  }

  @Override
  int warmUpMillis() {
    return 0; // JMH does
  }

  @Override
  Contender start(String contender) throws IOException {
    jmh.put(contender, counted(run("nothing", contender, "ARRAY", settings.number("millis"))));
    return (load, millis) -> {
      RunResult result = run("roundTrip", contender, load, millis);
      double seconds = result.getPrimaryResult().getScore() / 1e6; // it counts microseconds
      return new double[] {(counted(result) - jmh.get(contender)) * seconds};
    };
  }

  private static RunResult run(String method, String mode, String kind, int millis)
      throws IOException {
    Class<?> benchmark =
        mode.equals("virtual") ? SocketPingPong.Virtual.class : SocketPingPong.class;
    Options options =
        new OptionsBuilder()
            .include(
                "^" + Pattern.quote(benchmark.getName().replace('$', '.') + "." + method) + "$")
            .param("kind", kind)
            .param("mode", mode.equals("timeout") ? "TIMEOUT" : "BLOCKING")
            .addProfiler(GCProfiler.class)
            .warmupIterations(3)
            .warmupTime(TimeValue.milliseconds(millis))
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(2L * millis))
            .verbosity(VerboseMode.SILENT)
            .build();
    try {
      return new Runner(options).runSingle();
    } catch (RunnerException e) {
      throw new IOException("JMH failed", e);
    }
  }

  /** Returns the bytes allocated in a second. */
  private static double counted(RunResult result) throws IOException {
    double time = result.getPrimaryResult().getScore() / 1e6;
    for (String name : result.getSecondaryResults().keySet()) {
      if (name.endsWith("gc.alloc.rate.norm")) {
        return result.getSecondaryResults().get(name).getScore() / time;
      }
    }
    throw new IOException("JMH counted no allocations");
  }
}
