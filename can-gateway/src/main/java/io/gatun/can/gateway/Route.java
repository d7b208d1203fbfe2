package io.gatun.can.gateway;

import io.gatun.channel.EventLoop;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.CanFrame;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Passes frames of one bus on to another. */
final class Route extends Member {
  private static final long SECOND = 1_000_000_000;

  /**
   * What a route does.
   *
   * @param filters what passes; all of it where there are none
   * @param hops how many routes a frame passes at most, this one included
   * @param rate frames a second, and as many at once; 0 for any
   * @param latestNanos of each identifier at most one frame in such a time, the latest; 0 for all
   */
  record Rules(List<CanFilter> filters, Rewrite rewrite, int hops, double rate, long latestNanos) {}

  private final Bus to;
  private final Rules rules;
  private final EventLoop loop;

  /** When the frames that have passed are paid for. */
  private long paidAt;

  private record Held(CanFrame frame, long visited) {}

  private final Map<Integer, Held> held = new LinkedHashMap<>();
  private boolean timed;

  Route(Bus from, Bus to, Rules rules, EventLoop loop) {
    super(from.name + "→" + to.name, from);
    this.to = to;
    this.rules = rules;
    this.loop = loop;
    paidAt = loop.ticker().nanoTime() - SECOND;
  }

  @Override
  void deliver(CanFrame frame, long visited) {
    if ((visited & to.bit) != 0) {
      drop("loop");
    } else if (Long.bitCount(visited) > rules.hops) {
      drop("hops");
    } else if (!rules.filters.isEmpty()
        && !CanFilter.matches(rules.filters, false, Frames.rawId(frame))) {
      drop("filtered");
    } else if (rules.latestNanos > 0) {
      hold(frame, visited);
    } else {
      pass(frame, visited);
    }
  }

  private void hold(CanFrame frame, long visited) {
    if (held.put(Frames.rawId(frame), new Held(frame, visited)) != null) {
      drop("superseded");
    }
    if (!timed) {
      timed = true;
      loop.schedule(this::release, rules.latestNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void release() {
    timed = false;
    List<Held> all = List.copyOf(held.values());
    held.clear();
    for (Held one : all) {
      pass(one.frame, one.visited);
    }
  }

  private void pass(CanFrame frame, long visited) {
    if (rules.rate > 0) {
      long now = loop.ticker().nanoTime();
      paidAt = Math.max(paidAt, now - SECOND);
      if (paidAt > now) {
        drop("rate");
        return;
      }
      paidAt += (long) (SECOND / rules.rate);
    }
    @Nullable CanFrame changed = rules.rewrite.apply(frame);
    if (changed == null) {
      drop("too-long");
      return;
    }
    if (to.publish(changed, this, visited)) {
      counters.sent(1);
    } else {
      drop("loop");
    }
  }

  @Override
  void close() {
    super.close();
    held.values().forEach(one -> drop("closed"));
    held.clear();
  }
}
