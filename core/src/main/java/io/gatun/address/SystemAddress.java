package io.gatun.address;

/**
 * A kernel control of macOS. Its id is the system's choice, and CTLIOCGINFO tells it for a name.
 *
 * @param id the control's id
 * @param unit the unit; 0 for any
 */
public record SystemAddress(int id, int unit) implements OtherAddress {
  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_SYSTEM");
  }

  @Override
  public String toString() {
    return "system:" + Integer.toUnsignedString(id) + "," + Integer.toUnsignedString(unit);
  }
}
