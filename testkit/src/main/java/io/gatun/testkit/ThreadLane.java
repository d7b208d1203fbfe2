package io.gatun.testkit;

import java.util.Arrays;
import java.util.stream.Stream;

/** A kind of thread that calls, and a family of addresses. */
record ThreadLane(ThreadKind kind, Family family) {
  static Stream<ThreadLane> all() {
    return Arrays.stream(ThreadKind.values())
        .flatMap(kind -> Family.all().map(family -> new ThreadLane(kind, family)));
  }

  @Override
  public String toString() {
    return kind + " " + family;
  }
}
