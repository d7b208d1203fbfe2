package io.gatun.codec.can.isotp;

import io.gatun.codec.can.CanId;

/**
 * Who speaks with whom: the identifiers of the two directions, and the byte before all else that
 * some kinds of addressing have.
 *
 * @param transmit the identifier of frames that go out
 * @param receive the identifier of frames that come in
 * @param transmitByte the first byte of frames that go out, 0 to 255; {@link #NONE} for none
 * @param receiveByte the first byte of frames that come in, 0 to 255; {@link #NONE} for none
 * @param isFunctional whether what goes out is for many: a message is a single frame then, for
 *     nobody could answer for all
 */
public record IsoTpAddress(
    CanId transmit, CanId receive, int transmitByte, int receiveByte, boolean isFunctional) {
  /** No byte: normal addressing. */
  public static final int NONE = -1;

  /** Normal fixed addressing of ISO 15765-2: priority 6, PF 218 physical and 219 functional. */
  private static final int PHYSICAL = 0x18da_0000;

  private static final int FUNCTIONAL = 0x18db_0000;

  /**
   * Makes an address.
   *
   * @throws IllegalArgumentException if a byte is out of range
   */
  public IsoTpAddress {
    if (transmitByte < NONE || transmitByte > 0xff || receiveByte < NONE || receiveByte > 0xff) {
      throw new IllegalArgumentException(
          "address byte " + transmitByte + " or " + receiveByte + " is not in 0..255");
    }
  }

  /** {@return normal addressing: the identifiers say all} */
  public static IsoTpAddress normal(CanId transmit, CanId receive) {
    return new IsoTpAddress(transmit, receive, NONE, NONE, false);
  }

  /**
   * {@return normal fixed addressing: 29 bits of identifier with the addresses in them}
   *
   * @param own the address of this side, 0 to 255
   * @param peer the address of the other, 0 to 255
   */
  public static IsoTpAddress normalFixed(int own, int peer) {
    checkAddress(own);
    checkAddress(peer);
    return normal(
        CanId.extended(PHYSICAL | peer << 8 | own), CanId.extended(PHYSICAL | own << 8 | peer));
  }

  /**
   * {@return normal fixed addressing to many}
   *
   * @param own the address of this side, 0 to 255
   * @param group the address of the group, 0 to 255
   */
  public static IsoTpAddress functionalFixed(int own, int group) {
    checkAddress(own);
    checkAddress(group);
    return new IsoTpAddress(
        CanId.extended(FUNCTIONAL | group << 8 | own),
        CanId.extended(FUNCTIONAL | own << 8 | group),
        NONE,
        NONE,
        true);
  }

  /**
   * {@return extended addressing: the first byte is the target's address}
   *
   * @param peer the byte of frames that go out, 0 to 255
   * @param own the byte of frames that come in, 0 to 255
   */
  public static IsoTpAddress extended(CanId transmit, CanId receive, int peer, int own) {
    return new IsoTpAddress(transmit, receive, peer, own, false);
  }

  /**
   * {@return mixed addressing: the first byte is the address extension, the same both ways}
   *
   * @param extension 0 to 255
   */
  public static IsoTpAddress mixed(CanId transmit, CanId receive, int extension) {
    return new IsoTpAddress(transmit, receive, extension, extension, false);
  }

  /** {@return the same for many} */
  public IsoTpAddress functional() {
    return new IsoTpAddress(transmit, receive, transmitByte, receiveByte, true);
  }

  /** {@return the same as the other side has it, which speaks to one} */
  public IsoTpAddress reversed() {
    return new IsoTpAddress(
        /* transmit= */ receive,
        /* receive= */ transmit,
        /* transmitByte= */ receiveByte,
        /* receiveByte= */ transmitByte,
        false);
  }

  private static void checkAddress(int address) {
    if (address < 0 || address > 0xff) {
      throw new IllegalArgumentException("address " + address + " is not in 0..255");
    }
  }
}
