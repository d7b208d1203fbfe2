package io.gatun.codec.can.j1939;

import io.gatun.codec.can.CanId;

/**
 * What the 29 bits of an identifier say (SAE J1939-21).
 *
 * <p>A parameter group whose format is below 240 (PDU1) is sent to a destination, which stands in
 * the place of the group's lower byte; the others (PDU2) are for all.
 *
 * @param priority 0 to 7; the least goes first
 * @param pgn the number of the parameter group, 18 bits; of PDU1 with a lower byte of 0
 * @param destination the address it is for; {@link #GLOBAL} for all
 * @param source the sender's address
 */
public record J1939Id(int priority, int pgn, int destination, int source) {
  /** The address of all. */
  public static final int GLOBAL = 0xff;

  /** The address of who has none. */
  public static final int NULL = 0xfe;

  /** The greatest address that a node may have. */
  public static final int MAX_ADDRESS = 0xfd;

  /** The greatest number of a parameter group. */
  public static final int MAX_PGN = 0x3ffff;

  private static final int FIRST_PDU2 = 240;

  /**
   * Makes an identifier.
   *
   * @throws IllegalArgumentException if a value is out of range, a group of PDU1 has a lower byte,
   *     or one of PDU2 a destination
   */
  public J1939Id {
    check("priority", priority, 7);
    check("parameter group", pgn, MAX_PGN);
    check("destination", destination, GLOBAL);
    check("source", source, GLOBAL);
    if (isPdu1(pgn) ? (pgn & 0xff) != 0 : destination != GLOBAL) {
      throw new IllegalArgumentException(
          "parameter group 0x%x to destination 0x%x".formatted(pgn, destination));
    }
  }

  private static void check(String what, int value, int most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(what + " " + value + " is not in 0.." + most);
    }
  }

  /**
   * {@return whether a group is sent to a destination}
   *
   * @param pgn its number
   */
  public static boolean isPdu1(int pgn) {
    return (pgn >> 8 & 0xff) < FIRST_PDU2;
  }

  /**
   * {@return what an identifier says}
   *
   * @throws IllegalArgumentException if it has 11 bits
   */
  public static J1939Id of(CanId id) {
    if (!id.isExtended()) {
      throw new IllegalArgumentException("identifier " + id + " has 11 bits");
    }
    int value = id.value();
    int pgn = value >> 8 & MAX_PGN;
    boolean pdu1 = isPdu1(pgn);
    return new J1939Id(
        value >>> 26, pdu1 ? pgn & ~0xff : pgn, pdu1 ? pgn & 0xff : GLOBAL, value & 0xff);
  }

  /** {@return the identifier} */
  public CanId toCanId() {
    int specific = isPdu1(pgn) ? destination : 0;
    return CanId.extended(priority << 26 | (pgn | specific) << 8 | source);
  }

  /** {@return such as {@code 6 0x0ea00 80>ff}} */
  @Override
  public String toString() {
    return "%d 0x%05x %02x>%02x".formatted(priority, pgn, source, destination);
  }
}
