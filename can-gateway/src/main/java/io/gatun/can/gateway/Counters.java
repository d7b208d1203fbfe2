package io.gatun.can.gateway;

import java.util.Map;
import java.util.TreeMap;

/**
 * What became of frames. Of what a bus has given to a member, each frame is sent, dropped for a
 * reason, or still on its way. Loop's thread only.
 */
final class Counters {
  /** Brought to the bus. */
  private long received;

  /** Given by the bus. */
  private long offered;

  /** Of those: gone. */
  private long sent;

  private long droppedInAll;
  private final Map<String, Long> dropped = new TreeMap<>();

  void received() {
    received++;
  }

  void offered() {
    offered++;
  }

  void sent(int frames) {
    sent += frames;
  }

  void dropped(String reason, long frames) {
    dropped.merge(reason, frames, Long::sum);
    droppedInAll += frames;
  }

  /**
   * A frame from outside that never became one of the bus: it counts as a loss, and not among those
   * that the bus has given.
   */
  void lostOutside(String reason, long frames) {
    dropped.merge(reason, frames, Long::sum);
    lostOutside += frames;
  }

  private long lostOutside;

  long receivedFrames() {
    return received;
  }

  long offeredFrames() {
    return offered;
  }

  long sentFrames() {
    return sent;
  }

  /** Of those that the bus has given. */
  long droppedFrames() {
    return droppedInAll;
  }

  long lostOutside() {
    return lostOutside;
  }

  long dropped(String reason) {
    return dropped.getOrDefault(reason, 0L);
  }

  /** Neither sent nor dropped yet. */
  long queued() {
    return offered - sent - droppedInAll;
  }

  Map<String, Long> reasons() {
    return dropped;
  }

  /** Adds what another, which is no more, has counted. */
  void add(Counters other) {
    received += other.received;
    offered += other.offered;
    sent += other.sent;
    droppedInAll += other.droppedInAll;
    lostOutside += other.lostOutside;
    other.dropped.forEach((reason, frames) -> dropped.merge(reason, frames, Long::sum));
  }
}
