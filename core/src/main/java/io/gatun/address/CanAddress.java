package io.gatun.address;

import java.io.IOException;

/**
 * An address on a CAN bus: an interface by its index (0 is any), and what the protocol adds; Linux
 * only. {@link Interfaces} turns names into indexes and back.
 */
public sealed interface CanAddress extends OtherAddress {
  /** {@return the index of the interface; 0 for any} */
  int interfaceIndex();

  /**
   * {@return the interface's name now; empty for any}
   *
   * @throws IOException if there is no such interface any more
   */
  default String interfaceName() throws IOException {
    return interfaceIndex() == 0 ? "" : Interfaces.name(interfaceIndex());
  }

  @Override
  default AddressFamily family() {
    return OtherAddress.familyOf("AF_CAN");
  }

  /**
   * {@return an address of CAN_RAW and CAN_BCM}
   *
   * @param name the interface's name; empty for any
   * @throws IOException if there is no such interface
   */
  static Raw raw(String name) throws IOException {
    return new Raw(index(name));
  }

  /**
   * {@return an address of CAN_ISOTP}
   *
   * @param name the interface's name
   * @param rxId what is received has this CAN identifier
   * @param txId what is sent has this CAN identifier
   * @throws IOException if there is no such interface
   */
  static IsoTp isoTp(String name, int rxId, int txId) throws IOException {
    return new IsoTp(index(name), rxId, txId);
  }

  /**
   * {@return an address of CAN_J1939}
   *
   * @param interfaceName the interface's name
   * @param name the unit's NAME, or J1939_NO_NAME
   * @param pgn the parameter group, or J1939_NO_PGN
   * @param address the unit's address, or J1939_NO_ADDR
   * @throws IOException if there is no such interface
   */
  static J1939 j1939(String interfaceName, long name, int pgn, int address) throws IOException {
    return new J1939(index(interfaceName), name, pgn, address);
  }

  private static int index(String name) throws IOException {
    return name.isEmpty() ? 0 : Interfaces.index(name);
  }

  /**
   * An interface alone, for CAN_RAW and CAN_BCM.
   *
   * @param interfaceIndex its index, or 0 for any
   */
  record Raw(int interfaceIndex) implements CanAddress {
    @Override
    public String toString() {
      return "can:" + Integer.toUnsignedString(interfaceIndex);
    }
  }

  /**
   * An interface and the identifiers of a transport, for CAN_ISOTP.
   *
   * @param interfaceIndex its index
   * @param rxId what is received has this CAN identifier
   * @param txId what is sent has this CAN identifier
   */
  record IsoTp(int interfaceIndex, int rxId, int txId) implements CanAddress {
    @Override
    public String toString() {
      return "can:"
          + Integer.toUnsignedString(interfaceIndex)
          + ","
          + Integer.toUnsignedString(rxId)
          + ","
          + Integer.toUnsignedString(txId);
    }
  }

  /**
   * An interface and a unit's addresses, for CAN_J1939.
   *
   * @param interfaceIndex its index
   * @param name the unit's NAME
   * @param pgn the parameter group
   * @param address the unit's address, 0 to 255
   */
  record J1939(int interfaceIndex, long name, int pgn, int address) implements CanAddress {
    /**
     * Makes an address.
     *
     * @throws IllegalArgumentException if the unit's address is out of range
     */
    public J1939 {
      if (address < 0 || address > 0xff) {
        throw new IllegalArgumentException("address " + address + " is not in 0..255");
      }
    }

    @Override
    public String toString() {
      return "can:"
          + Integer.toUnsignedString(interfaceIndex)
          + ","
          + Long.toUnsignedString(name)
          + ","
          + Integer.toUnsignedString(pgn)
          + ","
          + address;
    }
  }
}
