package io.gatun.can.gateway;

import io.gatun.channel.SharedPromise;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameView;
import io.gatun.codec.can.channel.FrameDroppedException;
import io.gatun.error.SocketError;
import java.util.Locale;

/** Somebody on a {@link Bus}: an interface, a connection, a log, a route. Loop's thread only. */
abstract class Member {
  final String name;
  final Bus bus;
  final Counters counters = new Counters();

  /** Tells of the write of one frame, of any. */
  final SharedPromise written =
      new SharedPromise() {
        @Override
        protected void succeeded() {
          counters.sent(1);
        }

        @Override
        protected void failed(Throwable cause) {
          drop(reason(cause));
        }
      };

  private final BusFrame brought = new BusFrame();

  Member(String name, Bus bus) {
    this.name = name;
    this.bus = bus;
  }

  /**
   * Takes a frame, which is counted as offered already: sooner or later as sent or dropped.
   *
   * @param frame valid until this returns
   * @param visited the bits of the buses that it was on
   */
  abstract void deliver(BusFrame frame, long visited);

  /** A frame came from outside. */
  final void received(CanFrame frame) {
    received(brought.of(frame));
  }

  /** A frame came from outside, and lies where it came. */
  final void received(CanFrameView frame) {
    received(brought.of(frame));
  }

  private void received(BusFrame frame) {
    if (bus.publish(frame, this, 0)) {
      counters.received();
    } else {
      counters.lostOutside("loop", 1);
    }
  }

  final void drop(String reason) {
    counters.dropped(reason, 1);
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
