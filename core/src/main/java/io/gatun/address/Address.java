package io.gatun.address;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** The address of a socket: an immutable value. */
public sealed interface Address permits IpAddress, UnixAddress, RawAddress {
  /** {@return the family that this address belongs to} */
  AddressFamily family();

  /**
   * {@return the JDK's own form of this address}
   *
   * @throws UnsupportedOperationException if the JDK has none, as for an abstract Unix name
   */
  SocketAddress toSocketAddress();

  /** {@return the canonical text, which {@link #parse} reads back} */
  @Override
  String toString();

  /**
   * {@return the address that one of the JDK's stands for}
   *
   * @param address an Internet or Unix address of the JDK
   * @throws IllegalArgumentException if it is an unresolved host name (see {@link Resolver}), or of
   *     a class that the JDK did not have in version 25
   */
  static Address of(SocketAddress address) {
    return switch (address) {
      case InetSocketAddress ip when ip.isUnresolved() ->
          throw new IllegalArgumentException(
              ip.getHostString() + " is a name: let Resolver find its addresses");
      case InetSocketAddress ip -> IpAddress.of(ip.getAddress(), ip.getPort());
      case UnixDomainSocketAddress unix when unix.getPath().toString().isEmpty() ->
          UnixAddress.UNNAMED;
      case UnixDomainSocketAddress unix -> UnixAddress.path(unix.getPath());
      default ->
          throw new IllegalArgumentException(
              "no address of Gatun stands for a " + address.getClass().getName());
    };
  }

  /**
   * Reads an address from its text. No name is resolved.
   *
   * <table>
   * <caption>The forms</caption>
   * <tr><td>{@code 127.0.0.1:80}</td><td>IPv4: four decimal numbers without leading zeros</td></tr>
   * <tr><td>{@code *:80}</td><td>any IPv4 address, {@code 0.0.0.0}, which every host has. Any
   *     IPv6 address is {@code [::]:80}; whether that takes IPv4 too is the option IPV6_V6ONLY's
   *     business, whose default differs between systems</td></tr>
   * <tr><td>{@code [::1]:80}</td><td>IPv6: every form of RFC 4291 §2.2</td></tr>
   * <tr><td>{@code [fe80::1%lo]:80}</td><td>with a zone (RFC 4007 §11): an interface's name or
   *     number; the canonical form has the number</td></tr>
   * <tr><td>{@code [::1]:80;flow=5}</td><td>with a flow label</td></tr>
   * <tr><td>{@code unix:/run/x}</td><td>a path, absolute or relative</td></tr>
   * <tr><td>{@code unix:@x}</td><td>an abstract name of Linux, see unix(7)</td></tr>
   * <tr><td>{@code unix:}</td><td>the unnamed Unix address</td></tr>
   * <tr><td>{@code raw:16:0a0b}</td><td>any other family by number, and the bytes that follow it
   *     in its {@code struct sockaddr}</td></tr>
   * </table>
   *
   * <p>In a Unix name a byte may be written {@code \xNN}, and must be where it is not part of a
   * printable character of UTF-8, or is an {@code @} that begins a path; the backslash itself is
   * {@code \\}.
   *
   * @param text the address, and nothing before or after it
   * @return the address
   * @throws AddressFormatException if the text is none of these
   */
  static Address parse(String text) {
    return new AddressParser(text).address();
  }
}
