package io.gatun.examples.demo;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** What the server, all clients and whoever watches them share. */
final class Load {
  private final Settings settings;
  private final Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();

  /** Each client counts this down once it is connected, or has failed to be. */
  final CountDownLatch arriving;

  /** Each client counts this down when its connection has ended, in order or not. */
  final CountDownLatch running;

  /** The server counts this down for each connection that it has closed. */
  final CountDownLatch serving;

  /** Counted down when no new message is to begin. */
  final CountDownLatch ending = new CountDownLatch(1);

  private volatile long startNanos;
  private volatile long endNanos;

  Load(Settings settings) {
    this.settings = settings;
    for (Kind kind : Kind.values()) {
      tallies.put(kind, new Tally());
    }
    arriving = new CountDownLatch(settings.connections());
    running = new CountDownLatch(settings.connections());
    serving = new CountDownLatch(settings.connections());
  }

  Settings settings() {
    return settings;
  }

  Tally tally(Kind kind) {
    Tally tally = tallies.get(kind);
    if (tally == null) {
      throw new IllegalArgumentException(kind.toString());
    }
    return tally;
  }

  void error(String error) {
    errors.add(error);
  }

  /** What went wrong, in the order it was found. */
  List<String> errors() {
    return List.copyOf(errors);
  }

  /** Lets the clients finish what they have begun. Any thread may call it. */
  void end() {
    ending.countDown();
  }

  boolean isEnding() {
    return ending.getCount() == 0;
  }

  void started() {
    startNanos = System.nanoTime();
  }

  void finished() {
    endNanos = System.nanoTime();
  }

  /** How long the clients have been, or were, at it. */
  double seconds() {
    if (startNanos == 0) {
      return 0;
    }
    return ((endNanos == 0 ? System.nanoTime() : endNanos) - startNanos) / 1e9;
  }
}
