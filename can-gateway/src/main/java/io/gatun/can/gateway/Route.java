package io.gatun.can.gateway;

import io.gatun.channel.EventLoop;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanFrameView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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

  /** Where one is rewritten. */
  private final ByteBuf changedBytes = Unpooled.buffer(CanFrameCodec.FD_SIZE);

  private final CanFrameView changed = new CanFrameView();
  private final BusFrame own = new BusFrame();

  Route(Bus from, Bus to, Rules rules, EventLoop loop) {
    super(from.name + "→" + to.name, from);
    this.to = to;
    this.rules = rules;
    this.loop = loop;
    paidAt = loop.ticker().nanoTime() - SECOND;
  }

  @Override
  void deliver(BusFrame frame, long visited) {
    if ((visited & to.bit) != 0) {
      drop("loop");
    } else if (Long.bitCount(visited) > rules.hops) {
      drop("hops");
    } else if (!rules.filters.isEmpty()
        && !CanFilter.matches(rules.filters, false, frame.rawId())) {
      drop("filtered");
    } else if (rules.latestNanos > 0) {
      hold(frame, visited);
    } else {
      pass(frame, visited);
    }
  }

  private void hold(BusFrame frame, long visited) {
    if (held.put(frame.rawId(), new Held(frame.record(), visited)) != null) {
      drop("superseded");
    }
    if (!timed) {
      timed = true;
      loop.schedule(this::release, rules.latestNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void release() {
    timed = false;
    BusFrame released = new BusFrame();
    List<Held> all = List.copyOf(held.values());
    held.clear();
    for (Held one : all) {
      pass(released.of(one.frame), one.visited);
    }
  }

  private void pass(BusFrame frame, long visited) {
    if (rules.rate > 0) {
      long now = loop.ticker().nanoTime();
      paidAt = Math.max(paidAt, now - SECOND);
      if (paidAt > now) {
        drop("rate");
        return;
      }
      paidAt += (long) (SECOND / rules.rate);
    }
    BusFrame out = frame;
    if (rules.rewrite.changes(frame.view())) {
      if (!rules.rewrite.apply(frame.view(), changed, changedBytes)) {
        drop("too-long");
        return;
      }
      out = own.of(changed);
    }
    if (to.publish(out, this, visited)) {
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
