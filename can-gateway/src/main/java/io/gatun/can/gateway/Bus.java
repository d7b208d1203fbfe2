package io.gatun.can.gateway;

import io.gatun.codec.can.CanFrame;
import java.util.Arrays;

/** Where frames meet: what one member brings, all others are given. Loop's thread only. */
final class Bus {
  final String name;

  /** A bit of its own in {@code visited}. */
  final long bit;

  /** Copied when it changes: a member may leave while it is given a frame. */
  private Member[] members = new Member[0];

  private long frames;
  private long bytes;

  Bus(String name, int number) {
    this.name = name;
    this.bit = 1L << number;
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
   * Gives a frame to all members but one.
   *
   * @param visited the bits of the buses that it was on already
   */
  @SuppressWarnings("ReferenceEquality") // as above
  void publish(CanFrame frame, Member from, long visited) {
    frames++;
    bytes += frame.data().length();
    for (Member member : members) {
      if (member != from) {
        member.counters.offered();
        member.deliver(frame, visited | bit);
      }
    }
  }
}
