package io.gatun.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IPv6 address and a port; see ipv6(7) and RFC 3493 §3.3. Its text is that of RFC 5952, with the
 * zone as a number.
 *
 * <p>The JDK's form has no flow label, and compares addresses without their zones.
 *
 * @param high the first eight bytes as a number: of fe80::1, {@code 0xfe80_0000_0000_0000L}
 * @param low the last eight bytes as a number: of fe80::1, 1
 * @param port 0 to 65535
 * @param flowInfo an unsigned number: the traffic class and, in the low 20 bits, the flow label
 * @param scopeId an unsigned number: the interface's for a link-local address, else 0
 */
public record Ipv6Address(long high, long low, int port, int flowInfo, int scopeId)
    implements IpAddress {
  private static final int GROUPS = 8;

  /**
   * Makes an address.
   *
   * @throws IllegalArgumentException if the port is out of range
   */
  public Ipv6Address {
    Bytes.checkPort(port);
  }

  /**
   * Makes an address without flow label and zone.
   *
   * @param high the first eight bytes as a number
   * @param low the last eight bytes as a number
   * @param port 0 to 65535
   * @throws IllegalArgumentException if the port is out of range
   */
  public Ipv6Address(long high, long low, int port) {
    this(high, low, port, 0, 0);
  }

  /**
   * {@return the address of a host given by the text of its address, {@code ::1} or {@code
   * fe80::1%lo}, without brackets}
   *
   * @param host the text of the address
   * @param port 0 to 65535
   * @throws AddressFormatException if the host is not that
   * @throws IllegalArgumentException if the port is out of range
   */
  public static Ipv6Address of(String host, int port) {
    return new AddressParser(host).ipv6Host(port);
  }

  /**
   * {@return {@code ::}: bound, every address of this host}
   *
   * @param port 0 to 65535
   */
  public static Ipv6Address any(int port) {
    return new Ipv6Address(0, 0, port);
  }

  /**
   * {@return {@code ::1}, this host}
   *
   * @param port 0 to 65535
   */
  public static Ipv6Address loopback(int port) {
    return new Ipv6Address(0, 1, port);
  }

  @Override
  public String host() {
    StringBuilder text = new StringBuilder();
    appendHost(text);
    return text.toString();
  }

  @Override
  public AddressFamily family() {
    return AddressFamily.INET6;
  }

  @Override
  public Ipv6Address withPort(int port) {
    return new Ipv6Address(high, low, port, flowInfo, scopeId);
  }

  @Override
  public InetAddress toInetAddress() {
    try {
      // -1 is "no zone": a 0 would be shown as one.
      return Inet6Address.getByAddress(null, Bytes.of(high, low), scopeId == 0 ? -1 : scopeId);
    } catch (UnknownHostException e) {
      throw new AssertionError("sixteen bytes are an address", e);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    appendHost(text);
    if (scopeId != 0) {
      text.append('%').append(Integer.toUnsignedString(scopeId));
    }
    text.append("]:").append(port);
    if (flowInfo != 0) {
      text.append(";flow=").append(Integer.toUnsignedString(flowInfo));
    }
    return text.toString();
  }

  private void appendHost(StringBuilder text) {
    if (high == 0 && low >>> 32 == 0xffff) {
      text.append("::ffff:").append(Ipv4Address.dotted((int) low));
      return;
    }
    // The longest run of zero groups, the first of equal ones, two at least, becomes "::".
    int skipFrom = GROUPS;
    int skipTo = GROUPS;
    for (int from = 0; from < GROUPS; from++) {
      int to = from;
      while (to < GROUPS && group(to) == 0) {
        to++;
      }
      if (to - from > Math.max(1, skipTo - skipFrom)) {
        skipFrom = from;
        skipTo = to;
      }
    }
    for (int i = 0; i < GROUPS; i++) {
      if (i == skipFrom) {
        text.append("::");
        i = skipTo - 1;
      } else {
        text.append(i == 0 || i == skipTo ? "" : ":").append(Integer.toHexString(group(i)));
      }
    }
  }

  private int group(int index) {
    long half = index < 4 ? high : low;
    return (int) (half >>> (16 * (3 - index % 4))) & 0xffff;
  }
}
