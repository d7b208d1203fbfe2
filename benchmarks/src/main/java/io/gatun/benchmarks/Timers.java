package io.gatun.benchmarks;

import io.gatun.benchmarks.client.TimerProgram;
import java.io.IOException;
import java.util.List;

/** Compares timers while more and more of them wait. */
final class Timers extends Comparison {
  Timers() {
    super(Settings.of("gatun-wheel,gatun-loop,netty-wheel,jdk", "10,1000,100000,1000000", 5, 300));
  }

  @Override
  String title() {
    return "Growth with the timers";
  }

  @Override
  String how() {
    return """
    The time to set a timer and to cancel it again, while so many others wait: `TimerWheel`, `EventLoop.schedule`,
    Netty's `HashedWheelTimer` and `ScheduledThreadPoolExecutor`. Ratios are to the same contender's first row. The wheel
    is for many timers; the loop keeps its own sorted, in a heap, and is for few.\
    """;
  }

  @Override
  String loads() {
    return "waiting";
  }

  @Override
  Baseline baseline() {
    return Baseline.FIRST_LOAD;
  }

  @Override
  List<Metric> metrics() {
    return List.of(Metric.less("Time to set and cancel", "ns", 0, Target.of(1.2).ofGrowth()));
  }

  @Override
  List<String> programs() {
    return List.of("taskset");
  }

  @Override
  boolean loadsWith(String load) {
    return load.matches(Settings.NUMBER);
  }

  @Override
  int warmUpMillis() {
    return 500;
  }

  @Override
  Contender start(String contender) throws IOException {
    ServerProcess program =
        ServerProcess.start(Machine.onFirst(ServerProcess.java(TimerProgram.class, contender)));
    return new Contender() {
      @Override
      public double[] measure(String load, int millis) throws IOException {
        return program.ask(load + " " + millis);
      }

      @Override
      public void close() throws IOException {
        program.close();
      }
    };
  }
}
