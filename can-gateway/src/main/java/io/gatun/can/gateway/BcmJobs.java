package io.gatun.can.gateway;

import io.gatun.channel.EventLoop;
import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.netty.util.concurrent.Future;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The broadcast manager's jobs of a socketcand client, as linux/can/bcm.h has them. */
final class BcmJobs {
  /** So many of each kind; a client can have no more of the gateway's memory. */
  private static final int MOST = 2048;

  /** No cycle is faster: a frame takes 47 µs on a bus of 1 Mbit/s. */
  private static final long LEAST_NANOS = 50_000;

  private static final class Cycle {
    CanFrame frame;
    final Future<?> timer;

    Cycle(CanFrame frame, Future<?> timer) {
      this.frame = frame;
      this.timer = timer;
    }
  }

  /** What is watched of an identifier. */
  private static final class Watch {
    /** Null for each frame; else the bits that matter, the first being those of the selector. */
    final long @Nullable [] masks;

    final Long @Nullable [] last;
    final long throttle;
    long notBefore;
    @Nullable CanFrame held;

    Watch(long @Nullable [] masks, long throttle, long now) {
      this.masks = masks;
      this.last = masks == null ? null : new Long[masks.length];
      this.throttle = throttle;
      notBefore = now;
    }

    boolean changes(long data) {
      if (masks == null || last == null) {
        return true;
      }
      if (masks.length == 1) {
        return change(0, data);
      }
      for (int i = 1; i < masks.length; i++) {
        if ((masks[0] & data) == (masks[0] & masks[i])) {
          return change(i, data);
        }
      }
      return false;
    }

    private boolean change(int i, long data) {
      if (masks == null || last == null) {
        return true;
      }
      long now = data & masks[i];
      boolean changed = last[i] == null || last[i] != now;
      last[i] = now;
      return changed;
    }
  }

  private final EventLoop loop;
  private final Consumer<CanFrame> send;
  private final Consumer<CanFrame> tell;
  private final Consumer<String> drop;
  private final Map<Integer, Cycle> cycles = new HashMap<>();
  private final Map<Integer, Watch> watches = new HashMap<>();

  /**
   * Has no jobs yet.
   *
   * @param send puts a frame on the bus
   * @param tell gives one to the client
   * @param drop counts one that the client is not given
   */
  BcmJobs(EventLoop loop, Consumer<CanFrame> send, Consumer<CanFrame> tell, Consumer<String> drop) {
    this.loop = loop;
    this.send = send;
    this.tell = tell;
    this.drop = drop;
  }

  /** Sends a frame each so often, from now on. Returns false if there are too many. */
  boolean add(CanFrame.Classic frame, long nanos) {
    int id = frame.id().raw();
    delete(frame.id());
    if (cycles.size() == MOST) {
      return false;
    }
    send.accept(frame);
    if (nanos > 0) {
      long interval = Math.max(nanos, LEAST_NANOS);
      Future<?> timer =
          loop.scheduleAtFixedRate(() -> cycle(id), interval, interval, TimeUnit.NANOSECONDS);
      cycles.put(id, new Cycle(frame, timer));
    }
    return true;
  }

  private void cycle(int id) {
    Cycle cycle = cycles.get(id);
    if (cycle != null) {
      send.accept(cycle.frame);
    }
  }

  void update(CanFrame.Classic frame) {
    Cycle cycle = cycles.get(frame.id().raw());
    if (cycle != null) {
      cycle.frame = frame;
    }
  }

  void delete(CanId id) {
    Cycle cycle = cycles.remove(id.raw());
    if (cycle != null) {
      cycle.timer.cancel(false);
    }
  }

  /** Watches an identifier; with masks for what changes, else each frame. */
  boolean watch(CanId id, long throttle, @Nullable List<CanData> masks) {
    if (watches.size() == MOST && !watches.containsKey(id.raw())) {
      return false;
    }
    long @Nullable [] bits =
        masks == null ? null : masks.stream().mapToLong(BcmJobs::bits).toArray();
    watches.put(id.raw(), new Watch(bits, throttle, loop.ticker().nanoTime()));
    return true;
  }

  void unwatch(CanId id) {
    Watch watch = watches.remove(id.raw());
    if (watch != null && watch.held != null) {
      watch.held = null;
      drop.accept("closed");
    }
  }

  private static long bits(CanData data) {
    byte[] bytes = Arrays.copyOf(data.toArray(), 8);
    long bits = 0;
    for (byte b : bytes) {
      bits = bits << 8 | (b & 0xff);
    }
    return bits;
  }

  /** A frame of the bus. */
  void received(CanFrame frame) {
    Watch watch =
        frame instanceof CanFrame.Classic classic ? watches.get(classic.id().raw()) : null;
    if (watch == null || !watch.changes(bits(frame.data()))) {
      drop.accept("filtered");
      return;
    }
    long now = loop.ticker().nanoTime();
    if (watch.throttle == 0 || watch.notBefore - now <= 0) {
      watch.notBefore = now + watch.throttle;
      tell.accept(frame);
    } else if (watch.held != null) {
      watch.held = frame;
      drop.accept("superseded");
    } else {
      watch.held = frame;
      loop.schedule(() -> release(watch), watch.notBefore - now, TimeUnit.NANOSECONDS);
    }
  }

  private void release(Watch watch) {
    CanFrame frame = watch.held;
    if (frame != null) {
      watch.held = null;
      watch.notBefore = loop.ticker().nanoTime() + watch.throttle;
      tell.accept(frame);
    }
  }

  void close() {
    cycles.values().forEach(cycle -> cycle.timer.cancel(false));
    cycles.clear();
    for (Watch watch : watches.values()) {
      if (watch.held != null) {
        watch.held = null;
        drop.accept("closed");
      }
    }
    watches.clear();
  }
}
