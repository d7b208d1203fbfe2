package io.gatun.address;

import io.gatun.error.SocketErrors;

/**
 * A network interface as macOS and the BSDs tell of it: {@code struct sockaddr_dl}, see link(4).
 *
 * @param index the interface's index, 0 to 65535
 * @param type the kind of the device, IFT_ETHER say
 * @param name the interface's name, in ISO 8859-1; may be empty
 * @param address the device's address; may have no bytes
 */
public record LinkAddress(int index, int type, String name, HardwareAddress address)
    implements OtherAddress {
  /** What fits into an address beside the head of 8 bytes. */
  static final int DATA_MAX = Sockaddr.SIZE - 8;

  /**
   * Makes an address.
   *
   * @throws IllegalArgumentException if a number is out of range, or the name and the address
   *     together are too long
   */
  public LinkAddress {
    if (index != (index & 0xffff) || type != (type & 0xff)) {
      throw new IllegalArgumentException("index " + index + " or type " + type + " out of range");
    }
    if (name.length() + address.length() > DATA_MAX || name.chars().anyMatch(c -> c > 0xff)) {
      throw new IllegalArgumentException(
          SocketErrors.printable("no name of an interface, or too long: " + name));
    }
  }

  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_LINK");
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("link:");
    text.append(index).append(',').append(type).append(',');
    AlgAddress.append(text, name);
    return text.append(',').append(address).toString();
  }
}
