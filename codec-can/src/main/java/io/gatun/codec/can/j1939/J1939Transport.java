package io.gatun.codec.can.j1939;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one address: in a frame up to 8 bytes, by the transport protocol up to 1785 (TP: to
 * all as BAM, to one as RTS and CTS), by the extended one up to 117,440,505 (ETP), as SAE J1939-21
 * has them.
 *
 * <p>At most one message to each destination is being sent, and {@link Options#maxSessions} are
 * coming; their memory grows with what comes, up to {@link Options#maxLength} each.
 *
 * <p>Not for several threads at once. Every call is given the time of one clock in nanoseconds.
 */
public final class J1939Transport {
  /**
   * How messages go and come.
   *
   * @param maxLength the longest message that is taken, in bytes
   * @param maxSessions how many long messages may be coming at once
   * @param packetsPerCts how many packets of a message are asked for at once, 1 to 255
   * @param bamGap milliseconds between the packets of a message to all, 10 to 200; the standard has
   *     50 as the least
   */
  public record Options(int maxLength, int maxSessions, int packetsPerCts, int bamGap) {
    /** Messages of up to 1785 bytes, 64 at once, 16 packets at once, 50 ms. */
    public static final Options DEFAULT = new Options(TP_MAX, 64, 16, 50);

    /**
     * Makes options.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public Options {
      check("longest message", maxLength, 8, ETP_MAX);
      check("number of sessions", maxSessions, 0, 65_536);
      check("number of packets", packetsPerCts, 1, 255);
      check("gap", bamGap, 10, 200);
    }

    private static void check(String what, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            what + " " + value + " is not in " + least + ".." + most);
      }
    }
  }

  /** The most bytes of a frame. */
  public static final int FRAME_MAX = 8;

  /** The most bytes of the transport protocol: 255 packets of 7. */
  public static final int TP_MAX = 1785;

  /** The most bytes of the extended transport protocol: 2^24 − 1 packets of 7. */
  public static final int ETP_MAX = 117_440_505;

  /** How many frames one call sends of a message at most. */
  static final int BURST = 32;

  static final int PACKET = 7;

  // Parameter groups of the protocols.
  static final int TP_CM = 0xec00;
  static final int TP_DT = 0xeb00;
  static final int ETP_CM = 0xc800;
  static final int ETP_DT = 0xc700;

  // The first byte of a connection's management.
  static final int TP_RTS = 16;
  static final int TP_CTS = 17;
  static final int TP_EOM_ACK = 19;
  static final int TP_BAM = 32;
  static final int ETP_RTS = 20;
  static final int ETP_CTS = 21;
  static final int ETP_DPO = 22;
  static final int ETP_EOM_ACK = 23;
  static final int ABORT = 255;

  private static final long MILLI = 1_000_000;

  /** Between packets, at the receiver. */
  static final long T1 = 750 * MILLI;

  /** For the first packet behind a CTS, at the receiver. */
  static final long T2 = 1250 * MILLI;

  /** For an answer, at the sender. */
  static final long T3 = 1250 * MILLI;

  /** For more after the receiver put off, at the sender. */
  static final long T4 = 1050 * MILLI;

  /** After which the receiver puts off again. */
  static final long TH = 500 * MILLI;

  /** Protocols have the lowest priority. */
  private static final int PRIORITY = 7;

  /** Between a pair of nodes there is one message at a time each way, and to all from each. */
  private record Key(int peer, boolean isBroadcast, boolean isExtended) {}

  final Options options;
  private final J1939Listener listener;
  private final Map<Integer, J1939Sender> senders = new LinkedHashMap<>();
  private final Map<Key, J1939Receiver> receivers = new LinkedHashMap<>();
  private int address;
  private boolean held;

  /**
   * Makes a transport on which nothing goes on.
   *
   * @param address of this node; {@link J1939Id#NULL} for none yet
   * @param options how
   * @param listener is told
   */
  public J1939Transport(int address, Options options, J1939Listener listener) {
    this.address = address;
    this.options = options;
    this.listener = listener;
  }

  /** {@return the address of this node} */
  public int address() {
    return address;
  }

  /**
   * Changes the address of this node. What is under way to one and from one is given up.
   *
   * @param address {@link J1939Id#NULL} for none
   */
  public void setAddress(int address) {
    if (address == this.address) {
      return;
    }
    for (J1939Sender sender : List.copyOf(senders.values())) {
      end(sender, J1939Error.INTERRUPTED, true);
    }
    for (J1939Receiver receiver : List.copyOf(receivers.values())) {
      if (!receiver.isBroadcast()) {
        end(receiver, J1939Error.INTERRUPTED, true);
      }
    }
    this.address = address;
  }

  // ---- Sending

  /**
   * Sends a message, or begins to.
   *
   * @param message whose source does not matter
   * @param now the time in nanoseconds
   * @throws IllegalStateException if one to the same destination is being sent, or the node has no
   *     address
   * @throws IllegalArgumentException if it is too long
   */
  public void send(J1939Message message, long now) {
    if (address > J1939Id.MAX_ADDRESS) {
      throw new IllegalStateException("the node has no address");
    }
    int length = message.data().length();
    if (length <= FRAME_MAX) {
      if (!J1939Id.isPdu1(message.pgn()) && message.destination() != J1939Id.GLOBAL) {
        throw new IllegalArgumentException("a short message of this group is for all");
      }
      J1939Id id = new J1939Id(message.priority(), message.pgn(), message.destination(), address);
      listener.transmit(new CanFrame.Classic(id.toCanId(), message.data()));
      listener.sent(message);
      return;
    }
    if (length > (message.destination() == J1939Id.GLOBAL ? TP_MAX : ETP_MAX)) {
      throw new IllegalArgumentException("a message of " + length + " bytes is too long");
    }
    if (senders.containsKey(message.destination())) {
      throw new IllegalStateException("a message to this destination is being sent");
    }
    J1939Sender sender = new J1939Sender(this, message);
    senders.put(message.destination(), sender);
    sender.start(now);
  }

  /**
   * {@return whether a long message is being sent to a destination}
   *
   * @param destination an address, or {@link J1939Id#GLOBAL}
   */
  public boolean isSending(int destination) {
    return senders.containsKey(destination);
  }

  /** {@return whether anything is being sent or received} */
  public boolean isBusy() {
    return !senders.isEmpty() || !receivers.isEmpty();
  }

  // ---- Receiving

  /**
   * Takes a frame that came.
   *
   * @param frame any; one that is not for this node or all changes nothing
   * @param now the time in nanoseconds
   */
  public void receive(CanFrame frame, long now) {
    if (!(frame instanceof CanFrame.Classic(CanId canId, int _, CanData data))
        || !canId.isExtended()) {
      return;
    }
    J1939Id id = J1939Id.of(canId);
    boolean global = id.destination() == J1939Id.GLOBAL;
    if (!global && id.destination() != address) {
      return;
    }
    switch (id.pgn()) {
      case TP_CM, ETP_CM -> {
        if (data.length() == FRAME_MAX) {
          manage(id, data, id.pgn() == ETP_CM, now);
        }
      }
      case TP_DT, ETP_DT -> {
        if (data.length() == FRAME_MAX) {
          J1939Receiver receiver = receivers.get(new Key(id.source(), global, id.pgn() == ETP_DT));
          // What nobody asked for is passed over: it may belong to a transfer that was given up.
          if (receiver != null) {
            receiver.packet(data, now);
          }
        }
      }
      default ->
          listener.received(
              new J1939Message(id.priority(), id.pgn(), id.destination(), id.source(), data));
    }
  }

  private void manage(J1939Id id, CanData data, boolean extended, long now) {
    boolean global = id.destination() == J1939Id.GLOBAL;
    int peer = id.source();
    int pgn = little(data, 5, 3);
    if (pgn > J1939Id.MAX_PGN || (J1939Id.isPdu1(pgn) && (pgn & 0xff) != 0)) {
      return;
    }
    @Nullable J1939Sender sender = global ? null : senders.get(peer);
    if (sender != null && !sender.is(pgn, extended)) {
      sender = null;
    }
    @Nullable J1939Receiver receiver =
        global ? null : receivers.get(new Key(peer, false, extended));
    if (receiver != null && !receiver.is(pgn)) {
      receiver = null;
    }
    switch (data.get(0)) {
      case TP_BAM -> {
        if (!extended && global) {
          begin(new Key(peer, true, false), pgn, little(data, 1, 2), data.get(3), 255, now);
        }
      }
      case TP_RTS -> {
        if (!extended && !global) {
          begin(
              new Key(peer, false, false), pgn, little(data, 1, 2), data.get(3), data.get(4), now);
        }
      }
      case ETP_RTS -> {
        if (extended && !global) {
          long size = little(data, 1, 4) & 0xffff_ffffL;
          begin(new Key(peer, false, true), pgn, size, -1, 255, now);
        }
      }
      case TP_CTS -> {
        if (sender != null && !extended) {
          sender.clearToSend(data.get(1), data.get(2), now);
        }
      }
      case ETP_CTS -> {
        if (sender != null && extended) {
          sender.clearToSend(data.get(1), little(data, 2, 3), now);
        }
      }
      case ETP_DPO -> {
        if (receiver != null && extended) {
          receiver.offset(data.get(1), little(data, 2, 3), now);
        }
      }
      case TP_EOM_ACK, ETP_EOM_ACK -> {
        if (sender != null && (data.get(0) == ETP_EOM_ACK) == extended) {
          sender.acknowledged();
        }
      }
      case ABORT -> {
        J1939Error error = J1939Error.of(data.get(1));
        if (sender != null) {
          end(sender, error, false);
        }
        if (receiver != null) {
          end(receiver, error, false);
        }
      }
      default -> {
        // Reserved.
      }
    }
  }

  private void begin(Key key, int pgn, long size, int packets, int limit, long now) {
    J1939Receiver old = receivers.get(key);
    if (old != null) {
      // Its sender has begun anew, and knows.
      end(old, J1939Error.INTERRUPTED, false);
    }
    boolean fits = key.isExtended ? size > TP_MAX && size <= ETP_MAX : size > 8 && size <= TP_MAX;
    int needed = (int) Math.min((size + PACKET - 1) / PACKET, Integer.MAX_VALUE);
    if (!fits || (packets >= 0 && packets != needed)) {
      refuse(key, pgn, J1939Error.BAD_SIZE);
    } else if (size > options.maxLength || receivers.size() >= options.maxSessions) {
      refuse(key, pgn, J1939Error.RESOURCES);
    } else {
      J1939Receiver receiver =
          new J1939Receiver(
              this, key.peer, key.isBroadcast, key.isExtended, pgn, (int) size, limit);
      receivers.put(key, receiver);
      receiver.start(now);
    }
  }

  private void refuse(Key key, int pgn, J1939Error error) {
    if (!key.isBroadcast) {
      abort(key.peer, pgn, key.isExtended, error);
    }
    int destination = key.isBroadcast ? J1939Id.GLOBAL : address;
    listener.failed(incoming(key.peer, destination, pgn, CanData.EMPTY), false, error);
  }

  private static J1939Message incoming(int source, int destination, int pgn, CanData data) {
    return new J1939Message(PRIORITY, pgn, destination, source, data);
  }

  // ---- Time

  /**
   * Does what is due.
   *
   * @param now the time in nanoseconds
   */
  public void run(long now) {
    copy(senders.values()).forEach(sender -> sender.run(now));
    copy(receivers.values()).forEach(receiver -> receiver.run(now));
  }

  /** A listener may begin and end others. */
  private static <T> List<T> copy(Collection<T> values) {
    return values.isEmpty() ? List.of() : new ArrayList<>(values);
  }

  /**
   * {@return after how many nanoseconds {@link #run} has something to do} 0 if it has now, {@link
   * Long#MAX_VALUE} if nothing is waited for.
   *
   * @param now the time in nanoseconds
   */
  public long timeLeft(long now) {
    long left = Long.MAX_VALUE;
    for (J1939Sender sender : senders.values()) {
      left = Math.min(left, sender.due() - now);
    }
    for (J1939Receiver receiver : receivers.values()) {
      left = Math.min(left, receiver.due() - now);
    }
    return Math.max(0, left);
  }

  /**
   * Puts those who send to this node off, or no longer: while it is on, they are asked to wait
   * where more would be asked for. Messages to all come all the same.
   *
   * @param on whether to
   * @param now the time in nanoseconds
   */
  public void hold(boolean on, long now) {
    held = on;
    if (!on) {
      copy(receivers.values()).forEach(receiver -> receiver.resume(now));
    }
  }

  boolean isHeld() {
    return held;
  }

  // ---- What sessions do

  void transmit(int destination, int pgn, byte... bytes) {
    J1939Id id = new J1939Id(PRIORITY, pgn, destination, address);
    listener.transmit(new CanFrame.Classic(id.toCanId(), CanData.of(bytes)));
  }

  /** Sends a message of connection management, all of which end with the PGN. */
  void manage(
      int destination,
      int pgn,
      boolean extended,
      int control,
      byte one,
      byte two,
      byte three,
      byte four) {
    transmit(
        destination,
        extended ? ETP_CM : TP_CM,
        (byte) control,
        one,
        two,
        three,
        four,
        (byte) pgn,
        (byte) (pgn >> 8),
        (byte) (pgn >> 16));
  }

  /** The session is over; the other side is told if it does not know. */
  void end(J1939Sender sender, J1939Error error, boolean tell) {
    J1939Message message = sender.message();
    senders.remove(message.destination(), sender);
    if (tell && message.destination() != J1939Id.GLOBAL) {
      abort(message.destination(), message.pgn(), sender.isExtended(), error);
    }
    listener.failed(message, true, error);
  }

  void sent(J1939Sender sender) {
    senders.remove(sender.message().destination(), sender);
    listener.sent(sender.message());
  }

  void end(J1939Receiver receiver, J1939Error error, boolean tell) {
    receivers.remove(key(receiver), receiver);
    if (tell && !receiver.isBroadcast()) {
      abort(receiver.peer(), receiver.pgn(), receiver.isExtended(), error);
    }
    listener.failed(message(receiver, CanData.EMPTY), false, error);
  }

  void received(J1939Receiver receiver, byte[] data) {
    receivers.remove(key(receiver), receiver);
    listener.received(message(receiver, CanData.of(data)));
  }

  private static Key key(J1939Receiver receiver) {
    return new Key(receiver.peer(), receiver.isBroadcast(), receiver.isExtended());
  }

  private J1939Message message(J1939Receiver receiver, CanData data) {
    int destination = receiver.isBroadcast() ? J1939Id.GLOBAL : address;
    return incoming(receiver.peer(), destination, receiver.pgn(), data);
  }

  private void abort(int peer, int pgn, boolean extended, J1939Error error) {
    byte none = (byte) 0xff;
    manage(peer, pgn, extended, ABORT, (byte) error.code(), none, none, none);
  }

  /** A number of some bytes, the least significant one first. */
  private static int little(CanData data, int from, int count) {
    int value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | data.get(from + i);
    }
    return value;
  }
}
