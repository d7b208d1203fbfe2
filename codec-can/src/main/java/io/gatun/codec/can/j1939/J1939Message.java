package io.gatun.codec.can.j1939;

import io.gatun.codec.can.CanData;

/**
 * A parameter group with its data, in one frame or in many.
 *
 * @param priority 0 to 7; what came by a transport protocol has that protocol's, 7
 * @param pgn the number of the parameter group
 * @param destination the address it is for; {@link J1939Id#GLOBAL} for all. A group of PDU2 may
 *     have one too if it is longer than a frame.
 * @param source the sender's address; of what is to be sent it does not matter
 * @param data up to 117,440,505 bytes
 */
public record J1939Message(int priority, int pgn, int destination, int source, CanData data) {
  /** The priority of what is not urgent. */
  public static final int DEFAULT_PRIORITY = 6;

  /**
   * Makes a message.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public J1939Message {
    boolean pdu1 = J1939Id.isPdu1(pgn);
    // Checks what both have.
    J1939Id _ = new J1939Id(priority, pgn, pdu1 ? destination : J1939Id.GLOBAL, source);
    if (destination < 0 || destination > J1939Id.GLOBAL) {
      throw new IllegalArgumentException("destination " + destination + " is not in 0..255");
    }
  }

  /**
   * {@return a message to send, of priority 6}
   *
   * @param pgn the number of the parameter group
   * @param destination the address it is for; {@link J1939Id#GLOBAL} for all
   * @param data its bytes
   */
  public static J1939Message to(int pgn, int destination, CanData data) {
    return new J1939Message(DEFAULT_PRIORITY, pgn, destination, J1939Id.NULL, data);
  }

  /** {@return the addresses, the group and the length} */
  @Override
  public String toString() {
    return "%02x>%02x 0x%05x, %d bytes".formatted(source, destination, pgn, data.length());
  }
}
