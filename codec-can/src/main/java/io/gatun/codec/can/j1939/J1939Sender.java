package io.gatun.codec.can.j1939;

import io.gatun.codec.can.CanData;
import java.util.Arrays;

/** A long message that goes out: to all at its own pace, to one as that one asks. */
final class J1939Sender {
  private static final byte NONE = (byte) 0xff;
  private static final int MOST_RETRIES = 3;

  private final J1939Transport transport;
  private final J1939Message message;
  private final CanData data;
  private final boolean broadcast;
  private final boolean extended;
  private final int packets;

  /**
   * The packets up to {@code last} go; from {@code next} on. Without them the receiver's turn is.
   */
  private int next = 1;

  private int last;

  /** Of the extended protocol, what packets count from. */
  private int offset;

  private int highest;
  private int retries;
  private long due;

  J1939Sender(J1939Transport transport, J1939Message message) {
    this.transport = transport;
    this.message = message;
    this.data = message.data();
    this.broadcast = message.destination() == J1939Id.GLOBAL;
    this.extended = data.length() > J1939Transport.TP_MAX;
    this.packets = (data.length() + J1939Transport.PACKET - 1) / J1939Transport.PACKET;
  }

  J1939Message message() {
    return message;
  }

  boolean isExtended() {
    return extended;
  }

  boolean is(int pgn, boolean extended) {
    return message.pgn() == pgn && this.extended == extended;
  }

  long due() {
    return due;
  }

  private long gap() {
    return broadcast ? transport.options.bamGap() * 1_000_000L : 0;
  }

  void start(long now) {
    int size = data.length();
    if (broadcast) {
      last = packets;
    }
    due = now + (broadcast ? gap() : J1939Transport.T3);
    if (extended) {
      manage(
          J1939Transport.ETP_RTS,
          (byte) size,
          (byte) (size >> 8),
          (byte) (size >> 16),
          (byte) (size >> 24));
    } else {
      manage(
          broadcast ? J1939Transport.TP_BAM : J1939Transport.TP_RTS,
          (byte) size,
          (byte) (size >> 8),
          (byte) packets,
          NONE);
    }
  }

  private void manage(int control, byte one, byte two, byte three, byte four) {
    int to = message.destination();
    transport.manage(to, message.pgn(), extended, control, one, two, three, four);
  }

  void clearToSend(int count, int from, long now) {
    if (next <= last) {
      transport.end(this, J1939Error.UNEXPECTED_CTS, true);
      return;
    }
    if (count == 0) {
      due = now + J1939Transport.T4;
      return;
    }
    if (from < 1 || from > packets || from > highest + 1) {
      transport.end(this, J1939Error.BAD_SEQUENCE, true);
      return;
    }
    if (from > highest) {
      retries = 0;
    } else if (++retries > MOST_RETRIES) {
      transport.end(this, J1939Error.TOO_MANY_RETRIES, true);
      return;
    }
    next = from;
    last = Math.min(packets, from + count - 1);
    due = now;
    if (extended) {
      offset = from - 1;
      manage(
          J1939Transport.ETP_DPO,
          (byte) (last - offset),
          (byte) offset,
          (byte) (offset >> 8),
          (byte) (offset >> 16));
    }
  }

  void acknowledged() {
    if (highest == packets) {
      transport.sent(this);
    }
  }

  void run(long now) {
    if (due - now > 0) {
      return;
    }
    if (next > last) {
      transport.end(this, J1939Error.TIMEOUT, true);
      return;
    }
    for (int i = 0; i < J1939Transport.BURST && next <= last && due - now <= 0; i++) {
      byte[] packet = new byte[8];
      Arrays.fill(packet, NONE);
      packet[0] = (byte) (next - offset);
      int from = (next - 1) * J1939Transport.PACKET;
      int count = Math.min(J1939Transport.PACKET, data.length() - from);
      for (int b = 0; b < count; b++) {
        packet[1 + b] = (byte) data.get(from + b);
      }
      highest = Math.max(highest, next++);
      due = next <= last ? now + gap() : now + J1939Transport.T3;
      transport.transmit(
          message.destination(), extended ? J1939Transport.ETP_DT : J1939Transport.TP_DT, packet);
      if (broadcast && next > last) {
        transport.sent(this);
        return;
      }
    }
  }
}
