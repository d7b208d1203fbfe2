package io.gatun.address;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IPv4 address and a port; see ip(7).
 *
 * @param bits the address as a number: 127.0.0.1 is {@code 0x7f000001}
 * @param port 0 to 65535
 */
public record Ipv4Address(int bits, int port) implements IpAddress {
  private static final int LOOPBACK = 0x7f000001;

  /**
   * Makes an address.
   *
   * @throws IllegalArgumentException if the port is out of range
   */
  public Ipv4Address {
    Bytes.checkPort(port);
  }

  /**
   * {@return the address of a host given as four decimal numbers, {@code 127.0.0.1}}
   *
   * @param host the text of the address
   * @param port 0 to 65535
   * @throws AddressFormatException if the host is not that
   * @throws IllegalArgumentException if the port is out of range
   */
  public static Ipv4Address of(String host, int port) {
    return new AddressParser(host).ipv4Host(port);
  }

  /**
   * {@return 0.0.0.0: bound, every address of this host}
   *
   * @param port 0 to 65535
   */
  public static Ipv4Address any(int port) {
    return new Ipv4Address(0, port);
  }

  /**
   * {@return 127.0.0.1, this host}
   *
   * @param port 0 to 65535
   */
  public static Ipv4Address loopback(int port) {
    return new Ipv4Address(LOOPBACK, port);
  }

  /**
   * {@return 255.255.255.255, all hosts of the network}
   *
   * @param port 0 to 65535
   */
  public static Ipv4Address broadcast(int port) {
    return new Ipv4Address(-1, port);
  }

  @Override
  public String host() {
    return dotted(bits);
  }

  @Override
  public AddressFamily family() {
    return AddressFamily.INET;
  }

  @Override
  public Ipv4Address withPort(int port) {
    return new Ipv4Address(bits, port);
  }

  @Override
  public InetAddress toInetAddress() {
    try {
      return InetAddress.getByAddress(Bytes.of(bits));
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  @Override
  public String toString() {
    return dotted(bits) + ":" + port;
  }

  static String dotted(int bits) {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 255)
        + "."
        + (bits >>> 8 & 255)
        + "."
        + (bits & 255);
  }
}
