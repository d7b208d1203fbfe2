package io.gatun.can.gateway;

import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.channel.FrameDroppedException;
import io.gatun.error.SocketError;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.util.Locale;

/** Somebody on a {@link Bus}: an interface, a connection, a log, a route. Loop's thread only. */
abstract class Member implements GenericFutureListener<Future<Void>> {
  final String name;
  final Bus bus;
  final Counters counters = new Counters();

  Member(String name, Bus bus) {
    this.name = name;
    this.bus = bus;
  }

  /**
   * Takes a frame, which is counted as offered already: sooner or later as sent or dropped.
   *
   * @param visited the bits of the buses that it was on
   */
  abstract void deliver(CanFrame frame, long visited);

  /** A frame came from outside. */
  final void received(CanFrame frame) {
    if (bus.publish(frame, this, 0)) {
      counters.received();
    } else {
      counters.lostOutside("loop", 1);
    }
  }

  final void drop(String reason) {
    counters.dropped(reason, 1);
  }

  /** What a promise of one frame's write tells. */
  @Override
  public final void operationComplete(Future<Void> future) {
    if (future.isSuccess()) {
      counters.sent(1);
    } else {
      drop(reason(future.cause()));
    }
  }

  static String reason(Throwable cause) {
    return switch (cause) {
      case FrameDroppedException dropped ->
          dropped.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
      case SocketError error when !error.errnoName().startsWith("errno") -> error.errnoName();
      default -> "closed";
    };
  }

  /** What it does now, for people; empty where there is nothing to say. */
  String state() {
    return "";
  }

  /** Ends it; the bus forgets it. */
  void close() {
    bus.leave(this);
  }
}
