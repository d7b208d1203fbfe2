package io.gatun.can.gateway;

import java.util.LinkedHashSet;
import java.util.Set;

/** A line of the configuration, and who came by it. Loop's thread only, but for {@link #start}. */
abstract class Endpoint {
  final String name;
  final Set<Member> members = new LinkedHashSet<>();

  /** What members have counted that are no more. */
  final Counters past = new Counters();

  Endpoint(String name) {
    this.name = name;
  }

  /** Begins; on a thread that may wait. */
  abstract void start() throws Exception;

  final void add(Member member) {
    members.add(member);
  }

  /** Adds one that is a member of its bus from now on. */
  final void join(Member member) {
    add(member);
    member.bus.join(member);
  }

  final void remove(Member member) {
    if (members.remove(member)) {
      past.add(member.counters);
    }
  }

  void close() {
    for (Member member : Set.copyOf(members)) {
      member.close();
    }
  }

  /** Where it listens; empty where it does not. */
  String listens() {
    return "";
  }
}
