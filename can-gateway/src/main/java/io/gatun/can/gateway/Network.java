package io.gatun.can.gateway;

import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;

/**
 * Addresses that begin alike: {@code 10.0.0.0/8}, {@code ::1}.
 *
 * @param high the upper 64 bits; IPv4 is as mapped to IPv6
 */
record Network(long high, long low, int bits) {
  private static final long MAPPED = 0xffff_0000_0000L;

  static Network parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    boolean v6 = host.indexOf(':') >= 0;
    Network whole = v6 ? of(Ipv6Address.of(host, 0)) : of(Ipv4Address.of(host, 0));
    if (slash < 0) {
      return whole;
    }
    int bits = Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > (v6 ? 128 : 32)) {
      throw new IllegalArgumentException("a prefix of " + bits + " bits");
    }
    return new Network(whole.high, whole.low, v6 ? bits : bits + 96);
  }

  private static Network of(IpAddress address) {
    return switch (address) {
      case Ipv4Address v4 -> new Network(0, MAPPED | Integer.toUnsignedLong(v4.bits()), 128);
      case Ipv6Address v6 -> new Network(v6.high(), v6.low(), 128);
    };
  }

  boolean contains(IpAddress address) {
    Network other = of(address);
    long highMask = bits >= 64 ? -1 : bits == 0 ? 0 : -1L << (64 - bits);
    long lowMask = bits >= 128 ? -1 : bits <= 64 ? 0 : -1L << (128 - bits);
    return ((high ^ other.high) & highMask) == 0 && ((low ^ other.low) & lowMask) == 0;
  }

  /** Whether only this machine can reach an address that is listened at. */
  static boolean isLoopback(IpAddress address) {
    return switch (address) {
      case Ipv4Address v4 -> v4.bits() >>> 24 == 127;
      case Ipv6Address v6 ->
          v6.high() == 0 && (v6.low() == 1 || (v6.low() & -1L << 24) == (MAPPED | 127L << 24));
    };
  }
}
