package io.gatun.codec.can.j1939;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a node comes to an address (SAE J1939-81): it claims one, keeps it against names that are
 * greater than its own, and loses it to lesser ones. Who may take any address then claims another,
 * 128 to 247; the others have none. It keeps the names of the other nodes that it has heard of.
 *
 * <p>Not for several threads at once. Every call is given the time of one clock in nanoseconds.
 */
public final class J1939Claim {
  /** The group by which addresses are claimed. */
  public static final int PGN_CLAIMED = 0xee00;

  /** The group that asks for another group. */
  public static final int PGN_REQUEST = 0xea00;

  /** The group that commands an address: the name and a byte, so longer than a frame. */
  public static final int PGN_COMMANDED = 0xfed8;

  private static final long MILLI = 1_000_000;

  /** How long others may object. */
  private static final long WAIT = 250 * MILLI;

  /** The delay of who has no address is 0 to 255 times 0.6 ms: many may have lost at once. */
  private static final int DELAYS = 256;

  private static final long DELAY = 600_000;

  private static final int FIRST_FREE = 128;
  private static final int LAST_FREE = 247;

  private enum State {
    IDLE,
    CLAIMING,
    CLAIMED,
    /** It has no address; if {@code delayed}, others do not know yet. */
    CANNOT
  }

  private final J1939Name name;
  private final J1939Listener listener;
  private final Random random;
  private final Map<Integer, J1939Name> others = new TreeMap<>();
  private State state = State.IDLE;
  private int address;
  private boolean delayed;
  private long due;

  /**
   * Makes a node that has claimed nothing yet.
   *
   * @param name its name
   * @param address the one it would like to have, 0 to 253
   * @param seed of the delays; that of no other node
   * @param listener is told of frames and of the address
   * @throws IllegalArgumentException if the address is out of range
   */
  public J1939Claim(J1939Name name, int address, long seed, J1939Listener listener) {
    checkAddress(address);
    this.name = name;
    this.address = address;
    this.random = new Random(seed);
    this.listener = listener;
  }

  private static void checkAddress(int address) {
    if (address < 0 || address > J1939Id.MAX_ADDRESS) {
      throw new IllegalArgumentException("address " + address + " is not in 0..253");
    }
  }

  /** {@return the address; {@link J1939Id#NULL} while it has none} */
  public int address() {
    return state == State.CLAIMED ? address : J1939Id.NULL;
  }

  /** {@return the name} */
  public J1939Name name() {
    return name;
  }

  /**
   * {@return the name of another node; null if none was heard of}
   *
   * @param address its address
   */
  public @Nullable J1939Name nameOf(int address) {
    return others.get(address);
  }

  /**
   * {@return the address of another node; {@link J1939Id#NULL} if it has none that was heard of}
   *
   * @param name its name
   */
  public int addressOf(J1939Name name) {
    for (Map.Entry<Integer, J1939Name> other : others.entrySet()) {
      if (other.getValue().equals(name)) {
        return other.getKey();
      }
    }
    return J1939Id.NULL;
  }

  /**
   * Asks all for their addresses, and claims the one that it would like to have.
   *
   * @param now the time in nanoseconds
   */
  public void start(long now) {
    transmit(
        new J1939Id(J1939Message.DEFAULT_PRIORITY, PGN_REQUEST, J1939Id.GLOBAL, J1939Id.NULL),
        CanData.ofInts(0, PGN_CLAIMED >> 8, 0));
    claim(address, now);
  }

  private void transmit(J1939Id id, CanData data) {
    listener.transmit(new CanFrame.Classic(id.toCanId(), data));
  }

  private void sendClaim(int source) {
    transmit(
        new J1939Id(J1939Message.DEFAULT_PRIORITY, PGN_CLAIMED, J1939Id.GLOBAL, source),
        name.toData());
  }

  private void claim(int wanted, long now) {
    boolean had = state == State.CLAIMED;
    address = wanted;
    delayed = false;
    state = State.CLAIMING;
    due = now + WAIT;
    if (had) {
      listener.addressChanged(J1939Id.NULL);
    }
    sendClaim(wanted);
  }

  /**
   * Takes a frame that came.
   *
   * @param frame any; what is no claim and asks for none changes nothing
   * @param now the time in nanoseconds
   */
  public void receive(CanFrame frame, long now) {
    if (!(frame instanceof CanFrame.Classic(CanId canId, int _, CanData data))
        || !canId.isExtended()
        || state == State.IDLE) {
      return;
    }
    J1939Id id = J1939Id.of(canId);
    if (id.pgn() == PGN_REQUEST && data.length() == 3) {
      boolean asked = (data.get(0) | data.get(1) << 8 | data.get(2) << 16) == PGN_CLAIMED;
      boolean mine = id.destination() == J1939Id.GLOBAL || id.destination() == address();
      if (asked && mine) {
        answer(now);
      }
    } else if (id.pgn() == PGN_CLAIMED && data.length() == 8) {
      claimed(id.source(), J1939Name.ofData(data), now);
    }
  }

  private void answer(long now) {
    if (state == State.CANNOT) {
      delay(now);
    } else {
      sendClaim(address);
    }
  }

  private void delay(long now) {
    if (!delayed) {
      delayed = true;
      due = now + random.nextInt(DELAYS) * DELAY;
    }
  }

  private void claimed(int source, J1939Name other, long now) {
    if (other.equals(name)) {
      // Its own claim, which a bus may give back.
      return;
    }
    others.values().removeIf(other::equals);
    if (source > J1939Id.MAX_ADDRESS) {
      return;
    }
    boolean mine = source == address && (state == State.CLAIMED || state == State.CLAIMING);
    if (mine && name.compareTo(other) < 0) {
      sendClaim(address);
      return;
    }
    others.put(source, other);
    if (mine) {
      lose(now);
    }
  }

  private void lose(long now) {
    if (name.arbitraryAddressCapable()) {
      for (int free = FIRST_FREE; free <= LAST_FREE; free++) {
        if (!others.containsKey(free)) {
          claim(free, now);
          return;
        }
      }
    }
    boolean had = state == State.CLAIMED;
    state = State.CANNOT;
    delayed = false;
    delay(now);
    if (had) {
      listener.addressChanged(J1939Id.NULL);
    }
  }

  /**
   * Takes a command of an address, which comes as a message. One for another name changes nothing.
   *
   * @param message of the group {@link #PGN_COMMANDED}, or another, which is passed over
   * @param now the time in nanoseconds
   */
  public void receive(J1939Message message, long now) {
    CanData data = message.data();
    if (message.pgn() != PGN_COMMANDED || data.length() != 9 || state == State.IDLE) {
      return;
    }
    int commanded = data.get(8);
    if (J1939Name.ofData(data).equals(name)
        && commanded <= J1939Id.MAX_ADDRESS
        && !(state == State.CLAIMED && address == commanded)) {
      claim(commanded, now);
    }
  }

  /**
   * Does what is due.
   *
   * @param now the time in nanoseconds
   */
  public void run(long now) {
    if (timeLeft(now) > 0) {
      return;
    }
    if (state == State.CLAIMING) {
      state = State.CLAIMED;
      listener.addressChanged(address);
    } else {
      delayed = false;
      sendClaim(J1939Id.NULL);
    }
  }

  /**
   * {@return after how many nanoseconds {@link #run} has something to do} 0 if it has now, {@link
   * Long#MAX_VALUE} if nothing is waited for.
   *
   * @param now the time in nanoseconds
   */
  public long timeLeft(long now) {
    return state == State.CLAIMING || delayed ? Math.max(0, due - now) : Long.MAX_VALUE;
  }
}
