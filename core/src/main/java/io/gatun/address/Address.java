package io.gatun.address;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** The address of a socket: an immutable value. */
public sealed interface Address permits IpAddress, UnixAddress, OtherAddress, RawAddress {
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
   * <tr><td>{@code <broadcast>:80}</td><td>{@code 255.255.255.255}, all hosts of the network</td></tr>
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
   * <tr><td>{@code netlink:0,1}</td><td>{@link NetlinkAddress}: port, groups</td></tr>
   * <tr><td>{@code tipc:2,18888,17,0,2}</td><td>{@link TipcAddress}: type, three numbers,
   *     scope</td></tr>
   * <tr><td>{@code can:vcan0}, {@code can:3,2015,2024}, {@code can:3,0,60416,32}</td><td>{@link
   *     CanAddress}: the interface by name or number; with ISO-TP's two identifiers; with J1939's
   *     name, group and address</td></tr>
   * <tr><td>{@code packet:2,2048,0,1,02:00:00:00:00:01}</td><td>{@link PacketAddress}: the
   *     interface by name or number, protocol, packet type, hardware type, address</td></tr>
   * <tr><td>{@code vsock:2,1024}</td><td>{@link VsockAddress}: machine, port</td></tr>
   * <tr><td>{@code alg:0,0,hash,sha256}</td><td>{@link AlgAddress}: features, mask, type,
   *     name</td></tr>
   * <tr><td>{@code l2cap:25,0,0,00:11:22:33:44:55}</td><td>{@link BluetoothAddress.L2cap}: psm,
   *     cid, type of the device's address, device</td></tr>
   * <tr><td>{@code rfcomm:1,00:11:22:33:44:55}</td><td>{@link BluetoothAddress.Rfcomm}</td></tr>
   * <tr><td>{@code hci:0,0}</td><td>{@link BluetoothAddress.Hci}: adapter, channel</td></tr>
   * <tr><td>{@code sco:00:11:22:33:44:55}</td><td>{@link BluetoothAddress.Sco}</td></tr>
   * <tr><td>{@code qipcrtr:1,2}</td><td>{@link QipcrtrAddress}: node, port</td></tr>
   * <tr><td>{@code system:1,0}</td><td>{@link SystemAddress}: id, unit</td></tr>
   * <tr><td>{@code link:1,6,en0,02:00:00:00:00:01}</td><td>{@link LinkAddress}: index, type, name,
   *     address</td></tr>
   * <tr><td>{@code hyperv:}two UUIDs</td><td>{@link HypervAddress}: machine, service</td></tr>
   * <tr><td>{@code raw:16:0a0b}</td><td>any other family by number, and the bytes that follow it
   *     in its {@code struct sockaddr}</td></tr>
   * </table>
   *
   * <p>Numbers are decimal and unsigned. In a Unix name, and those of algorithms and links, a byte
   * may be written {@code \xNN}, and must be where it is not part of a printable character of
   * UTF-8, or is an {@code @} that begins a path; the backslash itself is {@code \\}.
   *
   * @param text the address, and nothing before or after it
   * @return the address
   * @throws AddressFormatException if the text is none of these
   */
  static Address parse(String text) {
    return new AddressParser(text).address();
  }
}
