package io.gatun.examples.net;

import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.LoopCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.ToDoubleFunction;

/**
 * Gives the counters of a group's loops to Micrometer, and by it to Prometheus, JMX or whatever its
 * registries speak to. A registry reads them when it publishes: until then they cost a loop nothing
 * that it would not spend without.
 *
 * <p>Each meter has a tag {@code loop}, the loop's place in its group, and those that are given.
 */
public final class LoopMetrics implements MeterBinder {
  private final EventLoopGroup group;
  private final Tags tags;

  /** For a group of loops, which tags may tell from others. */
  public LoopMetrics(EventLoopGroup group, String... tags) {
    this.group = group;
    this.tags = Tags.of(tags);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    int index = 0;
    for (EventExecutor loop : group) {
      bind(registry, ((EventLoop) loop).counters(), tags.and("loop", String.valueOf(index++)));
    }
  }

  private static void bind(MeterRegistry registry, LoopCounters loop, Tags tags) {
    Gauge.builder("gatun.channels", loop, LoopCounters::channels)
        .baseUnit("channels")
        .tags(tags)
        .register(registry);
    count(registry, loop, tags, "accepted", "connections", LoopCounters::accepted);
    count(registry, loop, tags, "connected", "channels", LoopCounters::connected);
    count(registry, loop, tags, "reads", "calls", LoopCounters::reads);
    count(registry, loop, tags, "writes", "calls", LoopCounters::writes);
    count(registry, loop, tags, "read", BaseUnits.BYTES, LoopCounters::bytesRead);
    count(registry, loop, tags, "written", BaseUnits.BYTES, LoopCounters::bytesWritten);
  }

  private static void count(
      MeterRegistry registry,
      LoopCounters loop,
      Tags tags,
      String name,
      String unit,
      ToDoubleFunction<LoopCounters> value) {
    FunctionCounter.builder("gatun." + name, loop, value)
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }
}
