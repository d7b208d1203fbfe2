package io.gatun.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** An address of the Internet: a host's and a port. */
public sealed interface IpAddress extends Address permits Ipv4Address, Ipv6Address {
  /** {@return the port, 0 to 65535; binding to 0 lets the system choose one} */
  int port();

  /**
   * {@return the same host with another port}
   *
   * @param port 0 to 65535
   */
  IpAddress withPort(int port);

  /** {@return the host's number as text, without brackets, zone and port} */
  String host();

  /** {@return the host without the port, in the JDK's own form} */
  InetAddress toInetAddress();

  @Override
  default InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(toInetAddress(), port());
  }

  /**
   * {@return the address of a host that the JDK has resolved, and a port}
   *
   * @param host the host, with its zone if it has one
   * @param port 0 to 65535
   */
  static IpAddress of(InetAddress host, int port) {
    byte[] bytes = host.getAddress();
    if (bytes.length == Integer.BYTES) {
      return new Ipv4Address(Bytes.getInt(bytes, 0), port);
    }
    int scope = host instanceof Inet6Address v6 ? v6.getScopeId() : 0;
    return new Ipv6Address(Bytes.getLong(bytes, 0), Bytes.getLong(bytes, 8), port, 0, scope);
  }
}
