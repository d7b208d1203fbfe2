package io.gatun.address;

import io.gatun.os.Abi;

/**
 * Addresses as the kernel has them, in {@code struct sockaddr}; see sockaddr(3type). Nothing here
 * throws.
 */
public final class Sockaddr {
  /** The bytes that an address may take: {@code sizeof(struct sockaddr_storage)}. */
  public static final int SIZE = 128;

  static final SockaddrLayout HOST = SockaddrLayout.of(Abi.HOST);

  private Sockaddr() {}

  /**
   * Writes an address.
   *
   * @param address the address to write
   * @param memory the address of {@link #SIZE} bytes
   * @return the length of the address in bytes; or the negative ENAMETOOLONG if it is a Unix name
   *     or an algorithm that does not fit, since nothing is cut off (as with a path in CPython, its
   *     NUL must fit too); or the negative EAFNOSUPPORT if this system lacks the family
   */
  public static int encode(Address address, long memory) {
    return address instanceof OtherAddress other
        ? OtherSockaddr.HOST.encode(other, memory)
        : HOST.encode(address, memory);
  }

  /**
   * Reads an address. What is no whole address of its family is a {@link RawAddress}, and what has
   * not even a family is {@link RawAddress#NONE}; so is the sender's of a message from an unbound
   * Unix socket on Linux.
   *
   * @param memory the address of the bytes
   * @param length how many the kernel says there are: any number, but no more than {@link #SIZE}
   *     are read
   * @return the address
   */
  public static Address decode(long memory, int length) {
    return decode(memory, length, Protocol.DEFAULT);
  }

  /**
   * Reads an address, where the family leaves its form to the protocol, as CAN does.
   *
   * @param memory the address of the bytes
   * @param length how many the kernel says there are; see {@link #decode(long, int)}
   * @param protocol the protocol of the socket
   * @return the address
   */
  public static Address decode(long memory, int length, Protocol protocol) {
    if (HOST.isOther(memory, length)) {
      int end = Math.min(length, SIZE);
      Address other =
          OtherSockaddr.HOST.decode(HOST.family(memory), memory, end, protocol.number());
      if (other != null) {
        return other;
      }
    }
    return HOST.decode(memory, length);
  }
}
