package io.gatun.address;

import java.io.IOException;

/**
 * A network interface, and what a frame on it says of itself; see packet(7). Linux only.
 *
 * @param interfaceIndex the interface's index; 0 for any
 * @param protocol the frame's type, as ETH_P_IP: 0 to 65535, in the host's order
 * @param packetType whom the frame was for: PACKET_HOST, say
 * @param hardwareType the kind of the device: ARPHRD_ETHER, say
 * @param address the sender's or receiver's address: 8 bytes at most
 */
public record PacketAddress(
    int interfaceIndex, int protocol, int packetType, int hardwareType, HardwareAddress address)
    implements OtherAddress {
  static final int ADDRESS_MAX = 8;

  /**
   * Makes an address.
   *
   * @throws IllegalArgumentException if a number or the address's length is out of range
   */
  public PacketAddress {
    if (protocol != (protocol & 0xffff)
        || packetType != (packetType & 0xff)
        || hardwareType != (hardwareType & 0xffff)) {
      throw new IllegalArgumentException(
          "protocol "
              + protocol
              + ", packet type "
              + packetType
              + " or hardware type "
              + hardwareType
              + " is out of range");
    }
    if (address.length() > ADDRESS_MAX) {
      throw new IllegalArgumentException(address + " has more than " + ADDRESS_MAX + " bytes");
    }
  }

  /** Makes an address to bind to, or to send to a device that takes no addresses. */
  public PacketAddress(int interfaceIndex, int protocol) {
    this(interfaceIndex, protocol, 0, 0, HardwareAddress.NONE);
  }

  /**
   * {@return an address to bind to}
   *
   * @param name the interface's name; empty for any
   * @param protocol the type of the frames to receive: ETH_P_ALL, say
   * @throws IOException if there is no such interface
   */
  public static PacketAddress of(String name, int protocol) throws IOException {
    return new PacketAddress(name.isEmpty() ? 0 : Interfaces.index(name), protocol);
  }

  /**
   * {@return the interface's name now; empty for any}
   *
   * @throws IOException if there is no such interface any more
   */
  public String interfaceName() throws IOException {
    return interfaceIndex == 0 ? "" : Interfaces.name(interfaceIndex);
  }

  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_PACKET");
  }

  @Override
  public String toString() {
    return "packet:"
        + Integer.toUnsignedString(interfaceIndex)
        + ","
        + protocol
        + ","
        + packetType
        + ","
        + hardwareType
        + ","
        + address;
  }
}
