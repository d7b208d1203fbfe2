package io.gatun.codec.can.j1939;

import io.gatun.codec.can.CanData;
import java.util.Arrays;

/** A long message that comes in: from one as it is asked for, to all as it comes. */
final class J1939Receiver {
  private static final byte NONE = (byte) 0xff;
  private static final int MOST_RETRIES = 2;

  /** A message takes memory as it comes: its length alone is a claim. */
  private static final int FIRST_ROOM = 4096;

  private final J1939Transport transport;
  private final int peer;
  private final boolean broadcast;
  private final boolean extended;
  private final int pgn;
  private final int size;
  private final int packets;

  /** How many packets the sender wants to be asked for at most. */
  private final int limit;

  private byte[] data;

  /** The packet that is missing first, and the last one that was asked for. */
  private int next = 1;

  private int last;

  /** Of the extended protocol, what packets count from; -1 until the sender has said so. */
  private int offset;

  private int retries;
  private boolean putOff;
  private long due;

  J1939Receiver(
      J1939Transport transport,
      int peer,
      boolean broadcast,
      boolean extended,
      int pgn,
      int size,
      int limit) {
    this.transport = transport;
    this.peer = peer;
    this.broadcast = broadcast;
    this.extended = extended;
    this.pgn = pgn;
    this.size = size;
    this.packets = (size + J1939Transport.PACKET - 1) / J1939Transport.PACKET;
    this.limit = limit == 0 ? 255 : limit;
    this.data = new byte[Math.min(size, FIRST_ROOM)];
  }

  int peer() {
    return peer;
  }

  boolean isBroadcast() {
    return broadcast;
  }

  boolean isExtended() {
    return extended;
  }

  int pgn() {
    return pgn;
  }

  boolean is(int pgn) {
    return this.pgn == pgn;
  }

  long due() {
    return due;
  }

  void start(long now) {
    if (broadcast) {
      last = packets;
      due = now + J1939Transport.T1;
    } else {
      ask(now);
    }
  }

  /** Asks for the next packets, or puts the sender off. */
  private void ask(long now) {
    putOff = transport.isHeld();
    int count = 0;
    if (putOff) {
      due = now + J1939Transport.TH;
    } else {
      int most = Math.min(limit, transport.options.packetsPerCts());
      last = Math.min(packets, next + most - 1);
      count = last - next + 1;
      due = now + J1939Transport.T2;
    }
    offset = extended ? -1 : 0;
    if (extended) {
      manage(
          J1939Transport.ETP_CTS,
          (byte) count,
          (byte) next,
          (byte) (next >> 8),
          (byte) (next >> 16));
    } else {
      manage(J1939Transport.TP_CTS, (byte) count, putOff ? NONE : (byte) next, NONE, NONE);
    }
  }

  void resume(long now) {
    if (putOff) {
      ask(now);
    }
  }

  private void manage(int control, byte one, byte two, byte three, byte four) {
    transport.manage(peer, pgn, extended, control, one, two, three, four);
  }

  void offset(int count, int from, long now) {
    if (putOff) {
      return;
    }
    if (from != next - 1 || count == 0 || from + count > last) {
      transport.end(this, J1939Error.BAD_OFFSET, true);
      return;
    }
    offset = from;
    // It may give less than it was asked for.
    last = from + count;
    due = now + J1939Transport.T1;
  }

  void packet(CanData packet, long now) {
    int number = offset + packet.get(0);
    // Twice, or not asked for, or of a block whose offset was lost: what lacks is asked for again.
    if (putOff || offset < 0 || packet.get(0) == 0 || number < next || number > last) {
      return;
    }
    if (number > next) {
      if (broadcast) {
        transport.end(this, J1939Error.BAD_SEQUENCE, false);
      } else if (number == last) {
        retry(now);
      }
      return;
    }
    int from = (next - 1) * J1939Transport.PACKET;
    int count = Math.min(J1939Transport.PACKET, size - from);
    if (from + count > data.length) {
      data = Arrays.copyOf(data, (int) Math.min(size, 2L * data.length));
    }
    for (int i = 0; i < count; i++) {
      data[from + i] = (byte) packet.get(1 + i);
    }
    next++;
    retries = 0;
    due = now + J1939Transport.T1;
    if (next > packets) {
      acknowledge();
      transport.received(this, data);
    } else if (next > last) {
      ask(now);
    }
  }

  private void acknowledge() {
    if (broadcast) {
      return;
    }
    if (extended) {
      manage(
          J1939Transport.ETP_EOM_ACK,
          (byte) size,
          (byte) (size >> 8),
          (byte) (size >> 16),
          (byte) (size >> 24));
    } else {
      manage(J1939Transport.TP_EOM_ACK, (byte) size, (byte) (size >> 8), (byte) packets, NONE);
    }
  }

  private void retry(long now) {
    if (retries++ < MOST_RETRIES) {
      ask(now);
    } else {
      transport.end(this, J1939Error.TIMEOUT, true);
    }
  }

  void run(long now) {
    if (due - now > 0) {
      return;
    }
    if (broadcast) {
      transport.end(this, J1939Error.TIMEOUT, false);
    } else if (putOff) {
      ask(now);
    } else {
      retry(now);
    }
  }
}
