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
   * @return the length of the address in bytes, or the negative ENAMETOOLONG if it is a Unix name
   *     that does not fit: nothing is cut off. As with a path in CPython, its NUL must fit too
   */
  public static int encode(Address address, long memory) {
    return HOST.encode(address, memory);
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
    return HOST.decode(memory, length);
  }
}
