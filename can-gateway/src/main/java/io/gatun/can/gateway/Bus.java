package io.gatun.can.gateway;

import io.gatun.channel.EventLoop;
import io.gatun.codec.can.CanFrame;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where frames meet: what one member brings, all others are given. Loop's thread only.
 *
 * <p>No protocol between gateways says how far a frame has come. So where two are joined twice, a
 * frame would go round for ever: each brings back what the other has sent. A bus may therefore keep
 * in mind for a while who has brought which frame: the same from another member is its echo. Who
 * repeats a frame of his own is believed.
 */
final class Bus {
  final String name;

  /** A bit of its own in {@code visited}. */
  final long bit;

  /** Copied when it changes: a member may leave while it is given a frame. */
  private Member[] members = new Member[0];

  private record Brought(Member by, long at) {}

  private static final int MOST_IN_MIND = 4096;

  private final EventLoop loop;
  private final long onceNanos;

  /** What members have brought of late, the oldest first. */
  private final Map<CanFrame, Brought> inMind = new LinkedHashMap<>();

  private long frames;
  private long bytes;

  /**
   * A bus.
   *
   * @param onceNanos for how long a frame that one member has brought is taken from no other; 0 for
   *     not at all
   */
  Bus(String name, int number, EventLoop loop, long onceNanos) {
    this.name = name;
    this.bit = 1L << number;
    this.loop = loop;
    this.onceNanos = onceNanos;
  }

  void join(Member member) {
    members = Arrays.copyOf(members, members.length + 1);
    members[members.length - 1] = member;
  }

  @SuppressWarnings("ReferenceEquality") // a member is who it is
  void leave(Member member) {
    members = Arrays.stream(members).filter(other -> other != member).toArray(Member[]::new);
  }

  long frames() {
    return frames;
  }

  /** Of their payloads. */
  long bytes() {
    return bytes;
  }

  /**
   * Gives a frame to all members but one. Returns false where it is an echo, and is given to none.
   *
   * @param visited the bits of the buses that it was on already
   */
  @SuppressWarnings("ReferenceEquality") // as above
  boolean publish(BusFrame frame, Member from, long visited) {
    if (onceNanos > 0 && isEcho(frame.record(), from)) {
      return false;
    }
    frames++;
    bytes += frame.length();
    for (Member member : members) {
      if (member != from) {
        member.counters.offered();
        member.deliver(frame, visited | bit);
      }
    }
    return true;
  }

  /** Whether another member has just brought the same frame. */
  @SuppressWarnings("ReferenceEquality") // as above
  private boolean isEcho(CanFrame frame, Member from) {
    long now = loop.ticker().nanoTime();
    Iterator<Brought> oldest = inMind.values().iterator();
    while (oldest.hasNext()
        && (now - oldest.next().at >= onceNanos || inMind.size() >= MOST_IN_MIND)) {
      oldest.remove();
    }
    Brought before = inMind.get(frame);
    if (before != null && before.by != from) {
      return true;
    }
    inMind.remove(frame); // so that it becomes the newest
    inMind.put(frame, new Brought(from, now));
    return false;
  }
}
